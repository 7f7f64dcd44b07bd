/**
 * Cuts multipolygons to a rectangle: what is left is the exact intersection, as parts of its own where it falls apart.
 *
 * Each side cuts in turn. The pieces of rings inside it are joined along the side between each first and second
 * crossing, which is the even-odd rule, so holes and rings that cross themselves need no care. Vertices inside keep
 * their numbers; new ones lie where edges cross the border and in corners that the polygon covers.
 */
import { isSimple } from './area.js';
import { bounds, contains, isClosed } from './poly.js';

/**
 * @import {Box, Part, Point, Ring} from '../types/geometry'
 * @typedef {{axis: 0 | 1, limit: number, sign: 1 | -1}} Side  inside: sign * (point[axis] - limit) <= 0
 * @typedef {{chain: Point[], isLast: boolean, partner: End}} End  where a chain meets the side
 */

/** The part of a polygon inside a rectangle; the same list when all of it is. @param {Part[]} points @param {Box} box @returns {Part[]} */
export function clip(points, box) {
  const [x0, y0, x1, y1] = bounds(points);
  if (x0 >= box[0] && y0 >= box[1] && x1 <= box[2] && y1 <= box[3]) return points;
  return points.flatMap((part) => clipPart(part, box));
}

/** @param {Part} part @param {Box} box @returns {Part[]} */
function clipPart(part, box) {
  const [x0, y0, x1, y1] = bounds([part]);
  /** @type {[boolean, Side][]} */
  const sides = [
    [x0 < box[0], { axis: 0, limit: box[0], sign: -1 }],
    [x1 > box[2], { axis: 0, limit: box[2], sign: 1 }],
    [y0 < box[1], { axis: 1, limit: box[1], sign: -1 }],
    [y1 > box[3], { axis: 1, limit: box[3], sign: 1 }],
  ];
  const cutting = sides.flatMap(([isCrossed, side]) => (isCrossed ? [side] : []));
  if (!cutting.length) return [part];
  const open = part.map((ring) => (isClosed(ring) ? ring.slice(0, -1) : ring));
  return grouped(cutting.reduce(clipSide, open));
}

/** @param {Ring[]} rings @param {Side} side @returns {Ring[]} */
function clipSide(rings, side) {
  const chains = [];
  const whole = [];
  for (const ring of rings) {
    const found = chainsOf(ring, side);
    if (found) chains.push(...found);
    else whole.push(ring);
  }
  const loops = joined(chains, 1 - side.axis).map((ring) => tidy(ring, side));
  return [...loops, ...whole].filter(hasArea);
}

/** The pieces of a ring inside a side, each from crossing to crossing; null when it does not cross. @param {Ring} ring @param {Side} side */
function chainsOf(ring, { axis, limit, sign }) {
  const isIn = ring.map((point) => sign * (point[axis] - limit) <= 0);
  if (!isIn.includes(false)) return null;
  const n = ring.length;
  /** @type {Point[][]} */
  const chains = [];
  for (let start = 0; start < n; start += 1) {
    const before = (start + n - 1) % n;
    if (!isIn[start] || isIn[before]) continue;
    const chain = [crossing(ring[start], ring[before], axis, limit)];
    let at = start;
    for (; isIn[at]; at = (at + 1) % n) chain.push(ring[at]);
    chain.push(crossing(ring[(at + n - 1) % n], ring[at], axis, limit));
    chains.push(chain);
  }
  return chains;
}

/** @param {Point} inner @param {Point} outer @param {0 | 1} axis @param {number} limit @returns {Point} */
function crossing(inner, outer, axis, limit) {
  const other = axis ? 0 : 1;
  const share = (limit - inner[axis]) / (outer[axis] - inner[axis]);
  const along = inner[other] + share * (outer[other] - inner[other]);
  return axis ? [along, limit] : [limit, along];
}

/** Rings of chains: along the side, the polygon lies between each first and second crossing. @param {Point[][]} chains @param {number} axis along the side */
function joined(chains, axis) {
  const ends = chains.flatMap((chain) => [false, true].map((isLast) => /** @type {End} */ ({ chain, isLast })));
  const other = new Map(ends.map((end, i) => [end, ends[i ^ 1]]));
  const place = (/** @type {End} */ { chain, isLast }) => chain[isLast ? chain.length - 1 : 0][axis];
  const sorted = [...ends].sort((a, b) => place(a) - place(b));
  for (let i = 0; i < sorted.length; i += 2) [sorted[i].partner, sorted[i + 1].partner] = [sorted[i + 1], sorted[i]];
  const used = new Set();
  /** @type {Ring[]} */
  const rings = [];
  for (const first of ends) {
    /** @type {Ring} */
    const ring = [];
    for (let end = first; !used.has(end.chain); end = /** @type {End} */ (other.get(end)).partner) {
      used.add(end.chain);
      ring.push(...(end.isLast ? end.chain.toReversed() : end.chain));
    }
    if (ring.length) rings.push(ring);
  }
  return rings;
}

/** Without repeated points, and without those at which the ring turns back on the side. @param {Ring} ring @param {Side} side @returns {Ring} */
function tidy(ring, { axis, limit }) {
  const along = 1 - axis;
  const isSpike = (/** @type {Point} */ a, /** @type {Point} */ b, /** @type {Point} */ c) =>
    a[axis] === limit && b[axis] === limit && c[axis] === limit && (b[along] - a[along]) * (c[along] - b[along]) <= 0;
  const same = (/** @type {Point} */ a, /** @type {Point} */ b) => a[0] === b[0] && a[1] === b[1];
  let path = ring;
  for (let left = 0; left !== path.length;) {
    left = path.length;
    path = path.filter((p, i) => !same(p, path[(i + left - 1) % left]));
    const at = path.findIndex((b, i) => isSpike(path[(i + path.length - 1) % path.length], b, path[(i + 1) % path.length]));
    if (at >= 0) path = path.toSpliced(at, 1);
  }
  return path;
}

/** @param {Ring} ring */
function hasArea(ring) {
  if (ring.length < 3) return false;
  const [x0, y0, x1, y1] = bounds([[ring]]);
  return x1 > x0 && y1 > y0;
}

/**
 * Rings of one even-odd part as parts of their own, each with its holes. Rings that touch or cross stay together: apart,
 * areas that cancel out would count.
 * @param {Ring[]} rings @returns {Part[]}
 */
function grouped(rings) {
  if (rings.length < 2) return rings.map((ring) => [ring]);
  const byWidth = rings.toSorted((a, b) => extent(b) - extent(a));
  if (!isSimple([byWidth])) return [byWidth];
  const around = byWidth.map(([[x, y]], i) => byWidth.filter((other, j) => j < i && contains([[other]], x, y)));
  /** @type {Map<Ring, Part>} */
  const parts = new Map();
  for (const [i, ring] of byWidth.entries()) {
    // the smallest ring around a hole is the outline that it belongs to
    if (around[i].length % 2) parts.get(/** @type {Ring} */ (around[i].at(-1)))?.push(ring);
    else parts.set(ring, [ring]);
  }
  return [...parts.values()];
}

/** @param {Ring} ring */
function extent(ring) {
  const [x0, y0, x1, y1] = bounds([[ring]]);
  return (x1 - x0) * (y1 - y0);
}
