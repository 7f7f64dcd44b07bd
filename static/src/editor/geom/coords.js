/**
 * Image pixels to OpenLayers coordinates and back: the only place where the y axis is turned.
 *
 * Image: origin top left, y down. Map: origin bottom left of the picture, y up, the same unit. Exact for whole heights
 * and coordinates up to about 2^52 divided by their fineness; edits keep image coordinates and never come back from here.
 */

/** @import {Box, Part, Point, Ring} from '../types' */

/** @param {readonly number[]} point [x, y] in image pixels @param {number} height of the picture @returns {Point} */
export function toMap([x, y], height) {
  return [x, height - y];
}

/** @param {readonly number[]} point map coordinates @param {number} height of the picture @returns {Point} image pixels */
export function fromMap([x, y], height) {
  return [x, height - y];
}

/** @param {Ring} ring @param {number} height @returns {Ring} */
export function ringToMap(ring, height) {
  return ring.map((point) => toMap(point, height));
}

/** @param {Part[]} points @param {number} height @returns {Part[]} */
export function pointsToMap(points, height) {
  return points.map((part) => part.map((ring) => ringToMap(ring, height)));
}

/** @param {Box} box @param {number} height @returns {Box} OpenLayers' extent [min x, min y, max x, max y] */
export function boxToMap([x0, y0, x1, y1], height) {
  return [x0, height - y1, x1, height - y0];
}

/** @param {readonly number[]} extent of OpenLayers @param {number} height @returns {Box} image pixels */
export function boxFromMap([x0, y0, x1, y1], height) {
  return [x0, height - y1, x1, height - y0];
}
