import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as box from '../../../static/src/editor/geom/box.js';
import { boxFromMap, boxToMap, fromMap, pointsToMap, toMap } from '../../../static/src/editor/geom/coords.js';

const B = /** @type {[number, number, number, number]} */ ([10, 20, 30, 50]);

test('the y axis is turned, and back', () => {
  assert.deepEqual(toMap([3, 4], 100), [3, 96]);
  assert.deepEqual(fromMap(toMap([3.25, 4.5], 1080), 1080), [3.25, 4.5]);
  assert.deepEqual(boxToMap(B, 100), [10, 50, 30, 80]);
  assert.deepEqual(boxFromMap(boxToMap(B, 100), 100), B);
  assert.deepEqual(pointsToMap([[[[0, 0], [1, 0], [1, 2]]]], 10), [[[[0, 10], [1, 10], [1, 8]]]]);
});

test('any two corners make an ordered box', () => {
  for (const [a, b] of [[[10, 20], [30, 50]], [[30, 50], [10, 20]], [[30, 20], [10, 50]]]) {
    assert.deepEqual(box.fromCorners(a, b), B);
  }
  assert.deepEqual(box.squareCorner([10, 10], [4, 13]), [4, 16]);
});

test('measures', () => {
  assert.equal(box.area(B), 600);
  assert.deepEqual(box.center(B), [20, 35]);
  assert.ok(box.contains(B, 10, 20) && !box.contains(B, 30, 20) && !box.contains(B, 10, 50));
  assert.ok(box.intersects(B, [30, 50, 31, 51]) && !box.intersects(B, [31, 20, 40, 50]));
  assert.deepEqual(box.union([B, [0, 40, 12, 60]]), [0, 20, 30, 60]);
  assert.equal(box.union([]), null);
  assert.deepEqual(box.move(B, -1, 2), [9, 22, 29, 52]);
});

test('each handle moves its sides only', () => {
  for (const handle of box.HANDLES) {
    const [x, y] = box.handleAt(B, handle);
    const { box: moved, handle: name } = box.resize(B, handle, x + 1, y + 2);
    assert.equal(name, handle);
    const expected = [
      B[0] + (handle.includes('w') ? 1 : 0),
      B[1] + (handle.includes('n') ? 2 : 0),
      B[2] + (handle.includes('e') ? 1 : 0),
      B[3] + (handle.includes('s') ? 2 : 0),
    ];
    assert.deepEqual(moved, expected, handle);
  }
});

test('a handle pulled over the opposite side changes its name', () => {
  assert.deepEqual(box.resize(B, 'nw', 40, 60), { box: [30, 50, 40, 60], handle: 'se' });
  assert.deepEqual(box.resize(B, 'e', 5, 0), { box: [5, 20, 10, 50], handle: 'w' });
  assert.deepEqual(box.resize(B, 'sw', 35, 30), { box: [30, 20, 35, 30], handle: 'se' });
});

test('the rule of the picture is the one of the server', () => {
  assert.ok(box.isInside([-5, -5, 0, 0], 100, 80));
  assert.ok(!box.isInside([-5, -5, -0.1, 3], 100, 80));
  assert.ok(!box.isInside([100.1, 0, 110, 5], 100, 80));
  assert.deepEqual(box.clip([-5, 10, 50, 90], 40, 80), [0, 10, 40, 80]);
  assert.equal(box.clip([50, 0, 60, 5], 40, 80), null);
  assert.ok(box.isValid(B) && box.isValid([1, 1, 1, 1]));
  for (const bad of [[3, 0, 2, 1], [0, 0, NaN, 1], [0, 0, 1e7, 1], [0, 0, 1], null]) assert.ok(!box.isValid(bad));
});
