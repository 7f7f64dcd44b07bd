/** Boxes [x0, y0, x1, y1] in image pixels with x1 >= x0 and y1 >= y0; pure functions, no box is changed in place. */

/** @import {Box} from '../types/geometry' */

/** @param {readonly number[]} a one corner @param {readonly number[]} b the opposite one @returns {Box} */
export function fromCorners([ax, ay], [bx, by]) {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** The smallest box around all; null without any. @param {Iterable<Box>} boxes @returns {Box | null} */
export function union(boxes) {
  /** @type {Box | null} */
  let all = null;
  for (const [x0, y0, x1, y1] of boxes) {
    all = all
      ? [Math.min(all[0], x0), Math.min(all[1], y0), Math.max(all[2], x1), Math.max(all[3], y1)]
      : [x0, y0, x1, y1];
  }
  return all;
}

/** @param {Box} box @param {number} x @param {number} y */
export function isInside([x0, y0, x1, y1], x, y) {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}
