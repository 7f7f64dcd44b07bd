/** Lengths and areas of a measured path in image pixels; pure functions. */

/** @import {Point} from '../types/geometry' */

/** @param {readonly Point[]} points */
function enclosed(points) {
  const twice = points.reduce((sum, [x, y], i) => {
    const [px, py] = points[i ? i - 1 : points.length - 1];
    return sum + px * y - x * py;
  }, 0);
  return Math.abs(twice) / 2;
}

/**
 * What a path measures; `area` encloses it with the straight line back to its start and needs three points.
 * @param {readonly Point[]} points @returns {{length: number, width: number, height: number, area: number | null}}
 */
export function measured(points) {
  const length = points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);
  const [first, last] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]];
  return {
    length, width: Math.abs(last[0] - first[0]), height: Math.abs(last[1] - first[1]),
    area: points.length > 2 ? enclosed(points) : null,
  };
}
