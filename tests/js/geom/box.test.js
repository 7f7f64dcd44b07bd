import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as box from '../../../static/src/editor/geom/box.js';
import { toMap } from '../../../static/src/editor/geom/coords.js';

const B = /** @type {[number, number, number, number]} */ ([10, 20, 30, 50]);

test('the y axis is turned', () => {
  assert.deepEqual(toMap([3, 4], 100), [3, 96]);
  assert.deepEqual(toMap(toMap([3.25, 4.5], 1080), 1080), [3.25, 4.5]);
});

test('any two corners make an ordered box', () => {
  for (const [a, b] of [[[10, 20], [30, 50]], [[30, 50], [10, 20]], [[30, 20], [10, 50]]]) {
    assert.deepEqual(box.fromCorners(a, b), B);
  }
});

test('the box around boxes', () => {
  assert.deepEqual(box.union([B, [0, 40, 12, 60]]), [0, 20, 30, 60]);
  assert.equal(box.union([]), null);
});
