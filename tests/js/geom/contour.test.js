import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOn, redrawn, redrawnLine, waysAlong } from '../../../static/src/editor/geom/contour.js';
import { area } from '../../../static/src/editor/geom/area.js';
import { lineOf, thereAndBack } from '../../../static/src/editor/geom/polyline.js';

const SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]];

test('the shorter way between two places of a ring, either way round', () => {
  const [a, b] = [{ edge: 0, x: 80, y: 0 }, { edge: 1, x: 100, y: 30 }];
  assert.deepEqual(waysAlong(SQUARE, a, b), { short: [[100, 0]], long: [[0, 0], [0, 100], [100, 100]] });
  assert.deepEqual(waysAlong(SQUARE, b, a), { short: [[100, 0]], long: [[100, 100], [0, 100], [0, 0]] });
  assert.deepEqual(waysAlong(SQUARE, { edge: 2, x: 60, y: 100 }, { edge: 2, x: 40, y: 100 }).short, []);
  assert.deepEqual(waysAlong(SQUARE, { edge: 2, x: 40, y: 100 }, { edge: 2, x: 60, y: 100 }).short, []);
  assert.deepEqual(waysAlong(SQUARE, { edge: 0, x: 0, y: 0 }, { edge: 1, x: 100, y: 0 }).short, [], 'places that are vertices are not repeated');
});

test('a stroke from the outline to the outline replaces what lies between', () => {
  for (const path of [[[20, 0], [50, -30], [80, 0]], [[80, 0], [50, -30], [20, 0]]]) {
    const next = redrawn([[SQUARE]], path, 5);
    assert.equal(area(next), 10000 + 60 * 30 / 2);
    assert.equal(next[0][0].length, 7);
  }
  const corner = redrawn([[SQUARE]], [[100, 50], [60, 50], [60, 100]], 5);
  assert.equal(area(corner), 10000 - 40 * 50);
  const closed = redrawn([[[...SQUARE, [0, 0]]]], [[20, 0], [50, -30], [80, 0]], 5);
  assert.deepEqual(closed[0][0][0], closed[0][0].at(-1));
});

test('of a polygon with holes and parts only the ring of the stroke changes', () => {
  const hole = [[40, 40], [60, 40], [60, 60], [40, 60]];
  const other = [[200, 0], [220, 0], [220, 20]];
  const next = redrawn([[SQUARE, hole], [other]], [[45, 40], [50, 30], [55, 40]], 5);
  assert.deepEqual([next[0][0], next[1]], [SQUARE, [other]]);
  assert.equal(area(next), 10000 - 400 - 50 + 200);
  assert.equal(redrawn([[SQUARE, hole]], [[50, 0], [50, 40]], 5), null, 'not on one ring');
  assert.equal(redrawn([[SQUARE]], [[50, 0], [50, 40]], 5), null, 'not on the outline');
  assert.equal(placeOn([[SQUARE]], [50, 6], 5), null);
});

test('a part of a line is drawn anew, in either direction', () => {
  const line = thereAndBack([[0, 0], [50, 0], [100, 0]]);
  for (const path of [[[20, 0], [50, 30], [80, 0]], [[80, 0], [50, 30], [20, 0]]]) {
    assert.deepEqual(lineOf(redrawnLine(line, path, 5)), [[0, 0], [20, 0], [50, 30], [80, 0], [100, 0]]);
  }
  assert.deepEqual(lineOf(redrawnLine(line, [[60, 0], [100, 40], [100, 1]], 5)), [[0, 0], [50, 0], [60, 0], [100, 40], [100, 1], [100, 0]]);
});
