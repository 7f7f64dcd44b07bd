import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { label, open } from './world.js';

const at = (n) => `2026-01-01T00:00:0${n}.000Z`;
const commit = (store, deltas) => {
  store.commit(deltas);
  return [...store.order()];
};

test('locked labels are deleted only on request; who may not label deletes nothing', () => {
  const store = open([label('a'), label('b')]);
  store.setLocked(['a'], true);
  assert.deepEqual(commands.deletable(store, ['a', 'b', 'missing']), ['b']);
  assert.deepEqual(commands.deletable(store, ['a', 'b', 'missing'], true), ['a', 'b']);
  store.may.value = { label: false, status: [], reason: 'x' };
  assert.deepEqual([commands.deletable(store, ['a', 'b']), commands.deletable(store, ['a', 'b'], true)], [[], []]);
});

test('one step in the order passes exactly one label, whatever the values of z', () => {
  let seed = 5;
  const dice = (n) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * n);
  };
  for (let round = 0; round < 300; round += 1) {
    const store = open(Array.from({ length: 2 + dice(7) }, (_, i) => label(`l${i}`, { z: dice(3), created_at: at(dice(3)) })));
    const order = [...store.order()];
    const i = dice(order.length);
    const step = dice(2) ? 1 : -1;
    const expected = [...order];
    if (expected[i + step]) [expected[i], expected[i + step]] = [expected[i + step], expected[i]];
    assert.deepEqual(commit(store, commands.reorder(store, new Set([order[i]]), step)), expected, `${order} ${i} ${step}`);
    if (expected[i + step]) store.undo();
    assert.deepEqual([...store.order()], order);
  }
});

test('with different values of z a step changes two labels; at the end none', () => {
  const store = open([label('a', { z: 1 }), label('b', { z: 5 }), label('c', { z: 9 })]);
  assert.equal(commands.reorder(store, new Set(['a']), 1).length, 2);
  assert.equal(commands.reorder(store, new Set(['c']), 1).length, 0);
});

test('several labels move together and do not pass each other', () => {
  const store = open(['a', 'b', 'c', 'd'].map((id, z) => label(id, { z })));
  assert.deepEqual(commit(store, commands.reorder(store, new Set(['b', 'c']), 1)), ['a', 'd', 'b', 'c']);
  assert.deepEqual(commit(store, commands.reorder(store, new Set(['b', 'c']), 1)), ['a', 'd', 'b', 'c']);
  assert.deepEqual(commit(store, commands.reorder(store, new Set(['a', 'd']), -1)), ['a', 'd', 'b', 'c']);
});

test('a nudge moves all parts of a label and stops at the edge of the image', () => {
  const keypoints = [{ id: 'k', keypoint_class: 'kc', x: 92, y: 5, visible: true, order: 0 }];
  const store = open([label('a', { box: [90, 2, 96, 8], shape: 'polygon', points: [[[[90, 2], [96, 2], [96, 8]]]], keypoints }), label('b', { box: [0, 0, 5, 5] })]);
  store.commit(commands.nudge(store, ['a', 'b'], 10, -10));
  const moved = store.labels.get('a');
  assert.deepEqual([moved.box, moved.points[0][0][1], moved.keypoints[0].x, moved.keypoints[0].y], [[94, 2, 100, 8], [100, 2], 96, 5]);
  assert.deepEqual(store.labels.get('b').box, [4, 0, 9, 5], 'together or not at all');
});

test('a label that hangs out of the image is not pushed back', () => {
  const store = open([label('a', { box: [-5, 10, 120, 20] })]);
  store.commit(commands.nudge(store, ['a'], -3, 0));
  assert.deepEqual(store.labels.get('a').box, [-5, 10, 120, 20]);
  store.commit(commands.nudge(store, ['a'], 0, 2));
  assert.deepEqual(store.labels.get('a').box, [-5, 12, 120, 22]);
});

test('a mask moves by whole pixels and keeps its runs', () => {
  const mask = label('a', { shape: 'mask', box: [3, 3, 6, 6], mask: [1, 3, 7, 2] });
  const store = open([mask]);
  store.commit(commands.nudge(store, ['a'], 1.4, 0));
  assert.deepEqual([store.labels.get('a').box, store.labels.get('a').mask], [[4, 3, 7, 6], [1, 3, 7, 2]]);
});

