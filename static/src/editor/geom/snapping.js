/** Where a point snaps to: the nearest vertex, else the nearest place on an edge; and the border between two such places. Pure. */
import { waysAlong } from './contour.js';
import { isClosed, nearestEdge } from './poly.js';

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @typedef {{point: Point, ring: Ring}} Target  a place on an open ring
 */

/** A point this near to a ring lies on it, image pixels. */
const ON_RING = 0.01;

/** @param {Ring} ring @returns {Ring} */
const opened = (ring) => (isClosed(ring) ? ring.slice(0, -1) : ring);

/**
 * @param {readonly Part[][]} outlines of the shapes nearby @param {number} x @param {number} y @param {number} reach image pixels
 * @returns {Target | null}
 */
export function snapTo(outlines, x, y, reach) {
  const rings = outlines.flat(2).map(opened);
  /** @type {Target | null} */
  let best = null;
  let least = reach;
  for (const ring of rings) {
    for (const point of ring) {
      const distance = Math.hypot(point[0] - x, point[1] - y);
      if (distance > least) continue;
      least = distance;
      best = { point, ring };
    }
  }
  if (best) return best;
  for (const ring of rings) {
    const edge = nearestEdge([[ring]], x, y);
    if (!edge || edge.distance > least) continue;
    least = edge.distance;
    best = { point: [edge.x, edge.y], ring };
  }
  return best;
}

/** The vertices along the border that a target lies on, from another point of it, the shorter way; none when the point is not on it. @param {Point} from @param {Target} to @returns {Ring} */
export function borderBetween([x, y], { point, ring }) {
  const [a, b] = [nearestEdge([[ring]], x, y), nearestEdge([[ring]], ...point)];
  return a && b && a.distance <= ON_RING ? waysAlong(ring, a, b).short : [];
}
