/**
 * What labels cover, combined: boxes and polygons by their outlines, anything with a mask by its pixels.
 *
 * Functions return the geometry for a label to become (shape, box, points, mask); null when nothing would be left.
 */
import { combine, joinAll } from './boolean.js';
import { decodeRuns, encodeRuns, rasterise, runsBounds } from './mask.js';
import { bounds } from './poly.js';
import { slice } from './slice.js';
import { trace } from './trace.js';

/**
 * @import {Box, Part, Point, Ring} from '../types/geometry'
 * @import {Label} from '../types/labels'
 * @import {Operation} from './boolean.js'
 * @typedef {{shape: 'box' | 'polygon' | 'mask', box: Box, points: Part[] | null, mask: number[] | null}} Geometry
 * @typedef {Pick<Label, 'shape' | 'box' | 'points' | 'mask'>} Shape
 */

/** True when the label covers an area: keypoints alone and lines do not. @param {Shape} label */
export function hasArea({ shape, box: [x0, y0, x1, y1] }) {
  return shape !== 'keypoints' && shape !== 'polyline' && x1 > x0 && y1 > y0;
}

/** @param {Shape} label */
const isMask = (label) => Boolean(label.mask?.length);

/** @param {Shape} label */
const isBox = (label) => !isMask(label) && !label.points;

