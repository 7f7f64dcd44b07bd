import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as box from '../../../static/src/editor/geom/box.js';

const B = /** @type {[number, number, number, number]} */ ([10, 20, 30, 50]);

test('any two corners make an ordered box', () => {
  for (const [a, b] of [[[10, 20], [30, 50]], [[30, 50], [10, 20]], [[30, 20], [10, 50]]]) {
    assert.deepEqual(box.fromCorners(a, b), B);
  }
});

test('the box around boxes', () => {
  assert.deepEqual(box.union([B, [0, 40, 12, 60]]), [0, 20, 30, 60]);
  assert.equal(box.union([]), null);
});
