import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeRuns, encodeRuns, maskContains, polygonRuns, rasterise, runsArea, runsBounds, runsProblem, runsToRgba,
} from '../../../static/src/editor/geom/mask.js';
import { bitsOf, vectors } from './vectors.js';

for (const { name, points, window, runs } of vectors('polygons.json')) {
  test(`pixels: ${name}`, () => {
    assert.deepEqual(polygonRuns(points, ...window), runs);
    assert.deepEqual(encodeRuns(rasterise(points, ...window)), runs);
  });
}

for (const { name, rows, runs, area, bounds, points } of vectors('bitmaps.json')) {
  test(`runs: ${name}`, () => {
    const [w, h] = [rows[0].length, rows.length];
    const bits = bitsOf(rows);
    assert.deepEqual(encodeRuns(bits), runs);
    assert.deepEqual(decodeRuns(runs, w, h), bits);
    assert.equal(runsArea(runs), area);
    assert.deepEqual(runsBounds(runs, w), bounds);
    assert.deepEqual(rasterise(points, 0, 0, w, h), bits);
  });
}

test('run lists that the server rejects are rejected here', () => {
  const { width, height, cases } = vectors('refused_runs.json');
  for (const [name, runs] of Object.entries(cases)) {
    assert.equal(runsProblem(runs, width, height), name.split(',')[0], name);
    if (name !== 'empty') assert.throws(() => decodeRuns(runs, width, height), RangeError);
  }
  assert.equal(runsProblem([1, 12], width, height), null);
});

test('a point is in a mask when its pixel is set', () => {
  const { rows, runs } = vectors('bitmaps.json').find((/** @type {any} */ v) => v.name === 'nested rings');
  const box = /** @type {[number, number, number, number]} */ ([100, 50, 100 + rows[0].length, 50 + rows.length]);
  for (let y = -1; y <= rows.length; y += 1) {
    for (let x = -1; x <= rows[0].length; x += 1) {
      assert.equal(maskContains(runs, box, 100 + x + 0.5, 50 + y + 0.5), rows[y]?.[x] === '#', `${x}, ${y}`);
    }
  }
});

test('RGBA has the color where the mask is set and nothing elsewhere', () => {
  const bytes = runsToRgba([2, 1, 4, 1], 2, 2, [10, 20, 30, 40]);
  assert.deepEqual([...bytes], [0, 0, 0, 0, 10, 20, 30, 40, 0, 0, 0, 0, 10, 20, 30, 40]);
  assert.deepEqual([...runsToRgba([1, 1], 1, 1, [1, 2, 3, 4])], [1, 2, 3, 4]);
});

test('a window without pixels or with too many is refused', () => {
  assert.throws(() => rasterise([[[[0, 0], [1, 0], [1, 1]]]], 0, 0, 0, 5), RangeError);
  assert.throws(() => polygonRuns([[[[0, 0], [1, 0], [1, 1]]]], 0, 0, 1e5, 1e5), RangeError);
});
