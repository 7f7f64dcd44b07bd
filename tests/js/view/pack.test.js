import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOX, HAS_KEYPOINTS, KEYPOINTS, MASK, MODEL, POLYGON } from '../../../static/src/workers/format.js';
import { boundsOf, flagsOf, kindOf, numberSchemas, packLabels } from '../../../static/src/editor/view/pack.js';
import { SCHEMAS, box, label, polygon } from './samples.js';

const OUTER = [[0, 0], [10, 0], [10, 10]];
const HOLE = [[4, 2], [8, 2], [8, 6]];
const POINTS = [
  { id: '1', keypoint_class: 'head', x: 3, y: 4, visible: true, order: 0 },
  { id: '2', keypoint_class: 'hip', x: 30, y: 40, visible: false, order: 1 },
  { id: '3', keypoint_class: 'hip', x: 0, y: 0, visible: 0, order: 2 },
];

const pack = (...labels) => packLabels(labels, {
  slot: (_, i) => i, rank: (_, i) => i, concept: () => 2, flags: flagsOf, classes: numberSchemas(/** @type {any} */ (SCHEMAS)),
});

test('what is drawn: mask before polygon before box, keypoints when there is nothing else', () => {
  const points = [[OUTER]];
  assert.equal(kindOf(label('a', { mask: [1, 1], points, shape: 'mask' })), MASK);
  assert.equal(kindOf(label('a', { points, shape: 'polygon' })), POLYGON);
  assert.equal(kindOf(label('a')), BOX);
  assert.equal(kindOf(label('a', { shape: 'keypoints', keypoints: POINTS })), KEYPOINTS);
  assert.equal(kindOf(label('a', { mask: [], points: [] })), BOX);
});

test('holes and parts keep their rings', () => {
  const { data, at, kind, concept } = pack(polygon('a', [[OUTER, HOLE], [[[20, 20], [21, 20], [21, 21]]]]));
  assert.deepEqual([kind[0], concept[0]], [POLYGON, 2]);
  assert.deepEqual([...data.subarray(at[0], at[1])], [
    2, 2, 3, 0, 0, 10, 0, 10, 10, 3, 4, 2, 8, 2, 8, 6, 1, 3, 20, 20, 21, 20, 21, 21,
  ]);
});

test('a mask brings its frame; runs beyond it are cut', () => {
  const { data } = pack(label('m', { shape: 'mask', box: [5, 6, 8, 8], mask: [1, 2, 5, 9] }));
  assert.deepEqual([...data], [5, 6, 3, 2, 4, 1, 2, 5, 2]);
});

test('keypoints follow the geometry; absent ones are left out, occluded ones are marked', () => {
  const { data, flags, at } = pack(box('b', [0, 0, 5, 5], { keypoints: POINTS, origin: 'model' }), box('c', [0, 0, 1, 1]));
  assert.equal(flags[0], MODEL | HAS_KEYPOINTS);
  assert.deepEqual([...data.subarray(0, 10)], [0, 2, 3, 4, 2, 0, 30, 40, 1, 1]);
  assert.equal(at[2], at[1]);
});

test('bounds hold all that is drawn', () => {
  assert.deepEqual(boundsOf(box('b', [0, 0, 5, 5], { keypoints: POINTS })), [0, 0, 30, 40]);
  assert.deepEqual(boundsOf(label('k', { shape: 'keypoints', box: [0, 0, 100, 100], keypoints: POINTS.slice(0, 2) })), [3, 4, 30, 40]);
  assert.deepEqual(boundsOf(label('p', { points: [[OUTER]], shape: 'polygon', box: [0, 0, 99, 99] })), [0, 0, 10, 10]);
  assert.deepEqual(boundsOf(label('m', { mask: [1, 1], shape: 'mask', box: [5, 6, 8, 8] })), [5, 6, 8, 8]);
});
