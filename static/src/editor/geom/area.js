/**
 * Areas of multipolygons: even-odd inside a part, parts united, like annotator/domain/areas.py.
 *
 * Rings that do not cross or touch are summed by the shoelace formula; everything else is cut into horizontal slabs at
 * all vertices and crossings.
 */

import { bounds, contains } from './poly.js';

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @typedef {{xa: number, ya: number, xb: number, yb: number, part: number, ring: Ring, place: number}} Edge  ya <= yb
 */

/** Above this many pairs of edges overlaps are not looked for: holes are subtracted, parts added. */
const MAX_PAIRS = 4_000_000;

/** @param {Part[]} points square pixels */
export function area(points) {
  const parts = points.map((part) => part.map(tidy).filter((ring) => ring.length > 2)).filter((part) => part.length);
  const isPlain = areApart(parts) && parts.every(isPlainPart);
  return isPlain ? plainArea(parts) : slabArea(parts);
}

/** True when no edge of the polygon crosses or touches another, neighbors aside. @param {Part[]} points */
export function isSimple(points) {
  return points.every((part) => touchingPairs(edgesOf([part.map(tidy)]), true).length === 0);
}

/** Without repeated vertices and without a closing one. @param {Ring} ring @returns {Ring} */
function tidy(ring) {
  const path = ring.filter((p, i) => i === 0 || p[0] !== ring[i - 1][0] || p[1] !== ring[i - 1][1]);
  while (path.length > 1 && path[0][0] === path[path.length - 1][0] && path[0][1] === path[path.length - 1][1]) path.pop();
  return path;
}

/** @param {Ring} ring */
function shoelace(ring) {
  const [x0, y0] = ring[0];
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) {
    sum += (ring[i - 1][0] - x0) * (ring[i][1] - y0) - (ring[i][0] - x0) * (ring[i - 1][1] - y0);
  }
  return Math.abs(sum) / 2;
}

/** @param {Part[]} parts */
function plainArea(parts) {
  let sum = 0;
  for (const [outer, ...holes] of parts) {
    sum += Math.max(0, holes.reduce((left, hole) => left - shoelace(hole), shoelace(outer)));
  }
  return sum;
}

/** @param {Part[]} shapes */
function areApart(shapes) {
  const boxes = shapes.map((shape) => bounds([shape])).sort((a, b) => a[1] - b[1]);
  for (let i = 0; i < boxes.length; i += 1) {
    for (let j = i + 1; j < boxes.length && boxes[j][1] <= boxes[i][3]; j += 1) {
      if (boxes[i][0] <= boxes[j][2] && boxes[j][0] <= boxes[i][2]) return false;
    }
  }
  return true;
}

/** @param {Part} part */
function isPlainPart(part) {
  if (part.length === 1 && part[0].length === 3) return true;
  if (touchingPairs(edgesOf([part]), true).length) return false;
  const [outer, ...holes] = part;
  return areApart(holes.map((hole) => [hole])) && holes.every(([[x, y]]) => contains([[outer]], x, y));
}

/** @param {Part[]} parts @returns {Edge[]} by their upper end */
function edgesOf(parts) {
  /** @type {Edge[]} */
  const edges = [];
  parts.forEach((rings, part) => {
    for (const ring of rings) {
      ring.forEach(([xa, ya], place) => {
        const [xb, yb] = ring[(place + 1) % ring.length];
        edges.push(ya <= yb ? { xa, ya, xb, yb, part, ring, place } : { xa: xb, ya: yb, xb: xa, yb: ya, part, ring, place });
      });
    }
  });
  return edges.sort((a, b) => a.ya - b.ya);
}

/**
 * Pairs of edges that cross, or also touch; none when there are too many to look at.
 * @param {Edge[]} edges @param {boolean} withTouch also touching ones, but not neighbors along a ring
 * @returns {[Edge, Edge][]}
 */
function touchingPairs(edges, withTouch) {
  /** @type {[Edge, Edge][]} */
  const pairs = [];
  let left = MAX_PAIRS;
  for (let i = 0; i < edges.length; i += 1) {
    const a = edges[i];
    for (let j = i + 1; j < edges.length && edges[j].ya <= a.yb; j += 1) {
      const b = edges[j];
      if ((left -= 1) < 0) return [];
      if (Math.min(a.xa, a.xb) > Math.max(b.xa, b.xb) || Math.min(b.xa, b.xb) > Math.max(a.xa, a.xb)) continue;
      const one = side(a, b);
      const two = side(b, a);
      if (withTouch ? one <= 0 && two <= 0 && !areNeighbors(a, b) : one < 0 && two < 0) pairs.push([a, b]);
    }
  }
  return pairs;
}

/** @param {Edge} a @param {Edge} b */
function areNeighbors(a, b) {
  const step = Math.abs(a.place - b.place);
  return a.ring === b.ring && (step === 1 || step === a.ring.length - 1);
}

/** Below, at or above 0 as the ends of `other` lie on both sides of `line`, touch it, or lie on one. @param {Edge} line @param {Edge} other */
function side({ xa, ya, xb, yb }, other) {
  const first = (xb - xa) * (other.ya - ya) - (yb - ya) * (other.xa - xa);
  const second = (xb - xa) * (other.yb - ya) - (yb - ya) * (other.xb - xa);
  return Math.sign(first) * Math.sign(second);
}

/** @param {Part[]} parts */
function slabArea(parts) {
  const edges = edgesOf(parts);
  const ys = new Set(edges.flatMap(({ ya, yb }) => [ya, yb]));
  for (const [a, b] of touchingPairs(edges, false)) ys.add(crossingY(a, b));
  const levels = [...ys].sort((a, b) => a - b);
  if (levels.length * edges.length > 20 * MAX_PAIRS) return plainArea(parts);
  let sum = 0;
  for (let i = 1; i < levels.length; i += 1) {
    sum += widthAt(edges, levels[i - 1], levels[i]) * (levels[i] - levels[i - 1]);
  }
  return sum;
}

/** @param {Edge} a @param {Edge} b */
function crossingY(a, b) {
  const [ax, ay, bx, by] = [a.xb - a.xa, a.yb - a.ya, b.xb - b.xa, b.yb - b.ya];
  return a.ya + (((b.xa - a.xa) * by - (b.ya - a.ya) * bx) / (ax * by - ay * bx)) * ay;
}

/** The width that the parts cover together in the middle of a slab. @param {Edge[]} edges @param {number} top @param {number} bottom */
function widthAt(edges, top, bottom) {
  const y = (top + bottom) / 2;
  /** @type {Map<number, number[]>} */
  const crossings = new Map();
  for (const { xa, ya, xb, yb, part } of edges) {
    if (ya > top) break;
    if (yb < bottom || ya === yb) continue;
    const x = xa + ((y - ya) * (xb - xa)) / (yb - ya);
    crossings.get(part)?.push(x) ?? crossings.set(part, [x]);
  }
  /** @type {Point[]} */
  const spans = [];
  for (const xs of crossings.values()) {
    xs.sort((a, b) => a - b);
    for (let i = 1; i < xs.length; i += 2) spans.push([xs[i - 1], xs[i]]);
  }
  spans.sort((a, b) => a[0] - b[0]);
  let reach = -Infinity;
  let covered = 0;
  for (const [from, to] of spans) {
    covered += Math.max(0, to - Math.max(from, reach));
    reach = Math.max(reach, to);
  }
  return covered;
}
