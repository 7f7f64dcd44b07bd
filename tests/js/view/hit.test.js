import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaOf, distanceTo, hits } from '../../../static/src/editor/view/hit.js';
import { box, label, polygon } from './samples.js';

const SQUARE = [[0, 0], [40, 0], [40, 40], [0, 40]];
const HOLE = [[10, 10], [30, 10], [30, 30], [10, 30]];
const names = (found) => found.map((l) => l.id);
const rank = (id) => id.charCodeAt(0);

test('the smallest shape that contains the point comes first, then larger ones', () => {
  const all = [box('a', [0, 0, 100, 100]), box('b', [10, 10, 20, 20]), box('c', [0, 0, 50, 50]), box('d', [60, 60, 70, 70])];
  assert.deepEqual(names(hits(all, 15, 15, 0, rank)), ['b', 'c', 'a']);
  assert.deepEqual(names(hits(all, 55, 90, 0, rank)), ['a']);
});

test('of equal shapes the upper one comes first', () => {
  assert.deepEqual(names(hits([box('a', [0, 0, 9, 9]), box('b', [0, 0, 9, 9])], 5, 5, 0, rank)), ['b', 'a']);
});

test('a hole is not the polygon, an island in another part is', () => {
  const ring = polygon('a', [[SQUARE, HOLE], [[[15, 15], [25, 15], [25, 25], [15, 25]]]]);
  assert.equal(distanceTo(ring, 12, 20), 2);
  assert.equal(distanceTo(ring, 20, 20), 0);
  assert.equal(distanceTo(ring, 5, 5), 0);
  assert.equal(distanceTo(ring, 43, 20), 3);
  assert.equal(areaOf(polygon('a', [[SQUARE, HOLE]])), 1600 - 400);
});

test('a mask is hit where a pixel is set', () => {
  const mask = label('m', { shape: 'mask', box: [10, 10, 14, 12], mask: [1, 2, 7, 1] });
  assert.equal(distanceTo(mask, 11.9, 10.5), 0);
  assert.equal(distanceTo(mask, 12.1, 10.5), Infinity);
  assert.equal(distanceTo(mask, 12.5, 11.5), 0);
  assert.equal(areaOf(mask), 3);
});

test('keypoints are hit near a point, not inside their box', () => {
  const pose = label('k', {
    shape: 'keypoints', box: [0, 0, 50, 50],
    keypoints: [{ id: '1', keypoint_class: 'head', x: 5, y: 5, visible: true, order: 0 }, { id: '2', keypoint_class: 'hip', x: 45, y: 45, visible: true, order: 1 }],
  });
  assert.deepEqual(names(hits([pose], 7, 5, 4, rank)), ['k']);
  assert.deepEqual(names(hits([pose], 25, 25, 4, rank)), []);
});

test('what is only near comes after what contains the point, nearest first', () => {
  const all = [box('a', [0, 0, 10, 10]), box('b', [12, 0, 13, 10]), box('c', [0, 0, 50, 50])];
  assert.deepEqual(names(hits(all, 11.5, 5, 4, rank)), ['c', 'b', 'a']);
});
