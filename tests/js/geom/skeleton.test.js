import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as skeleton from '../../../static/src/editor/geom/skeleton.js';

const point = (name, x, y) => ({ id: name, name, x, y });
const SCHEMA = { id: 's', name: 'Pose', classes: [point('head', 0.5, 0.2), point('left_hip', 0.7, 0.6), point('right_hip', 0.3, 0.6)], edges: [] };
const ids = () => { let n = 0; return () => `k${n++}`; };
const placed = () => skeleton.figureIn(SCHEMA, [10, 20, 50, 100], ids());

test('a template fills the box, whatever the units of its places', () => {
  const at = (schema) => skeleton.figureIn(schema, [10, 20, 50, 100], ids()).map((one) => [one.keypoint_class, one.x, one.y, one.visible, one.order]);
  const wanted = [['head', 30, 20, true, 0], ['left_hip', 50, 100, true, 1], ['right_hip', 10, 100, true, 2]];
  assert.deepEqual(at(SCHEMA), wanted);
  assert.deepEqual(at({ ...SCHEMA, classes: SCHEMA.classes.map((one) => ({ ...one, x: one.x * 300, y: one.y * 200 - 7 })) }).map((row) => row.map((v) => (typeof v === 'number' ? Math.round(v) : v))), wanted);
});

test('points without a place stand apart in the box; a line is stretched one way', () => {
  const free = { ...SCHEMA, classes: SCHEMA.classes.map(({ id, name }) => ({ id, name })) };
  const figure = skeleton.figureIn(free, [0, 0, 10, 10], ids());
  assert.equal(new Set(figure.map(({ x, y }) => `${x},${y}`)).size, 3);
  assert.deepEqual([Math.min(...figure.map((p) => p.y)), Math.max(...figure.map((p) => p.x))], [0, 10]);
  const line = { ...SCHEMA, classes: [point('a', 0.5, 0), point('b', 0.5, 1)] };
  assert.deepEqual(skeleton.figureIn(line, [0, 0, 10, 30], ids()).map(({ x, y }) => [x, y]), [[5, 0], [5, 30]]);
});

test('absent points are where the template has them beside the others', () => {
  const figure = placed();
  assert.deepEqual(skeleton.absentPoints(figure, SCHEMA, { width: 200, height: 200 }), []);
  const [head, left] = figure;
  assert.deepEqual(skeleton.absentPoints([head, left], SCHEMA, { width: 200, height: 200 }).map(({ name, x, y }) => [name, x, y]), [['right_hip', 10, 100]]);
  const one = skeleton.absentPoints([{ ...head, x: 0, y: 0 }], SCHEMA, { width: 200, height: 200 });
  assert.deepEqual(one.map(({ x, y }) => [x, y]), [[20, 40], [0, 40]], 'inside the image');
});

test('states go around, and the last point stays', () => {
  const label = /** @type {any} */ ({ shape: 'keypoints', keypoints: placed() });
  assert.deepEqual(['visible', 'occluded', 'absent'].map((state) => skeleton.nextState(/** @type {any} */ (state))), ['occluded', 'absent', 'visible']);
  const hidden = skeleton.withPoint(label, label.keypoints[1], 'occluded');
  assert.deepEqual(hidden?.keypoints?.map((one) => skeleton.stateOf(one)), ['visible', 'occluded', 'visible']);
  const gone = skeleton.withPoint(label, label.keypoints[1], 'absent');
  assert.deepEqual(gone?.box, [10, 20, 30, 100]);
  assert.equal(skeleton.withPoint({ ...label, keypoints: [label.keypoints[0]] }, label.keypoints[0], 'absent'), null);
  assert.equal(skeleton.withPoint({ ...label, shape: 'box' }, label.keypoints[0], 'absent')?.box, undefined, 'a box stays as it is');
});

test('left and right are pairs by their names and change places', () => {
  const pairs = (...names) => [...skeleton.pairsOf({ ...SCHEMA, classes: names.map((name) => point(name, 0, 0)) })];
  assert.deepEqual(pairs('leftEye', 'rightEye', 'nose'), [['leftEye', 'rightEye'], ['rightEye', 'leftEye']]);
  assert.deepEqual(pairs('Knie links', 'Knie rechts', 'L knee', 'R knee').length, 4);
  assert.deepEqual(pairs('left', 'leftover'), []);
  const flipped = skeleton.flipped(placed(), SCHEMA);
  assert.deepEqual(flipped?.map(({ keypoint_class, x, order }) => [keypoint_class, x, order]), [['head', 30, 0], ['left_hip', 10, 1], ['right_hip', 50, 2]]);
  assert.equal(skeleton.flipped([placed()[0]], SCHEMA), null);
});
