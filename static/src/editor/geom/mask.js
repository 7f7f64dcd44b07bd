/**
 * Masks in the browser: which pixels belong to a polygon, and run lists; the same arithmetic as annotator/domain.
 *
 * A run list is flat [start, length, ...], 1-based, row by row inside a box of whole pixels. Bits are a Uint8Array of 0
 * and 1 in the same order. Pixel (i, j) covers [i, i+1) x [j, j+1) and belongs to a part of a polygon when its center does
 * (even-odd); parts are united. Ties are half-open, so polygons that share an edge never share a pixel.
 */

/** @import {Box, Part} from '../types/geometry' */

/** Most pixels of a box; as on the server. */
export const MAX_PIXELS = 400_000_000;

/**
 * The bits of a polygon in the window w x h at (x0, y0).
 * @param {Part[]} points @param {number} x0 @param {number} y0 @param {number} w @param {number} h
 */
export function rasterise(points, x0, y0, w, h) {
  return bitsOfSpans(polygonSpans(points, x0, y0, w, h), w * h);
}

/**
 * The run list of a polygon in the window w x h at (x0, y0), without drawing any pixel.
 * @param {Part[]} points @param {number} x0 @param {number} y0 @param {number} w @param {number} h
 */
export function polygonRuns(points, x0, y0, w, h) {
  return runsOfSpans(polygonSpans(points, x0, y0, w, h));
}

/**
 * Spans [start, stop, ...], 0-based, ascending, not touching.
 * @param {Part[]} points @param {number} x0 @param {number} y0 @param {number} w @param {number} h
 */
function polygonSpans(points, x0, y0, w, h) {
  if (!(w >= 1 && h >= 1 && w * h <= MAX_PIXELS)) throw new RangeError(`A mask of ${w} x ${h} pixels is not possible.`);
  /** @type {number[]} */
  const spans = [];
  for (const part of points) partSpans(part, x0, y0, w, h, spans);
  return points.length > 1 ? merged(spans) : joined(spans);
}

/** @param {number} low @param {number} high @param {number} value */
function clamp(low, high, value) {
  return value < low ? low : value > high ? high : value;
}

/**
 * @param {Part} part @param {number} x0 @param {number} y0 @param {number} w @param {number} h
 * @param {number[]} spans gets the spans of the part, row by row
 */
function partSpans(part, x0, y0, w, h, spans) {
  const perRow = new Uint32Array(h + 1);
  eachEdge(part, (xa, ya, xb, yb) => {
    const stop = clamp(y0, y0 + h, Math.ceil(yb - 0.5));
    for (let row = clamp(y0, y0 + h, Math.ceil(ya - 0.5)); row < stop; row += 1) perRow[row - y0 + 1] += 1;
  });
  for (let row = 0; row < h; row += 1) perRow[row + 1] += perRow[row];
  const columns = new Int32Array(perRow[h]);
  const next = perRow.slice();
  eachEdge(part, (xa, ya, xb, yb) => {
    const stop = clamp(y0, y0 + h, Math.ceil(yb - 0.5));
    for (let row = clamp(y0, y0 + h, Math.ceil(ya - 0.5)); row < stop; row += 1) {
      // Keep this order of operations: the server does the same, so both agree to the last bit.
      const crossing = xa + ((row + 0.5 - ya) * (xb - xa)) / (yb - ya);
      columns[next[row - y0]++] = clamp(x0, x0 + w, Math.ceil(crossing - 0.5)) - x0;
    }
  });
  for (let row = 0; row < h; row += 1) {
    const inRow = columns.subarray(perRow[row], perRow[row + 1]);
    if (inRow.length > 2 || inRow[0] > inRow[1]) inRow.sort();
    for (let i = 0; i < inRow.length; i += 2) {
      if (inRow[i] < inRow[i + 1]) spans.push(row * w + inRow[i], row * w + inRow[i + 1]);
    }
  }
}

/** Every edge from its upper to its lower end. @param {Part} part @param {(xa: number, ya: number, xb: number, yb: number) => void} visit */
function eachEdge(part, visit) {
  for (const ring of part) {
    let [xa, ya] = ring[ring.length - 1];
    for (const [xb, yb] of ring) {
      if (ya > yb) visit(xb, yb, xa, ya);
      else visit(xa, ya, xb, yb);
      xa = xb;
      ya = yb;
    }
  }
}

/** Joins spans that touch; they ascend. @param {number[]} spans */
function joined(spans) {
  /** @type {number[]} */
  const result = [];
  for (let i = 0; i < spans.length; i += 2) {
    if (result.length && spans[i] <= result[result.length - 1]) {
      result[result.length - 1] = Math.max(result[result.length - 1], spans[i + 1]);
    } else result.push(spans[i], spans[i + 1]);
  }
  return result;
}