/** The outline of a box or a polygon. @param {Shape} label @returns {Part[]} */
export function outline({ box: [x0, y0, x1, y1], points }) {
  return points ?? [[[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]];
}

/** The whole pixels that a label lies in. @param {Shape} label @returns {Box} */
function pixelBox(label) {
  const [x0, y0, x1, y1] = isMask(label) ? label.box : bounds(outline(label));
  return [Math.floor(x0), Math.floor(y0), Math.ceil(x1), Math.ceil(y1)];
}

/** The pixels of a label in a window of whole pixels. @param {Shape} label @param {Box} window */
function bitsIn(label, window) {
  const [x0, y0, x1, y1] = window;
  const [w, h] = [x1 - x0, y1 - y0];
  if (!label.mask?.length) return rasterise(outline(label), x0, y0, w, h);
  const [left, top, right, bottom] = label.box;
  const bits = decodeRuns(label.mask, right - left, bottom - top);
  return left === x0 && top === y0 && right === x1 && bottom === y1 ? bits : recut(bits, label.box, window);
}

/** Bits of one window as those of another. @param {Uint8Array} bits @param {Box} from @param {Box} to */
function recut(bits, from, to) {
  const [w, h] = [to[2] - to[0], to[3] - to[1]];
  const wide = from[2] - from[0];
  const result = new Uint8Array(w * h);
  const [left, right] = [Math.max(from[0], to[0]), Math.min(from[2], to[2])];
  if (left >= right) return result;
  for (let y = Math.max(from[1], to[1]); y < Math.min(from[3], to[3]); y += 1) {
    const start = (y - from[1]) * wide - from[0];
    result.set(bits.subarray(start + left, start + right), (y - to[1]) * w + left - to[0]);
  }
  return result;
}

/** The mask of bits in a window, in the smallest box. @param {Uint8Array} bits @param {Box} window @returns {Geometry | null} */
function maskGeometry(bits, window) {
  const w = window[2] - window[0];
  const tight = runsBounds(encodeRuns(bits), w);
  if (!tight) return null;
  const [x, y] = window;
  const box = /** @type {Box} */ ([tight[0] + x, tight[1] + y, tight[2] + x, tight[3] + y]);
  return { shape: 'mask', box, points: null, mask: encodeRuns(recut(bits, window, box)) };
}

/** @param {Part[]} points @param {boolean} mayBeBox @returns {Geometry | null} */
function polygonGeometry(points, mayBeBox = false) {
  if (!points.length) return null;
  const box = bounds(points);
  const isPlain = mayBeBox && points.length === 1 && points[0].length === 1 && isRectangle(points[0][0], box);
  return { shape: isPlain ? 'box' : 'polygon', box, points: isPlain ? null : points, mask: null };
}

/** @param {Ring} ring @param {Box} box */
function isRectangle(ring, [x0, y0, x1, y1]) {
  return ring.length === 4 && ring.every(([x, y]) => (x === x0 || x === x1) && (y === y0 || y === y1));
}

/** @param {Box} a @param {Box} b @param {boolean} isUnion @returns {Box} */
function windowOf(a, b, isUnion) {
  const [low, high] = isUnion ? [Math.min, Math.max] : [Math.max, Math.min];
  return [low(a[0], b[0]), low(a[1], b[1]), high(a[2], b[2]), high(a[3], b[3])];
}

/** @type {Record<Operation, (a: Uint8Array, b: Uint8Array) => void>} changes the first */
const PIXELS = {
  join: (a, b) => b.forEach((bit, i) => { a[i] |= bit; }),
  subtract: (a, b) => b.forEach((bit, i) => { if (bit) a[i] = 0; }),
  intersect: (a, b) => b.forEach((bit, i) => { a[i] &= bit; }),
};

/**
 * What an operation makes of the first label and the others: of boxes and polygons a polygon (a box if that is what it is),
 * with a mask among them a mask.
 * @param {Operation} operation @param {readonly [Shape, ...Shape[]]} labels
 * @returns {Geometry | null}
 */
export function combined(operation, [first, ...others]) {
  if (![first, ...others].some(isMask)) {
    const points = operation === 'join'
      ? joinAll([first, ...others].map(outline))
      : others.reduce((left, other) => (left.length ? combine(operation, left, outline(other)) : left), outline(first));
    return polygonGeometry(points, [first, ...others].every(isBox));
  }
  const boxes = others.map(pixelBox);
  let window = pixelBox(first);
  if (operation === 'join') window = boxes.reduce((all, box) => windowOf(all, box, true), window);
  if (operation === 'intersect') window = boxes.reduce((all, box) => windowOf(all, box, false), window);
  if (window[0] >= window[2] || window[1] >= window[3]) return null;
  const bits = bitsIn(first, window);
  for (const other of others) PIXELS[operation](bits, bitsIn(other, window));
  return maskGeometry(bits, window);
}

/** True when two labels have an area in common, pixels when one of them is a mask. @param {Shape} a @param {Shape} b */
export function overlap(a, b) {
  const [x0, y0, x1, y1] = windowOf(a.box, b.box, false);
  return x0 < x1 && y0 < y1 && combined('intersect', [a, b]) !== null;
}

/** The pixels of a label as a mask; null when it covers no pixel's center. @param {Shape} label @returns {Geometry | null} */
export function asMask(label) {
  const window = pixelBox(label);
  return maskGeometry(bitsIn(label, window), window);
}

/** The outline of a label as a polygon; of a mask along the edges of its pixels. @param {Shape} label @returns {Geometry | null} */
export function asPolygon(label) {
  return polygonGeometry(isMask(label) ? traced(label) : outline(label));
}

/** @param {Shape} label a mask */
function traced(label) {
  const window = pixelBox(label);
  const [x0, y0, x1, y1] = window;
  return trace(bitsIn(label, window), x1 - x0, y1 - y0, x0, y0);
}

/** The parts of a label that do not touch each other, each for itself; of a mask by sides of pixels. @param {Shape} label @returns {Geometry[]} */
export function parts(label) {
  if (isBox(label)) return [];
  if (!isMask(label)) return (label.points ?? []).flatMap((part) => polygonGeometry([part]) ?? []);
  return traced(label).flatMap((part) => {
    const box = bounds([part]);
    return maskGeometry(rasterise([part], box[0], box[1], box[2] - box[0], box[3] - box[1]), box) ?? [];
  });
}

/**
 * A label cut along the line from a to b: the larger piece first; null when the line does not cut through.
 * @param {Shape} label @param {Point} a @param {Point} b
 * @returns {[Geometry, Geometry] | null}
 */
export function sliced(label, a, b) {
  const cut = slice(isMask(label) ? traced(label) : outline(label), a, b);
  if (!cut) return null;
  let pieces;
  if (isMask(label)) {
    const window = pixelBox(label);
    const [x0, y0, x1, y1] = window;
    const bits = bitsIn(label, window);
    const off = rasterise(cut[1], x0, y0, x1 - x0, y1 - y0);
    PIXELS.intersect(off, bits);
    PIXELS.subtract(bits, off);
    pieces = [maskGeometry(bits, window), maskGeometry(off, window)];
  } else pieces = cut.map((points) => polygonGeometry(points, isBox(label)));
  const [kept, off] = pieces;
  return kept && off ? [kept, off] : null;
}
