/** Which labels are under a point: exact tests on labels, smallest area first; pure functions. */
import { KEYPOINTS, MASK, POLYGON } from '../../workers/format.js';
import { nearest, skeletonLines } from '../geom/keypoints.js';
import { maskContains } from '../geom/mask.js';
import { contains, distanceToSegment, nearestEdge } from '../geom/poly.js';
import { boundsOf, kindOf } from './pack.js';

/** @import {Part, Ring} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {KeypointSchema} from '../types/page' */

/** @param {Ring} ring */
function ringArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return Math.abs(sum) / 2;
}

/** @type {WeakMap<Label, number>} */
const areas = new WeakMap();

/** Square pixels of what is drawn, for comparing sizes: parts that overlap count twice. @param {Label} label @returns {number} */
export function areaOf(label) {
  let area = areas.get(label);
  if (area === undefined) {
    area = measure(label);
    areas.set(label, area);
  }
  return area;
}

/** @param {Label} label */
function measure(label) {
  const kind = kindOf(label);
  if (kind === MASK) return /** @type {number[]} */ (label.mask).reduce((sum, n, i) => (i % 2 ? sum + n : sum), 0);
  if (kind === POLYGON) {
    const parts = /** @type {Part[]} */ (label.points);
    return parts.reduce((sum, part) => sum + part.reduce((s, ring, i) => s + (i ? -1 : 1) * ringArea(ring), 0), 0);
  }
  const [x0, y0, x1, y1] = boundsOf(label);
  return (x1 - x0) * (y1 - y0);
}

/**
 * How far a point is from a label in image pixels: 0 on or in it.
 * @param {Label} label @param {number} x @param {number} y
 * @param {KeypointSchema['edges']} [edges] those of all schemas
 */
export function distanceTo(label, x, y, edges = []) {
  const kind = kindOf(label);
  const point = nearest(label.keypoints, x, y);
  const least = point ? Math.hypot(point.x - x, point.y - y) : Infinity;
  if (kind === KEYPOINTS) return skeletonLines(label.keypoints, edges).reduce((best, { from, to }) => Math.min(best, distanceToSegment(x, y, from, to)), least);
  if (kind === MASK) return maskContains(/** @type {number[]} */ (label.mask), label.box, x, y) ? 0 : least;
  if (kind === POLYGON) {
    const parts = /** @type {Part[]} */ (label.points);
    return contains(parts, x, y) ? 0 : Math.min(least, nearestEdge(parts, x, y)?.distance ?? Infinity);
  }
  const [x0, y0, x1, y1] = label.box;
  return Math.min(least, Math.hypot(Math.max(x0 - x, 0, x - x1), Math.max(y0 - y, 0, y - y1)));
}

/**
 * The labels under a point, the one to select first: those that contain it by area, smallest first; then those
 * nearer than the tolerance by distance. Of equal ones the upper comes first.
 * @param {readonly Label[]} candidates in any order @param {number} x @param {number} y
 * @param {number} tolerance image pixels @param {(id: string) => number} rank draw order
 * @param {KeypointSchema['edges']} [edges] those of all keypoint schemas
 * @returns {Label[]}
 */
export function hits(candidates, x, y, tolerance, rank, edges) {
  const found = candidates.flatMap((label) => {
    const distance = distanceTo(label, x, y, edges);
    const isPoint = kindOf(label) === KEYPOINTS && distance <= tolerance;
    return distance <= tolerance ? [{ label, distance: isPoint ? 0 : distance, area: areaOf(label) }] : [];
  });
  found.sort((a, b) => a.distance - b.distance || a.area - b.area || rank(b.label.id) - rank(a.label.id));
  return found.map(({ label }) => label);
}
