import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSimple } from '../../../static/src/editor/geom/area.js';
import { nearestEdge } from '../../../static/src/editor/geom/poly.js';
import { countVertices, simplify } from '../../../static/src/editor/geom/simplify.js';

const circle = (r, n, x = 50, y = 50) => Array.from({ length: n }, (_, i) => [x + r * Math.cos((i / n) * 2 * Math.PI), y + r * Math.sin((i / n) * 2 * Math.PI)]);

test('no vertex that is left out lies further from the new outline than the tolerance', () => {
  const points = [[circle(40, 200), circle(20, 100)]];
  let last = countVertices(points);
  for (const tolerance of [0.1, 0.5, 2, 6]) {
    const made = simplify(points, tolerance);
    assert.ok(countVertices(made) < last);
    last = countVertices(made);
    const distances = points[0].map((ring, i) => ring.map(([x, y]) => nearestEdge([[made[0][i]]], x, y).distance));
    assert.ok(Math.max(...distances.flat()) <= tolerance);
    assert.ok(made.flat(2).every(([x, y]) => points.flat(2).some((p) => p[0] === x && p[1] === y)), 'a subset');
  }
});

test('points on a straight line go at any tolerance, none goes at 0, triangles stay', () => {
  const square = [[[[0, 0], [5, 0], [10, 0], [10, 10], [0, 10]]]];
  assert.equal(simplify(square, 0), square);
  assert.deepEqual(simplify(square, 0.001), [[[[0, 0], [10, 0], [10, 10], [0, 10]]]]);
  const triangle = [[[[0, 0], [1, 0], [0, 1]]]];
  assert.equal(simplify(triangle, 10), triangle);
});

test('an outline does not cross its hole, and small holes go while outer rings stay', () => {
  const outer = [[0, 0], [40, 0], [40, 40], [20, 47], [0, 40]];
  const hole = [[10, 35], [30, 35], [20, 44]];
  assert.ok(isSimple([[outer, hole]]));
  const made = simplify([[outer, hole]], 8);
  assert.ok(isSimple(made));
  const flat = simplify([[circle(2, 12), circle(0.5, 12)]], 10);
  assert.deepEqual([flat[0].length, flat[0][0].length], [1, 12]);
});
