/**
 * Image pixels to OpenLayers coordinates: the only place where the y axis is turned.
 *
 * Image: origin top left, y down. Map: origin bottom left of the picture, y up, the same unit. Exact for whole heights
 * and coordinates up to about 2^52 divided by their fineness; edits keep image coordinates and never come back from here.
 */

/** @import {Point} from '../types/geometry' */

/** @param {readonly number[]} point [x, y] in image pixels @param {number} height of the picture @returns {Point} */
export function toMap([x, y], height) {
  return [x, height - y];
}
