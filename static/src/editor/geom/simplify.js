/** Polygons with fewer vertices: none that is left out lies further than a tolerance from the new outline (Douglas and Peucker). */
import { isSimple } from './area.js';
import { isClosed } from './poly.js';

/** @import {Part, Point, Ring} from '../types/geometry' */

/** A tolerance is halved at most so often when outlines would cross. */
const MOST_HALVINGS = 6;

/**
 * The polygon with a subset of its vertices. Where outlines would cross, a smaller tolerance holds for the whole of it;
 * holes that shrink to a line go, outer rings do not.
 * @param {Part[]} points @param {number} tolerance image pixels @returns {Part[]} the same list when nothing can be left out
 */
export function simplify(points, tolerance) {
  const mayCross = !isSimple(points);
  for (let halvings = 0; halvings <= MOST_HALVINGS && tolerance > 0; halvings += 1) {
    const made = points.map((part) => simplifyPart(part, tolerance / 2 ** halvings));
    if (mayCross || isSimple(made)) return countVertices(made) < countVertices(points) ? made : points;
  }
  return points;
}

/** @param {readonly Part[]} points */
export function countVertices(points) {
  return points.reduce((sum, part) => part.reduce((n, ring) => n + ring.length, sum), 0);
}

/** @param {Part} part @param {number} tolerance @returns {Part} */
function simplifyPart([outer, ...holes], tolerance) {
  const ring = simplifyRing(outer, tolerance);
  return [ring.length < 3 ? outer : ring, ...holes.map((hole) => simplifyRing(hole, tolerance)).filter((hole) => hole.length >= 3)];
}

/** @param {Ring} ring @param {number} tolerance @returns {Ring} */
function simplifyRing(ring, tolerance) {
  const path = isClosed(ring) ? ring.slice(0, -1) : ring;
  const n = path.length;
  if (n <= 3) return ring;
  // a closed path is two open ones, between its first vertex and the one that is furthest from it
  const far = furthest(path, 0, n, path[0], path[0])[0];
  const keep = new Set([0, far]);
  /** @type {[number, number][]} */
  const stretches = [[0, far], [far, n]];
  for (let stretch = stretches.pop(); stretch; stretch = stretches.pop()) {
    const [from, to] = stretch;
    const [at, distance] = furthest(path, from, to, path[from], path[to % n]);
    if (distance <= tolerance) continue;
    keep.add(at);
    stretches.push([from, at], [at, to]);
  }
  return path.filter((_, i) => keep.has(i));
}

/** The vertex between two that is furthest from the stretch between two points. @param {Ring} path @param {number} from @param {number} to @param {Point} a @param {Point} b @returns {[number, number]} */
function furthest(path, from, to, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  let best = from;
  let most = -1;
  for (let i = from + 1; i < to; i += 1) {
    const [px, py] = [path[i][0] - a[0], path[i][1] - a[1]];
    const share = square ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
    const distance = Math.hypot(px - share * dx, py - share * dy);
    if (distance > most) [best, most] = [i, distance];
  }
  return [best, most];
}
