import assert from 'node:assert/strict';
import { test } from 'node:test';
import { borderBetween, snapTo } from '../../../static/src/editor/geom/snapping.js';
import { box, polygon } from '../view/samples.js';
import { stageWith } from '../tools/world.js';

const RING = [[10, 10], [60, 10], [60, 50], [35, 70], [10, 50]];

test('a vertex within reach comes before an edge that is nearer', () => {
  assert.deepEqual(snapTo([[[RING]]], 57, 11, 8)?.point, [60, 10]);
  assert.deepEqual(snapTo([[[RING]]], 40, 13, 8)?.point, [40, 10]);
  assert.equal(snapTo([[[RING]]], 40, 20, 8), null);
  assert.equal(snapTo([], 40, 20, 8), null);
  assert.deepEqual(snapTo([[[[...RING, RING[0]]]]], 11, 11, 8)?.ring, RING, 'a closing point is no vertex of its own');
});

test('the border between two places of a ring is its shorter way', () => {
  const to = snapTo([[[RING]]], 10, 50, 3);
  assert.deepEqual(borderBetween([60, 50], to), [[35, 70]]);
  assert.deepEqual(borderBetween([62, 50], to), [], 'that point is not on the ring');
});

test('with Ctrl points lie on neighbors, and with Shift the line follows their border', () => {
  const { store, use, last } = stageWith([polygon('a', [[RING]]), box('b', [120, 20, 180, 80])]);
  const { click, press } = use('polygon');
  click(90, 30);
  click(61.2, 49, { ctrl: true });
  click(11, 51.4, { ctrl: true, shift: true });
  click(118, 47.2, { ctrl: true });
  press('Enter');
  assert.deepEqual(last().points, [[[[90, 30], [60, 50], [35, 70], [10, 50], [120, 47.2]]]]);
  store.undo();
  assert.equal(store.labels.size, 2);
});

test('while snapping is on, Ctrl turns it off; masks and the own outline do not count', () => {
  const { store, use, last } = stageWith([polygon('a', [[RING]])]);
  store.display.value = { ...store.display.peek(), snap: true };
  const { click, press } = use('polygon');
  for (const [x, y, ctrl] of [[61, 11, false], [61, 52, true], [90, 30, false]]) click(x, y, { ctrl });
  press('Enter');
  assert.deepEqual(last().points, [[[[60, 10], [61, 52], [90, 30]]]]);
  const select = use('select');
  select.drag([90, 30], [58, 47]);
  assert.deepEqual(last().points, [[[[60, 10], [61, 52], [60, 50]]]]);
});
