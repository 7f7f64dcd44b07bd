/** What is drawn into a polygon: a hole, or another part when its first point lies outside. Pure. */
import { clip } from '../geom/clip.js';
import { addHole, bounds, partAt } from '../geom/poly.js';

/** @import {Part, Point} from '../types/geometry' */
/** @import {LabelPatch} from '../types/labels' */

/** Does a drawing that begins at a point become another part of the polygon? @param {Part[]} points @param {Point} first */
export const isPart = (points, [x, y]) => partAt(points, x, y) < 0;

/** May a drawing with these points go on to another one? Those of a hole lie in the polygon. @param {Part[]} points @param {readonly Point[]} drawn @param {Point} next */
export function mayGoOn(points, drawn, [x, y]) {
  return !drawn.length || isPart(points, drawn[0]) || partAt(points, x, y) >= 0;
}

/** The polygon with what was drawn into it. @param {Part[]} points @param {Point[]} ring @param {import('./snap.js').Size} size of the image @returns {LabelPatch | null} null: it does not fit */
export function extended(points, ring, { width, height }) {
  if (!isPart(points, ring[0])) {
    const cut = addHole(points, ring);
    return cut && { points: cut };
  }
  const part = clip([[ring]], [0, 0, width, height]);
  const all = [...points, ...part];
  return part.length ? { points: all, box: bounds(all) } : null;
}
