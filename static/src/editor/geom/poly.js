/**
 * Multipolygons [part, ...] of [outer ring, hole, ...] of [[x, y], ...] in image pixels: measures and edits.
 *
 * Even-odd inside a part, parts united, like annotator/domain/polygons.py. Pure: edits return new lists and share what
 * did not change. Rings need not be closed; one whose last point repeats the first stays so through every edit.
 */

/**
 * @import {Box, Part, Point, Ring} from '../types/geometry'
 * @typedef {{part: number, ring: number, vertex: number}} VertexRef
 * @typedef {{part: number, ring: number, edge: number}} EdgeRef  the edge from vertex `edge` to the next one
 */

/** @param {Part[]} points @returns {Box} */
export function bounds(points) {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (const part of points) {
    for (const ring of part) {
      for (const [x, y] of ring) {
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        if (y > y1) y1 = y;
      }
    }
  }
  return [x0, y0, x1, y1];
}

/** True when the point lies inside; at a pixel center it agrees with mask.js. @param {Part[]} points @param {number} x @param {number} y */
export function contains(points, x, y) {
  return points.some((part) => partContains(part, x, y));
}

/** @param {Part} part @param {number} x @param {number} y */
function partContains(part, x, y) {
  let isIn = false;
  for (const ring of part) {
    let [xa, ya] = ring[ring.length - 1];
    for (const [xb, yb] of ring) {
      if ((ya <= y) !== (yb <= y)) {
        const crossing = ya < yb
          ? xa + ((y - ya) * (xb - xa)) / (yb - ya)
          : xb + ((y - yb) * (xa - xb)) / (ya - yb);
        if (crossing <= x) isIn = !isIn;
      }
      xa = xb;
      ya = yb;
    }
  }
  return isIn;
}

/** The topmost part that holds the point, or -1. @param {Part[]} points @param {number} x @param {number} y */
export function partAt(points, x, y) {
  return points.findLastIndex((part) => partContains(part, x, y));
}

/** True when the ring ends with its first point again. @param {Ring} ring */
export function isClosed(ring) {
  const last = ring[ring.length - 1];
  return ring.length > 3 && ring[0][0] === last[0] && ring[0][1] === last[1];
}

/** The ring without a closing point. @param {Ring} ring */
function open(ring) {
  return isClosed(ring) ? ring.slice(0, -1) : ring;
}

/** @param {Ring} ring an open one @param {boolean} close @returns {Ring} */
function reclosed(ring, close) {
  return close ? [...ring, [...ring[0]]] : ring;
}

/**
 * The edge nearest to a point, the point on it and how far that is; null without any edge.
 * @param {Part[]} points @param {number} x @param {number} y
 * @returns {(EdgeRef & {x: number, y: number, distance: number}) | null}
 */
export function nearestEdge(points, x, y) {
  let best = null;
  let least = Infinity;
  for (const [part, rings] of points.entries()) {
    for (const [ring, all] of rings.entries()) {
      const path = open(all);
      for (let edge = 0; edge < path.length; edge += 1) {
        const [px, py] = nearestOn(path[edge], path[(edge + 1) % path.length], x, y);
        const distance = Math.hypot(px - x, py - y);
        if (distance < least) {
          least = distance;
          best = { part, ring, edge, x: px, y: py, distance };
        }
      }
    }
  }
  return best;
}

/** @param {Point} a @param {Point} b @param {number} x @param {number} y @returns {Point} */
function nearestOn([ax, ay], [bx, by], x, y) {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  if (length === 0) return [ax, ay];
  const share = ((x - ax) * dx + (y - ay) * dy) / length;
  if (share <= 0) return [ax, ay];
  return share >= 1 ? [bx, by] : [ax + share * dx, ay + share * dy];
}

/** @param {number} x @param {number} y @param {Point} a @param {Point} b */
export function distanceToSegment(x, y, a, b) {
  const [px, py] = nearestOn(a, b, x, y);
  return Math.hypot(px - x, py - y);
}

/**
 * @param {Part[]} points @param {number} part @param {number} ring @param {Ring | null} next null removes the ring
 * @returns {Part[]}
 */
function withRing(points, part, ring, next) {
  const rings = next ? points[part].with(ring, next) : points[part].toSpliced(ring, 1);
  return points.with(part, rings);
}

/** A new vertex on an edge. @param {Part[]} points @param {EdgeRef} at @param {number} x @param {number} y @returns {Part[]} */
export function insertVertex(points, { part, ring, edge }, x, y) {
  const old = points[part][ring];
  const path = open(old).toSpliced(edge + 1, 0, [x, y]);
  return withRing(points, part, ring, reclosed(path, isClosed(old)));
}

/** @param {Part[]} points @param {VertexRef} at @param {number} x @param {number} y @returns {Part[]} */
export function moveVertex(points, { part, ring, vertex }, x, y) {
  const old = points[part][ring];
  const path = open(old).with(vertex, [x, y]);
  return withRing(points, part, ring, reclosed(path, isClosed(old)));
}

/**
 * The polygon without a vertex. A ring keeps at least 3: below that a hole goes, a further part goes, and of the last
 * part's outer ring no vertex can be removed (null).
 * @param {Part[]} points @param {VertexRef} at @returns {Part[] | null}
 */
export function deleteVertex(points, { part, ring, vertex }) {
  const old = points[part][ring];
  const path = open(old);
  if (path.length > 3) return withRing(points, part, ring, reclosed(path.toSpliced(vertex, 1), isClosed(old)));
  if (ring > 0) return withRing(points, part, ring, null);
  return points.length > 1 ? points.toSpliced(part, 1) : null;
}

/**
 * Cuts a hole. The part is the one that holds all points of the hole; null when there is none or the hole has no three points.
 * @param {Part[]} points @param {Ring} hole @returns {Part[] | null}
 */
export function addHole(points, hole) {
  if (hole.length < 3) return null;
  const part = points.findIndex((rings) => hole.every(([x, y]) => partContains(rings, x, y)));
  return part < 0 ? null : points.with(part, [...points[part], hole]);
}

/** @param {Part[]} points @param {(point: Point) => Point} change @returns {Part[]} */
function mapPoints(points, change) {
  return points.map((part) => part.map((ring) => ring.map(change)));
}

/** @param {Part[]} points @param {number} dx @param {number} dy @returns {Part[]} */
export function translate(points, dx, dy) {
  return mapPoints(points, ([x, y]) => [x + dx, y + dy]);
}

/** Stretches from one box to another; a side without length moves only. @param {Part[]} points @param {Box} from @param {Box} to @returns {Part[]} */
export function fitBox(points, from, to) {
  const sx = from[2] > from[0] ? (to[2] - to[0]) / (from[2] - from[0]) : 1;
  const sy = from[3] > from[1] ? (to[3] - to[1]) / (from[3] - from[1]) : 1;
  return mapPoints(points, ([x, y]) => [to[0] + (x - from[0]) * sx, to[1] + (y - from[1]) * sy]);
}
