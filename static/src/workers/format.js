/**
 * The arrays that describe shapes between the page and the worker: their layout, nothing of labels, canvases or messages.
 *
 * A shape is a row of columns (kind, concept, flags, rank, box) and a run of numbers in `data`:
 *   polygon    parts, then per part: rings, then per ring: n, x, y, x, y, ...
 *   mask       x0, y0, width, height, count, start, length, ... (1-based, row-major, relative to x0, y0)
 *   box        nothing: the box is the geometry
 * and, when the flag HAS_KEYPOINTS is set, after that: schema, n, then per point x, y, state, class.
 */

export const BOX = 0;
export const POLYGON = 1;
export const MASK = 2;
/** Only keypoints: the box is where they are, it is not drawn. */
export const KEYPOINTS = 3;

export const HIDDEN = 1;
export const MODEL = 2;
export const SELECTED = 4;
export const HAS_KEYPOINTS = 8;

/** As a rank: the shape stays where it is in the draw order. */
export const KEEP_RANK = 0xffffffff;

/** States of a keypoint. */
export const POINT_OCCLUDED = 1;
export const POINT_VISIBLE = 2;

/**
 * @typedef {object} Pack Columns of `slot.length` shapes; everything may be transferred.
 * @property {Uint32Array} slot   the place of the shape in the table, stable until the next load
 * @property {Uint8Array} kind
 * @property {Uint16Array} concept  index into the palette
 * @property {Uint8Array} flags
 * @property {Uint32Array} rank   draw order, 0 first
 * @property {Float64Array} box   x0, y0, x1, y1 of all that is drawn, in image pixels
 * @property {Uint32Array} at     slot.length + 1 offsets into data
 * @property {Float64Array} data
 */

/** @typedef {[number, number, number]} Rgb */

/**
 * @typedef {object} Palette
 * @property {Rgb[]} colors
 * @property {Rgb[]} inks     text color on the color
 * @property {number} fill    opacity of the inside, 0.2 unless set
 * @property {boolean} outlines  no insides at all
 */

/**
 * @typedef {object} Schema
 * @property {Float64Array} edges  class, class, red, green, blue (red < 0: the color of the concept)
 */

/**
 * @typedef {object} DrawRequest Which part of the image to draw, on which grid.
 * @property {number} seq
 * @property {number} scale  device pixels per image pixel
 * @property {number} x0     image point of the left edge of the bitmap
 * @property {number} y0
 * @property {number} width  device pixels
 * @property {number} height
 * @property {number} ratio  device pixels per CSS pixel
 * @property {boolean} moving  a quick drawing now is worth more than a fine one later
 * @property {number} budget  milliseconds that a moving drawing may take
 */

/** The arrays behind a pack, for postMessage. @param {Pack} pack @returns {ArrayBuffer[]} */
export function buffersOf(pack) {
  return [pack.slot, pack.kind, pack.concept, pack.flags, pack.rank, pack.box, pack.at, pack.data].map(
    (array) => /** @type {ArrayBuffer} */ (array.buffer),
  );
}
