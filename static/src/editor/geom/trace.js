/**
 * Mask to polygon along pixel edges, so that polygon to mask gives the same pixels back; like annotator/domain/outlines.py.
 *
 * A part is a set of pixels connected over their sides: one outer ring and its holes. Pixels that touch only at a corner
 * are different parts. Rings run with the mask on their right. Vertices are whole numbers and stand at corners only.
 */

/** @import {Part, Point} from '../types/geometry' */

/** Corners of the outline at a lattice point, by which of its four pixels are set (1 upper left, 2 upper right, 4, 8). */
const CORNERS = Uint8Array.of(0, 1, 1, 0, 1, 0, 2, 1, 1, 2, 0, 1, 0, 1, 1, 0);
/** Upper right and lower left pixel: the first corner of the two belongs to the lower vertical edge. */
const RISING = 6;

/**
 * The multipolygon of bits of w x h whose first pixel is (x0, y0); [] for an empty mask.
 * @param {Uint8Array} bits @param {number} w @param {number} h @param {number} [x0] @param {number} [y0]
 * @returns {Part[]}
 */
export function trace(bits, w, h, x0 = 0, y0 = 0) {
  const corners = cornersOf(bits, w, h);
  const { rings, ringOf } = ringsOf(corners);
  const left = leftEdges(corners, ringOf);
  /** @type {Part[]} */
  const parts = [];
  /** @type {number[]} the part of each ring */
  const partOf = [];
  for (const ring of rings) {
    const [x, y] = [corners.x[ring[0]], corners.y[ring[0]]];
    const path = ring.map((i) => /** @type {Point} */ ([corners.x[i] + x0, corners.y[i] + y0]));
    // The pixel below the top edge of a ring is set for an outer ring and clear for a hole.
    if (bits[y * w + x]) {
      partOf.push(parts.length);
      parts.push([path]);
    } else {
      let start = x;
      while (start > 0 && bits[(y - 1) * w + start - 1]) start -= 1;
      const part = partOf[left(start, y - 1)];
      partOf.push(part);
      parts[part].push([path[0], ...path.slice(1).reverse()]);
    }
  }
  return parts;
}

/**
 * Corners, ascending by row, then column, and for each the partner along its row (`beside`) and along its column
 * (`upright`). Where two pixels touch diagonally there are two corners; they are paired so that the pixels stay apart.
 * @param {Uint8Array} bits @param {number} w @param {number} h
 */
function cornersOf(bits, w, h) {
  /** @type {number[]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  /** @type {number[][]} corners of each column of lattice points, downwards */
  const columns = Array.from({ length: w + 1 }, () => []);
  const set = (/** @type {number} */ i, /** @type {number} */ j) => (i >= 0 && j >= 0 && i < w && j < h ? bits[j * w + i] : 0);
  for (let j = 0; j <= h; j += 1) {
    let kind = 0;
    for (let i = 0; i <= w; i += 1) {
      kind = ((kind & 2) >> 1) | ((kind & 8) >> 1) | (set(i, j - 1) << 1) | (set(i, j) << 3);
      const count = CORNERS[kind];
      if (!count) continue;
      const first = x.length;
      for (let n = 0; n < count; n += 1) {
        x.push(i);
        y.push(j);
      }
      columns[i].push(...(count === 1 ? [first] : kind === RISING ? [first + 1, first] : [first, first + 1]));
    }
  }
  return { x, y, beside: partners(x.map((_, i) => i)), upright: partners(columns.flat()) };
}

/** Pairs the first with the second, the third with the fourth. @param {readonly number[]} order */
function partners(order) {
  const partner = new Int32Array(order.length);
  for (let i = 0; i < order.length; i += 2) {
    partner[order[i]] = order[i + 1];
    partner[order[i + 1]] = order[i];
  }
  return partner;
}

/** The rings as lists of corners, each from its top left one, and the ring of each corner. @param {ReturnType<typeof cornersOf>} corners */
function ringsOf({ x, beside, upright }) {
  const ringOf = new Int32Array(x.length).fill(-1);
  /** @type {number[][]} */
  const rings = [];
  for (let first = 0; first < x.length; first += 1) {
    if (ringOf[first] >= 0) continue;
    /** @type {number[]} */
    const ring = [];
    for (let at = first; ringOf[at] < 0; at = upright[beside[at]]) {
      ringOf[at] = rings.length;
      ringOf[beside[at]] = rings.length;
      ring.push(at, beside[at]);
    }
    rings.push(ring);
  }
  return { rings, ringOf };
}

/** Finds the ring whose vertical edge borders a pixel on its left. @param {ReturnType<typeof cornersOf>} corners @param {Int32Array} ringOf */
function leftEdges({ x, y, upright }, ringOf) {
  /** @type {Map<number, number[]>} upper ends by column, downwards */
  const uppers = new Map();
  for (let i = 0; i < x.length; i += 1) {
    if (y[i] >= y[upright[i]]) continue;
    const column = uppers.get(x[i]);
    if (column) column.push(i);
    else uppers.set(x[i], [i]);
  }
  return (/** @type {number} */ column, /** @type {number} */ row) => {
    const edges = uppers.get(column) ?? [];
    let low = 0;
    for (let high = edges.length; low < high;) {
      const middle = (low + high) >> 1;
      if (y[edges[middle]] <= row) low = middle + 1;
      else high = middle;
    }
    return ringOf[edges[low - 1]];
  };
}
