import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area, isSimple } from '../../../static/src/editor/geom/area.js';
import * as poly from '../../../static/src/editor/geom/poly.js';
import { isClose, vectors } from './vectors.js';

const SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]];
const CLOSED = [...SQUARE, [10, 10]];

for (const { name, points, area: expected, bounds, spots } of vectors('polygons.json')) {
  test(`measures: ${name}`, () => {
    assert.ok(isClose(area(points), expected), `${area(points)} is not ${expected}`);
    assert.deepEqual(poly.bounds(points), bounds);
    for (const [x, y, isIn] of spots) assert.equal(poly.contains(points, x, y), isIn, `${x}, ${y}`);
  });
}

test('the text of points gives the same numbers back', () => {
  for (const { points, text } of vectors('codec.json')) {
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(points)));
  }
});

test('the nearest edge is found in holes and parts too', () => {
  const points = [[SQUARE, [[13, 13], [17, 13], [15, 17]]], [[[40, 40], [50, 40], [45, 50]]]];
  assert.deepEqual(poly.nearestEdge(points, 15, 12.5), { part: 0, ring: 1, edge: 0, x: 15, y: 13, distance: 0.5 });
  assert.deepEqual(poly.nearestEdge(points, 8, 15), { part: 0, ring: 0, edge: 3, x: 10, y: 15, distance: 2 });
  assert.equal(poly.partAt(points, 45, 43), 1);
  assert.equal(poly.partAt(points, 15, 14), -1);
  assert.equal(poly.nearestEdge([], 0, 0), null);
});

test('a vertex is inserted, moved and deleted without changing the original', () => {
  const points = [[SQUARE]];
  const before = JSON.stringify(points);
  const more = poly.insertVertex(points, { part: 0, ring: 0, edge: 3 }, 9, 15);
  assert.deepEqual(more, [[[...SQUARE, [9, 15]]]]);
  assert.deepEqual(poly.moveVertex(more, { part: 0, ring: 0, vertex: 4 }, 8, 15)[0][0][4], [8, 15]);
  assert.deepEqual(poly.deleteVertex(more, { part: 0, ring: 0, vertex: 4 }), points);
  assert.equal(JSON.stringify(points), before);
});

test('a closed ring stays closed through every edit', () => {
  const points = [[CLOSED]];
  const moved = poly.moveVertex(points, { part: 0, ring: 0, vertex: 0 }, 9, 9);
  assert.deepEqual(moved, [[[[9, 9], [20, 10], [20, 20], [10, 20], [9, 9]]]]);
  const last = poly.insertVertex(points, { part: 0, ring: 0, edge: 3 }, 10, 15);
  assert.deepEqual(last[0][0].slice(-2), [[10, 15], [10, 10]]);
  assert.deepEqual(poly.deleteVertex(points, { part: 0, ring: 0, vertex: 0 }), [[[[20, 10], [20, 20], [10, 20], [20, 10]]]]);
});

test('a ring keeps three vertices: the hole goes, the part goes, the last part stays', () => {
  const hole = [[12, 12], [14, 12], [13, 14]];
  assert.deepEqual(poly.deleteVertex([[SQUARE, hole]], { part: 0, ring: 1, vertex: 0 }), [[SQUARE]]);
  assert.deepEqual(poly.deleteVertex([[hole], [SQUARE]], { part: 0, ring: 0, vertex: 1 }), [[SQUARE]]);
  assert.equal(poly.deleteVertex([[hole]], { part: 0, ring: 0, vertex: 1 }), null);
});

test('a hole is cut into the part that holds all of it', () => {
  const points = [[[[40, 40], [50, 40], [45, 50]]], [SQUARE]];
  const hole = [[12, 12], [14, 12], [13, 14]];
  assert.deepEqual(poly.addHole(points, hole), [points[0], [SQUARE, hole]]);
  assert.equal(poly.addHole(points, [[12, 12], [14, 12], [13, 34]]), null);
  assert.equal(poly.addHole(points, hole.slice(1)), null);
  assert.equal(area(/** @type {any} */ (poly.addHole([[SQUARE]], hole))), 98);
});

test('moving and stretching', () => {
  assert.deepEqual(poly.translate([[SQUARE]], 1, -1)[0][0][2], [21, 19]);
  const wide = poly.fitBox([[SQUARE]], [10, 10, 20, 20], [0, 0, 40, 5]);
  assert.deepEqual(poly.bounds(wide), [0, 0, 40, 5]);
  assert.deepEqual(poly.bounds(poly.fitBox([[[[3, 1], [3, 2], [3, 5]]]], [3, 1, 3, 5], [7, 1, 7, 5])), [7, 1, 7, 5]);
});

test('crossing rings are distinguished from simple ones', () => {
  assert.ok(isSimple([[SQUARE]]) && isSimple([[CLOSED]]));
  assert.ok(!isSimple([[[[2, 2], [28, 26], [28, 2], [2, 26]]]]));
  assert.ok(!isSimple([[SQUARE, [[15, 15], [25, 15], [25, 25]]]]));
});
