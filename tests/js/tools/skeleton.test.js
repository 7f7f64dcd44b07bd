import assert from 'node:assert/strict';
import { test } from 'node:test';
import { box } from '../view/samples.js';
import { stageWith } from './world.js';

/** Person (c1) has the points head above hip. */
const begin = (labels = []) => {
  const stage = stageWith(labels);
  const { tool, ...hand } = stage.use('skeleton');
  tool.activate();
  return { ...stage, tool, hand };
};
const places = (label) => label.keypoints.map(({ keypoint_class, x, y, visible }) => [keypoint_class, x, y, visible]);

test('a dragged box places the template of the class that has points', () => {
  const { store, hand, last, said } = begin();
  hand.drag([10, 20], [30, 60]);
  assert.deepEqual([last().concept, last().shape, last().tool], ['c1', 'keypoints', 'keypoints']);
  assert.deepEqual(places(last()).map(([name]) => name), ['head', 'hip']);
  assert.deepEqual(last().box, [20, 20, 20, 60], 'the box around the points');
  assert.equal(said[0], 'Class Person');
  store.activeConcept.value = 'c0';
  hand.drag([50, 20], [70, 60]);
  assert.equal(said.at(-1), 'Class Car has no keypoints');
  assert.equal(store.labels.size, 1);
});

test('points are dragged singly, made absent and brought back, and nudged; the frame moves and scales the figure', () => {
  const { store, hand, use, last } = begin();
  hand.drag([10, 20], [30, 60]);
  const select = use('select');
  select.drag([20, 20], [40, 30]);
  assert.deepEqual(places(last()), [['head', 40, 30, true], ['hip', 20, 60, true]]);
  select.press('ArrowRight');
  assert.equal(last().keypoints[0].x, 41);
  select.click(41, 30, { alt: true });
  assert.equal(last().keypoints[0].visible, false);
  select.click(41, 30);
  select.press('Delete');
  assert.deepEqual(places(last()), [['hip', 20, 60, true]]);
  store.undo();
  assert.equal(last().keypoints.length, 2);
  select.drag([30, 45], [40, 50]);
  assert.deepEqual(last().box, [30, 35, 51, 65], 'moved by its frame');
  select.drag([51, 65], [72, 95]);
  assert.deepEqual(last().box, [30, 35, 72, 95], 'scaled by a corner');
  assert.deepEqual(places(last()), [['head', 72, 35, false], ['hip', 30, 95, true]]);
});

test('single points are set in order; Alt sets an occluded one, V leaves one out', () => {
  const { store, use, last, said } = stageWith([box('a', [100, 50, 120, 70])]);
  const { tool, click, press } = use('keypoint');
  tool.activate();
  click(10, 10);
  assert.deepEqual(places(last()), [['head', 10, 10, true]]);
  assert.equal(said.at(-1), 'head set. Next: hip');
  click(20, 40, { alt: true });
  assert.deepEqual(places(last()), [['head', 10, 10, true], ['hip', 20, 40, false]]);
  assert.deepEqual(last().box, [10, 10, 20, 40]);
  click(60, 10);
  assert.equal(store.labels.size, 3, 'a complete figure is followed by a new one');
  press('v');
  click(70, 10);
  assert.deepEqual(places(last()), [['head', 70, 10, true]], 'the left out point stays absent');
});
