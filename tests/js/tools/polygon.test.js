import assert from 'node:assert/strict';
import { test } from 'node:test';
import { polygon } from '../view/samples.js';
import { stageWith } from './world.js';

const TRIANGLE = [[10, 10], [60, 10], [60, 60]];
const draw = (tool, points, more) => points.forEach(([x, y]) => tool.click(x, y, more));

test('clicks add points; Enter, the first point or a second click at the last one closes', () => {
  const { use, last, said } = stageWith();
  const tool = use('polygon');
  draw(tool, TRIANGLE);
  tool.press('Enter');
  assert.deepEqual([last().points, last().box, last().shape], [[[TRIANGLE]], [10, 10, 60, 60], 'polygon']);
  assert.deepEqual(said, ['Polygon added, class Car, 3 points']);
  draw(tool, TRIANGLE.map(([x, y]) => [x + 20, y + 20]));
  tool.click(31, 31);
  assert.deepEqual(last().points[0][0].length, 3);
  draw(tool, [[100, 10], [150, 10], [150, 60], [100, 60]]);
  tool.click(100, 60, { clicks: 2 });
  assert.deepEqual(last().points, [[[[100, 10], [150, 10], [150, 60], [100, 60]]]]);
});

test('a redrawn polygon gets other points and nothing else', () => {
  const { store, use } = stageWith([polygon('p', [[[[0, 0], [9, 0], [9, 9]]]], { z: 4 })]);
  store.select(['p']);
  const tool = use('polygon');
  tool.tool.redraw('p');
  draw(tool, [...TRIANGLE, [5, 90]]);
  assert.equal(tool.tool.back(), true);
  tool.press('Enter');
  const { points, box, z } = store.labels.get('p');
  assert.deepEqual([points, box, z, store.labels.size], [[[TRIANGLE]], [10, 10, 60, 60], 4, 1]);
  draw(tool, TRIANGLE);
  tool.press('Enter');
  assert.equal(store.labels.size, 2);
});

test('the last points are taken back and restored; fewer than three close nothing', () => {
  const { store, use, last, said } = stageWith();
  const tool = use('polygon');
  draw(tool, [...TRIANGLE, [5, 90], [9, 95]]);
  assert.deepEqual([tool.tool.back(), tool.tool.back(), tool.tool.back()], [true, true, true]);
  assert.deepEqual([tool.tool.again(), tool.tool.points], [true, TRIANGLE]);
  assert.deepEqual([tool.tool.again(), tool.tool.again()], [true, true]);
  assert.equal(tool.tool.again(), false);
  tool.tool.back();
  tool.tool.back();
  tool.press('Enter');
  assert.deepEqual(last().points, [[TRIANGLE]]);
  draw(tool, TRIANGLE.slice(0, 2));
  tool.press('Enter');
  assert.match(said[said.length - 1], /three points/);
  assert.equal(tool.tool.cancel(), true);
  assert.equal(tool.tool.back(), false);
  assert.equal(store.labels.size, 1);
});

test('points are whole pixels, and tenths when enlarged', () => {
  const far = stageWith();
  draw(far.use('polygon'), [[10.44, 10.51], [60, 10], [150, 60]]);
  far.use('polygon').press('Enter');
  assert.deepEqual(far.last().points[0][0], [[10, 11], [60, 10], [150, 60]]);
  const near = stageWith([], { zoom: 8 });
  draw(near.use('polygon'), [[10.44, 10.51], [60, 10], [60, 60.07]]);
  near.use('polygon').press('Enter');
  assert.deepEqual(near.last().points[0][0], [[10.4, 10.5], [60, 10], [60, 60.1]]);
});

test('a drag draws freehand and leaves out what lies on the line', () => {
  const { use, last } = stageWith();
  const { tool, pointer, press } = use('polygon');
  tool.down(pointer(10, 10));
  for (let x = 11; x <= 60; x++) tool.move(pointer(x, 10));
  for (let y = 11; y <= 60; y++) tool.move(pointer(60, y));
  tool.up(pointer(60, 60));
  press('Enter');
  const ring = last().points[0][0];
  assert.ok(ring.length >= 3 && ring.length <= 5, JSON.stringify(ring));
  assert.deepEqual(ring[0], [10, 10]);
});

test('with Alt a hole goes into the selected polygon, inside it only', () => {
  const { store, use, said } = stageWith([polygon('a', [[[[0, 0], [90, 0], [90, 90], [0, 90]]]])]);
  const tool = use('polygon');
  store.select(['a']);
  draw(tool, [[20, 20], [40, 20], [150, 50], [40, 40]], { alt: true });
  assert.deepEqual(said, ['A hole must lie inside the polygon']);
  tool.press('Enter');
  assert.deepEqual(store.labels.get('a')?.points, [[[[0, 0], [90, 0], [90, 90], [0, 90]], [[20, 20], [40, 20], [40, 40]]]]);
  assert.equal(store.labels.size, 1);
  store.undo();
  assert.equal(store.labels.get('a')?.points?.[0].length, 1);
});

test('without a selected polygon that may be changed, Alt draws a new one', () => {
  const { store, use } = stageWith([polygon('a', [[[[0, 0], [90, 0], [90, 90], [0, 90]]]])]);
  store.select(['a']);
  store.setLocked(['a'], true);
  draw(use('polygon'), TRIANGLE, { alt: true });
  use('polygon').press('Enter');
  assert.equal(store.labels.size, 2);
});

test('by keys: Enter sets a vertex, Enter again at the same place ends the shape', () => {
  const { use, last } = stageWith();
  const { press } = use('polygon');
  press('Enter');
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
    press(key, { shiftKey: true });
    press('Enter');
  }
  press('Enter');
  assert.deepEqual(last().points, [[[[100, 50], [110, 50], [110, 60], [100, 60]]]]);
});

test('a second finger removes the point that the first one set', () => {
  const { use } = stageWith();
  const { tool, click, pointer } = use('polygon');
  click(10, 10);
  tool.down(pointer(50, 50, { type: 'touch' }));
  tool.drop();
  assert.deepEqual(tool.points, [[10, 10]]);
});