test('paste on another image puts copies at the same place, on top, with ids of their own', () => {
  const points = [{ id: 'k', keypoint_class: 'kc', x: 1.25, y: 2, visible: true, order: 0 }];
  const store = open([label('low', { z: 2, box: [50, 50, 60, 60] })]);
  const copied = [label('a', { box: [0.1, 0.2, 30.3, 40.4] }), label('b', { keypoints: points, shape: 'keypoints' }), label('x', { concept: 'deleted class' })];
  const { deltas, tooLarge, withoutClass } = commands.paste(store, copied);
  store.commit(deltas);
  const [first, second] = deltas.map((delta) => store.labels.get(delta.label_id));
  assert.deepEqual([deltas.length, tooLarge, withoutClass], [2, 0, 1]);
  assert.deepEqual([first.box, first.z, first.tool, second.z], [[0.1, 0.2, 30.3, 40.4], 3, 'copy', 4]);
  assert.notEqual(second.keypoints[0].id, 'k');
  assert.equal(second.keypoints[0].x, 1.25);
  store.undo();
  assert.equal(store.labels.size, 1);
});

test('paste on the same image shifts by 10 px each time, also at the border', () => {
  const pasted = (box) => {
    const store = open([label('a', { box })]);
    return [1, 2].map(() => {
      const { deltas } = commands.paste(store, [/** @type {any} */ (store.labels.get('a'))]);
      store.commit(deltas);
      return store.labels.get(deltas[0].label_id).box;
    });
  };
  assert.deepEqual(pasted([0, 0, 20, 20]), [[10, 10, 30, 30], [20, 20, 40, 40]]);
  assert.deepEqual(pasted([80, 60, 100, 80]), [[70, 50, 90, 70], [60, 40, 80, 60]]);
  assert.deepEqual(pasted([0, 60, 20, 80]), [[10, 60, 30, 80], [20, 60, 40, 80]]);
});

test('several labels keep their places to each other', () => {
  const store = open([label('a', { box: [0, 0, 20, 20] }), label('b', { box: [30, 30, 50, 50] })]);
  const made = commands.duplicate(store, new Set(['a', 'b'])).deltas;
  assert.deepEqual(made.map(({ after }) => after.box), [[10, 10, 30, 30], [40, 40, 60, 60]]);
});

test('on a smaller image a shape is shifted inside, with all of its geometry; a larger one is left out', () => {
  const store = open();
  const square = [[[[380, 10], [420, 10], [420, 50]]]];
  const copied = [
    label('far', { box: [200, 300, 240, 340] }),
    label('shape', { shape: 'polygon', points: square, box: [380, 10, 420, 50] }),
    label('mask', { shape: 'mask', mask: [1, 4], box: [300, 100, 304, 101] }),
    label('wide', { box: [0, 0, 101, 10] }),
    label('before', { box: [-30, -5, 10, 10] }),
  ];
  const { deltas, tooLarge } = commands.paste(store, copied);
  assert.equal(tooLarge, 1);
  assert.deepEqual(deltas.map(({ after }) => after.box), [[60, 40, 100, 80], [60, 10, 100, 50], [96, 79, 100, 80], [0, 0, 40, 15]]);
  assert.deepEqual(deltas[1].after.points, [[[[60, 10], [100, 10], [100, 50]]]]);
});

test('a label that is larger than its own image can be duplicated there', () => {
  const store = open([label('a', { box: [-10, -10, 110, 90] })]);
  assert.equal(commands.duplicate(store, new Set(['a'])).deltas.length, 1);
});

test('duplicates keep their order among each other', () => {
  const store = open([label('low', { z: 1 }), label('high', { z: 2 })]);
  const made = commands.duplicate(store, new Set(['high', 'low'])).deltas;
  store.commit(made);
  assert.deepEqual(made.map((delta) => store.labels.get(delta.label_id).tool), ['duplicated', 'duplicated']);
  assert.deepEqual([...store.order()], ['low', 'high', ...made.map((delta) => delta.label_id)]);
});

test('a class for many labels leaves those out that have it', () => {
  const store = open([label('a'), label('b', { concept: 'c2' })]);
  assert.deepEqual(commands.setConcept(store, ['a', 'b', 'missing'], 'c2').map((delta) => delta.label_id), ['a']);
});
