/** Cuts a multipolygon along a straight cut into two; pieces that hold together beside the cut stay together. */
import { area } from './area.js';
import { combine, joinAll } from './boolean.js';
import { bounds } from './poly.js';

/**
 * @import {Part, Point} from '../types/geometry'
 * @typedef {{points: Part[], left: number, right: number}} Piece  area on each side of the line
 */

/** Image pixels; crossings are known to a millionth. */
const NEAR = 1e-5;

/**
 * The larger and the smaller of the two polygons that a cut from a to b makes; null when it cuts through no part. Parts
 * that it does not cut through stay with the larger one.
 * @param {Part[]} points @param {Point} a @param {Point} b
 * @returns {[Part[], Part[]] | null}
 */
export function slice(points, a, b) {
  if (a[0] === b[0] && a[1] === b[1]) return null;
  const whole = joinAll([points]);
  if (!whole.length) return null;
  const line = new Line(a, b);
  const [left, right] = line.sides(whole);
  /** @type {Part[]} */
  const uncut = [];
  /** @type {Piece[]} */
  const pieces = [];
  for (const part of whole) {
    const found = cutPart(part, line, left, right);
    if (found.length > 1) pieces.push(...found);
    else uncut.push(part);
  }
  if (!pieces.length) return null;
  const [large, small] = grouped(pieces);
  return [[...large.flatMap((piece) => piece.points), ...uncut], small.flatMap((piece) => piece.points)];
}

/** Pieces by the side on which more of each lies; the larger group first. @param {Piece[]} pieces @returns {[Piece[], Piece[]]} */
function grouped(pieces) {
  const size = (/** @type {Piece[]} */ list) => list.reduce((sum, { left, right }) => sum + left + right, 0);
  const groups = [pieces.filter((piece) => piece.left >= piece.right), pieces.filter((piece) => piece.left < piece.right)];
  if (!groups[0].length || !groups[1].length) {
    const sorted = pieces.toSorted((p, q) => size([q]) - size([p]));
    return [[sorted[0]], sorted.slice(1)];
  }
  return size(groups[0]) >= size(groups[1]) ? [groups[0], groups[1]] : [groups[1], groups[0]];
}

/** What a part falls into; one piece, or none, when it is not cut through. @param {Part} part @param {Line} line @param {Part[]} left @param {Part[]} right */
function cutPart(part, line, left, right) {
  const halves = [combine('intersect', [part], left), combine('intersect', [part], right)];
  if (!halves[0].length || !halves[1].length) return [];
  const nodes = halves.flatMap((half, side) => half.map((one) => ({ part: one, side, spans: line.spans(one), group: -1 })));
  nodes.forEach((node, i) => { node.group = i; });
  for (const one of nodes) {
    for (const other of nodes) {
      if (one.side !== 0 || other.side !== 1 || one.group === other.group || !line.areJoined(one.spans, other.spans)) continue;
      const from = other.group;
      for (const node of nodes) if (node.group === from) node.group = one.group;
    }
  }
  return [...new Set(nodes.map((node) => node.group))].map((group) => {
    const mine = nodes.filter((node) => node.group === group);
    const sum = (/** @type {number} */ side) => area(mine.flatMap((node) => (node.side === side ? [node.part] : [])));
    return { points: joinAll(mine.map((node) => [node.part])), left: sum(0), right: sum(1) };
  });
}

/** The straight line of a cut; a place on it is measured from its start. */
class Line {
  /** @param {Point} a @param {Point} b */
  constructor(a, b) {
    this.a = a;
    this.length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    this.way = /** @type {Point} */ ([(b[0] - a[0]) / this.length, (b[1] - a[1]) / this.length]);
  }

  /** Along the line, and away from it. @param {Point} point @returns {Point} */
  place([x, y]) {
    const [dx, dy] = [x - this.a[0], y - this.a[1]];
    return [dx * this.way[0] + dy * this.way[1], dy * this.way[0] - dx * this.way[1]];
  }

  /** Rectangles on both sides that hold all of the points. @param {Part[]} points @returns {[Part[], Part[]]} */
  sides(points) {
    const [x0, y0, x1, y1] = bounds(points);
    const corners = /** @type {Point[]} */ ([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]).map((corner) => this.place(corner));
    const far = Math.max(...corners.flat().map(Math.abs)) + this.length + 1;
    const at = (/** @type {number} */ along, /** @type {number} */ away) =>
      /** @type {Point} */ ([this.a[0] + along * this.way[0] - away * this.way[1], this.a[1] + along * this.way[1] + away * this.way[0]]);
    const side = (/** @type {number} */ away) => [[[at(-far, 0), at(far, 0), at(far, away), at(-far, away)]]];
    return [side(far), side(-far)];
  }

  /** Where edges of a part run along the line. @param {Part} part @returns {Point[]} */
  spans(part) {
    return part.flatMap((ring) => ring.flatMap((point, i) => {
      const [from, to] = [this.place(point), this.place(ring[(i + 1) % ring.length])];
      if (Math.abs(from[1]) > NEAR || Math.abs(to[1]) > NEAR) return [];
      return [/** @type {Point} */ ([Math.min(from[0], to[0]), Math.max(from[0], to[0])])];
    }));
  }

  /** True when two pieces share some of the line that the cut does not reach. @param {Point[]} one @param {Point[]} other */
  areJoined(one, other) {
    return one.some(([from, to]) => other.some(([start, end]) => {
      const [low, high] = [Math.max(from, start), Math.min(to, end)];
      return high - low > NEAR && (low < -NEAR || high > this.length + NEAR);
    }));
  }
}
