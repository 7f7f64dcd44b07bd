/** Boxes [x0, y0, x1, y1] in image pixels with x1 >= x0 and y1 >= y0; pure functions, no box is changed in place. */

/**
 * @import {Box, Point} from '../types'
 * @typedef {'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w'} Handle
 */

/** The eight handles, clockwise from the top left corner. @type {readonly Handle[]} */
export const HANDLES = Object.freeze(['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w']);

/** Coordinates that the server takes. */
export const MAX_COORDINATE = 1e6;

/** @param {readonly number[]} a one corner @param {readonly number[]} b the opposite one @returns {Box} */
export function fromCorners([ax, ay], [bx, by]) {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/**
 * A corner that makes the box from `from` a square, growing to the longer side.
 * @param {readonly number[]} from @param {readonly number[]} to @returns {Point}
 */
export function squareCorner([ax, ay], [bx, by]) {
  const side = Math.max(Math.abs(bx - ax), Math.abs(by - ay));
  return [ax + (bx < ax ? -side : side), ay + (by < ay ? -side : side)];
}

/** @param {Box} box */
export function width([x0, , x1]) {
  return x1 - x0;
}

/** @param {Box} box */
export function height([, y0, , y1]) {
  return y1 - y0;
}

/** @param {Box} box */
export function area(box) {
  return width(box) * height(box);
}

/** @param {Box} box @returns {Point} */
export function center([x0, y0, x1, y1]) {
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

/** True on the left and top side, false on the right and bottom, as for pixels. @param {Box} box @param {number} x @param {number} y */
export function contains([x0, y0, x1, y1], x, y) {
  return x >= x0 && x < x1 && y >= y0 && y < y1;
}

/** True when the boxes meet, be it at an edge. @param {Box} a @param {Box} b */
export function intersects(a, b) {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
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

/** @param {Box} box @param {number} dx @param {number} dy @returns {Box} */
export function move([x0, y0, x1, y1], dx, dy) {
  return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
}

/** Where a handle stands. @param {Box} box @param {Handle} handle @returns {Point} */
export function handleAt(box, handle) {
  const [cx, cy] = center(box);
  const x = handle.includes('w') ? box[0] : handle.includes('e') ? box[2] : cx;
  const y = handle.includes('n') ? box[1] : handle.includes('s') ? box[3] : cy;
  return [x, y];
}

/**
 * The box after a handle was pulled to (x, y), and the handle that is under the pointer then: pulled over the opposite
 * side, the box turns over and the handle changes its name.
 * @param {Box} box as it was when the pull began @param {Handle} handle @param {number} x @param {number} y
 * @returns {{box: Box, handle: Handle}}
 */
export function resize([x0, y0, x1, y1], handle, x, y) {
  let name = /** @type {string} */ (handle);
  const left = name.includes('w') ? x : x0;
  const right = name.includes('e') ? x : x1;
  const top = name.includes('n') ? y : y0;
  const bottom = name.includes('s') ? y : y1;
  if (left > right) name = swap(name, 'w', 'e');
  if (top > bottom) name = swap(name, 'n', 's');
  return { box: fromCorners([left, top], [right, bottom]), handle: /** @type {Handle} */ (name) };
}

/** @param {string} name @param {string} a @param {string} b */
function swap(name, a, b) {
  return name.includes(a) ? name.replace(a, b) : name.replace(b, a);
}

/** The part of the box inside a picture; null when there is none, not even an edge. @param {Box} box @param {number} w @param {number} h @returns {Box | null} */
export function clip([x0, y0, x1, y1], w, h) {
  const left = Math.max(x0, 0);
  const top = Math.max(y0, 0);
  const right = Math.min(x1, w);
  const bottom = Math.min(y1, h);
  return left <= right && top <= bottom ? [left, top, right, bottom] : null;
}

/** The server's rule: a label may touch the border or leave the picture in part, but not wholly. @param {Box} box @param {number} w @param {number} h */
export function isInside([x0, y0, x1, y1], w, h) {
  return !(x1 < 0 || y1 < 0 || x0 > w || y0 > h);
}

/** @param {unknown} box @returns {box is Box} */
export function isValid(box) {
  return Array.isArray(box) && box.length === 4
    && box.every((v) => typeof v === 'number' && Math.abs(v) <= MAX_COORDINATE)
    && box[0] <= box[2] && box[1] <= box[3];
}
