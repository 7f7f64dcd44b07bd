import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measured } from '../../../static/src/editor/geom/measure.js';

test('a line has a length and sides, a path of three points an area too, in either direction', () => {
  assert.deepEqual(measured([[10, 20], [40, 60]]), { length: 50, width: 30, height: 40, area: null });
  const square = /** @type {[number, number][]} */ ([[0, 0], [10, 0], [10, 10], [0, 10]]);
  assert.deepEqual([measured(square).length, measured(square).area, measured([...square].reverse()).area], [30, 100, 100]);
  assert.deepEqual(measured([]), { length: 0, width: 0, height: 0, area: null });
});
