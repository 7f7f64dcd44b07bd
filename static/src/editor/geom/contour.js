/** The ways along an outline between two of its places, and an outline with one of them replaced. Pure. */
import { isClosed, nearestEdge } from './poly.js';
import { lengthOf, lineOf, thereAndBack } from './polyline.js';

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @typedef {{edge: number, x: number, y: number}} Place  a point on the edge from vertex `edge` to the next one
 */

/** How far along its edge a place is. @param {Ring} ring @param {Place} at */
const offset = (ring, { edge, x, y }) => Math.hypot(x - ring[edge][0], y - ring[edge][1]);

/** @param {Point} a @param {Point} b */
const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];

/** The vertices between two places, in the order of the ring, without those that are the places. @param {Ring} ring an open one @param {Place} a @param {Place} b @returns {Ring} */
function between(ring, a, b) {
  const n = ring.length;
  const isOnward = a.edge === b.edge && offset(ring, a) <= offset(ring, b);
  const count = isOnward ? 0 : (b.edge - a.edge + n) % n || n;
  const all = Array.from({ length: count }, (_, i) => ring[(a.edge + 1 + i) % n]);
  return all.filter((point) => !isSame(point, [a.x, a.y]) && !isSame(point, [b.x, b.y]));
}

/**
 * The vertices of the shorter way from one place of a ring to another, and those of the longer way, also from a to b.
 * @param {Ring} ring an open one @param {Place} a @param {Place} b
 * @returns {{short: Ring, long: Ring}}
 */
export function waysAlong(ring, a, b) {
  const onward = between(ring, a, b);
  const back = between(ring, b, a).reverse();
  const [start, end] = /** @type {[Point, Point]} */ ([[a.x, a.y], [b.x, b.y]]);
  const isOnwardShort = lengthOf([start, ...onward, end]) <= lengthOf([start, ...back, end]);
  return isOnwardShort ? { short: onward, long: back } : { short: back, long: onward };
}

/** The place of the outline where a path begins or ends. @param {Part[]} points @param {Point} point @param {number} reach image pixels */
export function placeOn(points, [x, y], reach) {
  const found = nearestEdge(points, x, y);
  return found && found.distance <= reach ? found : null;
}

/**
 * A polygon with the part of its outline between the ends of a path replaced: the shorter one of the two.
 * @param {Part[]} points @param {readonly Point[]} path from the outline to the outline @param {number} reach image pixels
 * @returns {Part[] | null} null when an end is not near the outline, or both are not on the same ring
 */
export function redrawn(points, path, reach) {
  const [a, b] = [placeOn(points, path[0], reach), placeOn(points, path[path.length - 1], reach)];
  if (!a || !b || a.part !== b.part || a.ring !== b.ring) return null;
  const old = points[a.part][a.ring];
  const ring = isClosed(old) ? old.slice(0, -1) : old;
  const { long } = waysAlong(ring, a, b);
  const next = [...path, ...long.reverse()];
  if (next.length < 3) return null;
  return points.with(a.part, points[a.part].with(a.ring, isClosed(old) ? [...next, next[0]] : next));
}

/**
 * A polyline with the part between the ends of a path replaced.
 * @param {Part[]} points @param {readonly Point[]} path from the line to the line @param {number} reach image pixels
 * @returns {Part[] | null} null when an end is not near the line
 */
export function redrawnLine(points, path, reach) {
  const [a, b] = [placeOn(points, path[0], reach), placeOn(points, path[path.length - 1], reach)];
  if (!a || !b) return null;
  const line = lineOf(points);
  const isOnward = a.edge < b.edge || (a.edge === b.edge && offset(line, a) <= offset(line, b));
  const [first, last] = isOnward ? [a, b] : [b, a];
  const middle = isOnward ? path : path.toReversed();
  return thereAndBack([...line.slice(0, first.edge + 1), ...middle, ...line.slice(last.edge + 1)].filter((point, i, all) => !i || !isSame(point, all[i - 1])));
}
