/**
 * Union, difference and intersection of multipolygons, by Clipper2. Even-odd inside a part, parts united, as everywhere.
 *
 * Clipper2 counts in whole numbers: places are taken to a millionth of a pixel. Vertices that were there before come back
 * with their own numbers; only new ones, where outlines cross, are rounded. Vertices on a straight line are left out.
 */
import { ClipType, FillRule, PathType } from 'clipper2-ts/dist/Core.js';
import { Clipper64, PolyTree64 } from 'clipper2-ts/dist/Engine.js';
import { bounds } from './poly.js';

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @import {Path64, Paths64} from 'clipper2-ts/dist/Core.js'
 * @import {PolyPath64} from 'clipper2-ts/dist/Engine.js'
 * @typedef {'join' | 'subtract' | 'intersect'} Operation
 */

/** Steps in a pixel. */
const SCALE = 1_000_000;

/** @type {Record<Operation, ClipType>} */
const TYPES = { join: ClipType.Union, subtract: ClipType.Difference, intersect: ClipType.Intersection };

/** Remembers the points that whole numbers stand for. */
class Grid {
  /** @type {Map<string, Point>} */
  points = new Map();

  /** @param {Ring} ring @returns {Path64} */
  path(ring) {
    return withoutSpikes(ring.map((point) => {
      const x = Math.round(point[0] * SCALE);
      const y = Math.round(point[1] * SCALE);
      const key = `${x},${y}`;
      if (!this.points.has(key)) this.points.set(key, [point[0], point[1]]);
      return { x, y };
    }));
  }

  /** @param {Path64} path @returns {Ring} */
  ring(path) {
    return path.map(({ x, y }) => this.points.get(`${x},${y}`) ?? [x / SCALE, y / SCALE]);
  }
}

/** Without repeated points and those within a horizontal run: where one turns back, Clipper2 loses area. @param {Path64} path */
function withoutSpikes(path) {
  for (let left = -1; left !== path.length;) {
    left = path.length;
    const distinct = path.filter(({ x, y }, i) => x !== path[(i + left - 1) % left].x || y !== path[(i + left - 1) % left].y);
    const n = distinct.length;
    path = distinct.filter(({ y }, i) => y !== distinct[(i + n - 1) % n].y || y !== distinct[(i + 1) % n].y);
  }
  return path;
}

/** @param {Operation} operation @param {Paths64} subject @param {Paths64} clip @param {FillRule} rule */
function run(operation, subject, clip, rule) {
  const clipper = new Clipper64();
  clipper.preserveCollinear = false;
  clipper.addPaths(subject, PathType.Subject);
  if (clip.length) clipper.addPaths(clip, PathType.Clip);
  const tree = new PolyTree64();
  clipper.execute(TYPES[operation], rule, tree);
  return tree;
}

/** Outlines with the holes right in them; what lies in a hole is a part of its own. @param {PolyPath64} node @param {Paths64[]} [parts] */
function partsOf(node, parts = []) {
  for (let i = 0; i < node.count; i += 1) {
    const outer = node.child(i);
    const rings = [/** @type {Path64} */ (outer.polygon)];
    parts.push(rings);
    for (let j = 0; j < outer.count; j += 1) {
      rings.push(/** @type {Path64} */ (outer.child(j).polygon));
      partsOf(outer.child(j), parts);
    }
  }
  return parts;
}

/** @param {readonly Part[]} parts */
function areApart(parts) {
  const boxes = parts.map((part) => bounds([part]));
  return boxes.every(([x0, y0, x1, y1], i) => boxes.every((b, j) => j <= i || b[0] > x1 || b[2] < x0 || b[1] > y1 || b[3] < y0));
}

/** Paths that cover the polygon under the even-odd rule. @param {readonly Part[]} points @param {Grid} grid @returns {Paths64} */
function evenOdd(points, grid) {
  if (areApart(points)) return points.flat().map((ring) => grid.path(ring));
  const parts = points.flatMap((part) => partsOf(run('join', part.map((ring) => grid.path(ring)), [], FillRule.EvenOdd)).flat());
  return partsOf(run('join', parts, [], FillRule.NonZero)).flat();
}

/**
 * The polygon that an operation makes of two; [] when nothing is left. Its parts do not overlap and rings do not cross.
 * @param {Operation} operation @param {readonly Part[]} a @param {readonly Part[]} b
 * @returns {Part[]}
 */
export function combine(operation, a, b) {
  const grid = new Grid();
  const tree = run(operation, evenOdd(a, grid), evenOdd(b, grid), FillRule.EvenOdd);
  return partsOf(tree).map((rings) => rings.map((path) => grid.ring(path)));
}

/** The union of all; parts that touch along an edge become one. @param {readonly (readonly Part[])[]} polygons @returns {Part[]} */
export function joinAll(polygons) {
  const grid = new Grid();
  const paths = polygons.flatMap((points) => partsOf(run('join', evenOdd(points, grid), [], FillRule.EvenOdd)).flat());
  return partsOf(run('join', paths, [], FillRule.NonZero)).map((rings) => rings.map((path) => grid.ring(path)));
}
