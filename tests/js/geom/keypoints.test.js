import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as keypoints from '../../../static/src/editor/geom/keypoints.js';

const KNEE = { id: 'k', keypoint_class: 'knee', x: 10, y: 20, visible: true, order: 1 };
const HIP = { id: 'h', keypoint_class: 'hip', x: 14, y: 5, visible: false, order: 0 };
const LEG = [KNEE, HIP];

test('bounds hold occluded points too', () => {
  assert.deepEqual(keypoints.bounds(LEG), [10, 5, 14, 20]);
  assert.equal(keypoints.bounds([]), null);
});

test('edits leave the original alone', () => {
  assert.deepEqual(keypoints.movePoint(LEG, 'k', 1, 2), [{ ...KNEE, x: 1, y: 2 }, HIP]);
  assert.deepEqual(keypoints.setVisible(LEG, 'h', true)[1], { ...HIP, visible: true });
  assert.deepEqual(keypoints.removePoint(LEG, 'k'), [HIP]);
  assert.deepEqual(keypoints.bounds(keypoints.translate(LEG, 1, 1)), [11, 6, 15, 21]);
  assert.deepEqual(keypoints.bounds(keypoints.fitBox(LEG, [10, 5, 14, 20], [0, 0, 8, 30])), [0, 0, 8, 30]);
  assert.deepEqual([KNEE.x, HIP.visible], [10, false]);
});

test('the nearest point within reach', () => {
  assert.equal(keypoints.nearest(LEG, 11, 20)?.id, 'k');
  assert.equal(keypoints.nearest(LEG, 11, 20, 0.5), null);
});

test('a skeleton line needs both ends, and is solid when both are visible', () => {
  const edges = /** @type {[string, string, string][]} */ ([['hip', 'knee', '#f00'], ['knee', 'foot', '#0f0']]);
  assert.deepEqual(keypoints.skeletonLines(LEG, edges), [{ from: [14, 5], to: [10, 20], color: '#f00', isVisible: false }]);
  assert.equal(keypoints.skeletonLines(keypoints.setVisible(LEG, 'h', true), edges)[0].isVisible, true);
  assert.deepEqual(keypoints.polyline(LEG), [[14, 5], [10, 20]]);
});