/** The union of spans in any order. @param {number[]} spans */
function merged(spans) {
  const order = Array.from({ length: spans.length / 2 }, (_, i) => 2 * i).sort((a, b) => spans[a] - spans[b]);
  return joined(order.flatMap((i) => [spans[i], spans[i + 1]]));
}

/** @param {number[]} spans */
function runsOfSpans(spans) {
  return spans.map((value, i) => (i % 2 ? value - spans[i - 1] : value + 1));
}

/** @param {number[]} spans @param {number} total */
function bitsOfSpans(spans, total) {
  const bits = new Uint8Array(total);
  for (let i = 0; i < spans.length; i += 2) bits.fill(1, spans[i], spans[i + 1]);
  return bits;
}

/** The run list of bits. @param {Uint8Array} bits @returns {number[]} */
export function encodeRuns(bits) {
  /** @type {number[]} */
  const runs = [];
  let at = bits.indexOf(1);
  while (at >= 0) {
    const clear = bits.indexOf(0, at);
    const stop = clear < 0 ? bits.length : clear;
    runs.push(at + 1, stop - at);
    at = bits.indexOf(1, stop);
  }
  return runs;
}

/** The bits of a run list in a box w x h; a list that runsProblem refuses throws. @param {readonly number[]} runs @param {number} w @param {number} h */
export function decodeRuns(runs, w, h) {
  const why = runsProblem(runs, w, h);
  if (why && why !== 'empty') throw new RangeError(`The mask cannot be read: ${why}.`);
  const bits = new Uint8Array(w * h);
  for (let i = 0; i < runs.length; i += 2) bits.fill(1, runs[i] - 1, runs[i] - 1 + runs[i + 1]);
  return bits;
}

/**
 * Why the server would refuse the run list, or null: 'empty', 'odd', 'not_whole', 'not_ascending', 'overlapping', 'beyond'.
 * @param {readonly number[]} runs @param {number} w @param {number} h
 */
export function runsProblem(runs, w, h) {
  if (!runs.length) return 'empty';
  if (runs.length % 2) return 'odd';
  if (!runs.every((n) => Number.isInteger(n) && n >= 1)) return 'not_whole';
  for (let i = 2; i < runs.length; i += 2) {
    if (runs[i] <= runs[i - 2]) return 'not_ascending';
    if (runs[i] < runs[i - 2] + runs[i - 1]) return 'overlapping';
  }
  return runs[runs.length - 2] - 1 + runs[runs.length - 1] > w * h ? 'beyond' : null;
}

/** The number of pixels. @param {readonly number[]} runs */
export function runsArea(runs) {
  let sum = 0;
  for (let i = 1; i < runs.length; i += 2) sum += runs[i];
  return sum;
}

/**
 * The smallest box [left, top, right, bottom] around the pixels, in the coordinates of their box; null for an empty list.
 * @param {readonly number[]} runs @param {number} w width of the box @returns {Box | null}
 */
export function runsBounds(runs, w) {
  if (!runs.length) return null;
  let left = w;
  let right = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] - 1;
    const last = start + runs[i + 1] - 1;
    const isOneRow = Math.floor(start / w) === Math.floor(last / w);
    left = Math.min(left, isOneRow ? start % w : 0);
    right = Math.max(right, isOneRow ? (last % w) + 1 : w);
  }
  const end = runs[runs.length - 2] - 1 + runs[runs.length - 1] - 1;
  return [left, Math.floor((runs[0] - 1) / w), right, Math.floor(end / w) + 1];
}

/**
 * True when the pixel under the image point belongs to the mask of a label with this box.
 * @param {readonly number[]} runs @param {Box} box @param {number} x @param {number} y
 */
export function maskContains(runs, [x0, y0, x1, y1], x, y) {
  if (!(x >= x0 && x < x1 && y >= y0 && y < y1)) return false;
  const pixel = Math.floor(y - y0) * (x1 - x0) + Math.floor(x - x0) + 1;
  let low = 0;
  let high = runs.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[2 * middle] <= pixel) low = middle + 1;
    else high = middle;
  }
  return low > 0 && pixel < runs[2 * low - 2] + runs[2 * low - 1];
}

/**
 * The mask as RGBA bytes for an ImageData of w x h: the color where it is set, else transparent.
 * @param {readonly number[]} runs @param {number} w @param {number} h @param {readonly number[]} color [r, g, b, a], 0 to 255
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function runsToRgba(runs, w, h, [r, g, b, a]) {
  const bytes = new Uint8ClampedArray(4 * w * h);
  bytes.set([r, g, b, a]);
  const words = new Uint32Array(bytes.buffer);
  const word = words[0];
  words[0] = 0;
  for (let i = 0; i < runs.length; i += 2) words.fill(word, runs[i] - 1, runs[i] - 1 + runs[i + 1]);
  return bytes;
}
