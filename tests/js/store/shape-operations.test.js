import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRuns } from '../../../static/src/editor/geom/mask.js';
import * as shapes from '../../../static/src/editor/shape-operations.js';
import { boot, label, open } from './world.js';
import { createStore } from '../../../static/src/editor/store/store.js';

const rectangle = (x0, y0, x1, y1) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
const polygon = (id, rings, box, more = {}) => label(id, { shape: 'polygon', points: [rings], box, ...more });
const run = (store, made) => {
  const before = store.history.peek().length;
  store.commit(made.deltas);
  assert.equal(store.history.peek().length, before + 1, 'one step of undo');
  return [...store.labels.values()];
};

test('what was selected first comes first; locked objects and bare keypoints are left out', () => {
  const store = open([label('a'), label('b', { concept: 'c2' }), label('c'), label('k', { shape: 'keypoints' })]);
  store.select(['c']);
  store.select(['b', 'a', 'k'], 'add');
  store.setLocked(['a'], true);
  const { labels, locked, flat } = shapes.operands(store);
  assert.deepEqual([labels.map((one) => one.id), locked, flat], [['c', 'b'], 1, 1]);
});

test('joining keeps id and class of the first, removes the others, and is undone at once', () => {
  const store = open([label('a', { concept: 'c2' }), label('b', { box: [5, 0, 20, 10] }), label('c', { box: [40, 40, 50, 50] })]);
  const [first, ...rest] = run(store, shapes.merge(store, 'join', ['a', 'b', 'c'].map((id) => store.labels.get(id))));
  assert.deepEqual([first.id, first.concept, first.shape, first.points.length, first.box, rest.length], ['a', 'c2', 'polygon', 2, [0, 0, 50, 50], 0]);
  store.undo();
  assert.deepEqual([...store.labels.values()].map((one) => `${one.id} ${one.shape}`).sort(), ['a box', 'b box', 'c box']);
});

test('a join undone brings the attribute values of the others back', () => {
  const attributes = [{ id: 'color', name: 'Color', kind: 'TEXT', subject: 'LABEL', is_required: false, default: null, options: [], concepts: { c1: 0 } }];
  const state = {
    media: { id: 'm', width: 100, height: 80, status: boot.statuses[0] }, seq: 1, head: 1, labels: [label('a'), label('b', { box: [5, 0, 20, 10] })], tags: [],
    attribute_values: { a: { color: 'red' }, b: { color: 'blue' } }, may: { label: true, status: [], reason: '' }, position: null, filter: {},
  };
  const store = createStore({ ...boot, attributes }, state);
  run(store, shapes.merge(store, 'join', [...store.labels.values()]));
  assert.equal(store.valueOf('a', 'color'), 'red');
  store.undo();
  assert.deepEqual([store.valueOf('a', 'color'), store.valueOf('b', 'color')], ['red', 'blue']);
});

test('subtracting changes the first alone; no overlap and nothing left are told apart', () => {
  const store = open([label('a', { box: [0, 0, 20, 20] }), label('b', { box: [5, 5, 10, 10] }), label('c', { box: [50, 50, 60, 60] })]);
  const of = (...ids) => ids.map((id) => store.labels.get(id));
  assert.deepEqual(shapes.subtract(store, of('a', 'c')), { deltas: [], ids: [], left: 1 });
  assert.equal(shapes.subtract(store, of('b', 'a')), null);
  const [a, b] = run(store, shapes.subtract(store, of('a', 'b', 'c')));
  assert.deepEqual([a.points[0].length, a.box, b.box], [2, [0, 0, 20, 20], [5, 5, 10, 10]]);
});

test('intersecting leaves what all have in common, or is not possible', () => {
  const store = open([label('a', { box: [0, 0, 20, 20] }), label('b', { box: [5, 5, 30, 30] }), label('c', { box: [50, 50, 60, 60] })]);
  const of = (...ids) => ids.map((id) => store.labels.get(id));
  assert.equal(shapes.merge(store, 'intersect', of('a', 'c')), null);
  const [a, c] = run(store, shapes.merge(store, 'intersect', of('a', 'b')));
  assert.deepEqual([a.id, a.shape, a.box, c.id], ['a', 'box', [5, 5, 20, 20], 'c']);
});

test('removing overlap cuts what lies below, and leaves what is covered whole', () => {
  const store = open([
    label('top', { z: 3, box: [0, 0, 20, 20] }), label('under', { z: 1, box: [10, 0, 30, 20] }), label('hidden', { z: 0, box: [2, 2, 8, 8] }), label('far', { z: 2, box: [60, 60, 70, 70] }),
  ]);
  const made = shapes.removeOverlap(store, [...store.labels.values()]);
  assert.deepEqual([made.ids, made.covered], [['under'], 1]);
  run(store, made);
  assert.deepEqual([store.labels.get('under').shape, store.labels.get('under').box], ['box', [20, 0, 30, 20]]);
});

test('polygon to mask and back keeps id, class and pixels', () => {
  const store = open([polygon('a', [rectangle(2, 3, 12, 13), rectangle(5, 5, 7, 9)], [2, 3, 12, 13]), label('box', { box: [1.6, 1.6, 2.4, 2.4] })]);
  const made = shapes.convert(store, [...store.labels.values()], 'mask');
  assert.deepEqual([made.ids, made.left], [['a'], 1]);
  run(store, made);
  const mask = store.labels.get('a');
  assert.deepEqual([mask.shape, mask.points, mask.mask.filter((_, i) => i % 2).reduce((sum, n) => sum + n)], ['mask', null, 92]);
  run(store, shapes.convert(store, [mask], 'polygon'));
  const back = store.labels.get('a');
  assert.deepEqual([back.shape, back.mask, back.points[0].length, back.box], ['polygon', null, 2, [2, 3, 12, 13]]);
  assert.equal(shapes.convert(store, [back], 'polygon').same, 1);
  assert.deepEqual(store.labels.get('box').points, null);
});

test('parts become objects with the class, the place in the order and the values of the first', () => {
  const two = [[rectangle(0, 0, 10, 10)], [rectangle(30, 0, 40, 10)]];
  const store = open([label('a', { shape: 'polygon', points: two, box: [0, 0, 40, 10], concept: 'c2', z: 4 }), label('b')]);
  const made = shapes.split(store, [...store.labels.values()]);
  assert.deepEqual([made.ids.length, made.left], [2, 1]);
  run(store, made);
  const [first, second] = made.ids.map((id) => store.labels.get(id));
  assert.deepEqual([first.id, first.box, second.box, second.concept, second.z], ['a', [0, 0, 10, 10], [30, 0, 40, 10], 'c2', 4]);
});

test('a cut makes a new object of the smaller piece, of masks by pixels', () => {
  const bits = new Uint8Array(20 * 10).fill(1);
  const store = open([label('a', { shape: 'mask', mask: encodeRuns(bits), box: [0, 0, 20, 10] }), label('far', { box: [60, 60, 70, 70] })]);
  const made = shapes.cut(store, [...store.labels.values()], [15, -5], [15, 30]);
  assert.equal(made.left, 1);
  run(store, made);
  const [first, second] = made.ids.map((id) => store.labels.get(id));
  assert.deepEqual([first.id, first.box, first.shape, second.box, second.mask], ['a', [0, 0, 15, 10], 'mask', [15, 0, 20, 10], [1, 50]]);
});
