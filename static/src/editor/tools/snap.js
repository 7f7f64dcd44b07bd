/**
 * On which numbers a drawn point may lie; pure functions.
 *
 * Boxes have whole pixels, so that every dialect shows the same numbers. Vertices have whole pixels too, and tenths
 * of a pixel when one image pixel is larger than one of the screen. Numbers that came from elsewhere are not touched
 * unless the person moves that very edge or vertex.
 */

/** @import {Point} from '../types/geometry' */
/** @typedef {{width: number, height: number}} Size */

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** Digits behind the point for a vertex. @param {number} zoom CSS pixels per image pixel */
export function vertexDigits(zoom) {
  return zoom > 1 ? 1 : 0;
}

/** @param {number} value @param {number} digits */
export function rounded(value, digits) {
  return digits ? Number(value.toFixed(digits)) : Math.round(value);
}

/** A point in the image, on the grid. @param {number} x @param {number} y @param {Size} size @param {number} digits @returns {Point} */
export function snapped(x, y, { width, height }, digits) {
  return [clamp(rounded(x, digits), 0, width), clamp(rounded(y, digits), 0, height)];
}

/**
 * The corner that makes a square with the anchor, as large as the longer side allows inside the image.
 * @param {Point} anchor @param {Point} corner @param {Size} size @returns {Point}
 */
export function squared(anchor, corner, { width, height }) {
  const toX = corner[0] < anchor[0] ? -1 : 1;
  const toY = corner[1] < anchor[1] ? -1 : 1;
  const roomX = toX < 0 ? anchor[0] : width - anchor[0];
  const roomY = toY < 0 ? anchor[1] : height - anchor[1];
  const side = Math.min(Math.max(Math.abs(corner[0] - anchor[0]), Math.abs(corner[1] - anchor[1])), roomX, roomY);
  return [anchor[0] + toX * side, anchor[1] + toY * side];
}

/**
 * The points that remain when those nearer than `tolerance` to the line of the others are left out
 * (Douglas and Peucker). Ends are kept.
 * @param {readonly Point[]} points @param {number} tolerance
 * @returns {Point[]}
 */
export function simplified(points, tolerance) {
  if (points.length < 3) return [...points];
  const keep = new Uint8Array(points.length);
  keep[0] = 1;
  keep[points.length - 1] = 1;
  const stack = [[0, points.length - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [from, to] = span;
    let far = -1;
    let most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const d = distanceToLine(points[i], points[from], points[to]);
      if (d > most) {
        most = d;
        far = i;
      }
    }
    if (far < 0) continue;
    keep[far] = 1;
    stack.push([from, far], [far, to]);
  }
  return points.filter((_, i) => keep[i]);
}

/** @param {Point} p @param {Point} a @param {Point} b */
function distanceToLine([px, py], [ax, ay], [bx, by]) {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  const along = square ? clamp(((px - ax) * dx + (py - ay) * dy) / square, 0, 1) : 0;
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}
