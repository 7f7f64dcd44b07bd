import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gripsOf, resizedBox } from '../../../static/src/editor/tools/grips.js';
import { box, label, polygon } from '../view/samples.js';
import { stageWith } from './world.js';

const SIZE = { width: 200, height: 100 };
const SQUARE = [[20, 20], [60, 20], [60, 60], [20, 60]];
const selected = (store) => [...store.selection.peek()];

test('a click selects the smallest, Shift adds and removes, a click on nothing clears', () => {
  const { store, use } = stageWith([box('a', [0, 0, 90, 90]), box('b', [10, 10, 30, 30]), box('c', [100, 10, 120, 30])]);
  const { click } = use('select');
  click(20, 20);
  assert.deepEqual(selected(store), ['b']);
  click(110, 20, { shift: true });
  assert.deepEqual(selected(store), ['b', 'c']);
  click(20, 20, { shift: true });
  assert.deepEqual(selected(store), ['c']);
  click(180, 90);
  assert.deepEqual(selected(store), []);
});

test('Alt cycles through the labels under the pointer', () => {
  const { store, use } = stageWith([box('a', [0, 0, 90, 90]), box('b', [5, 5, 50, 50]), box('c', [10, 10, 30, 30])]);
  const { click } = use('select');
  const seen = [0, 1, 2, 3].map(() => {
    click(20, 20, { alt: true });
    return selected(store)[0];
  });
  assert.deepEqual(seen, ['c', 'b', 'a', 'c']);
});

test('a drag moves all selected shapes by whole pixels and stops at the border of the image', () => {
  const { store, use, previews } = stageWith([box('a', [10.37, 10, 30, 30]), box('b', [50, 50, 60, 60])]);
  store.select(['a', 'b']);
  const { drag } = use('select');
  drag([20, 20], [25.4, 22.6]);
  assert.deepEqual(store.labels.get('a')?.box, [15.37, 13, 35, 33]);
  assert.deepEqual(store.labels.get('b')?.box, [55, 53, 65, 63]);
  drag([20, 20], [20, -200]);
  assert.deepEqual(store.labels.get('a')?.box, [15.37, 0, 35, 20]);
  assert.equal(previews.size, 0);
  store.undo();
  assert.deepEqual(store.labels.get('b')?.box, [55, 53, 65, 63]);
});

test('pressing on a selected shape under a smaller one drags it; a click there selects the smaller', () => {
  const { store, use } = stageWith([box('a', [0, 0, 90, 90]), box('b', [40, 40, 50, 50])]);
  store.select(['a']);
  const { drag, click } = use('select');
  drag([45, 45], [55, 45]);
  assert.deepEqual(store.labels.get('a')?.box, [10, 0, 100, 90]);
  assert.deepEqual(store.labels.get('b')?.box, [40, 40, 50, 50]);
  click(45, 45);
  assert.deepEqual(selected(store), ['b']);
});

test('eight handles resize; edges that are not dragged keep their numbers', () => {
  const { store, use } = stageWith([box('a', [10.25, 10.5, 70, 60.125])]);
  store.select(['a']);
  assert.equal(gripsOf(/** @type {any} */ (store.labels.get('a'))).length, 8);
  const { drag } = use('select');
  drag([70, 60.125], [81.2, 75.9]);
  assert.deepEqual(store.labels.get('a')?.box, [10.25, 10.5, 81, 76]);
  drag([10.25, (10.5 + 76) / 2], [30, 99]);
  assert.deepEqual(store.labels.get('a')?.box, [30, 10.5, 81, 76]);
});

test('a handle dragged over the other side turns the box; it stays 2 px and in the image', () => {
  assert.deepEqual(resizedBox([50, 50, 80, 80], [2, 3], 20, 30, SIZE), [20, 30, 50, 50]);
  assert.deepEqual(resizedBox([50, 50, 80, 80], [2, -1], 50.2, 0, SIZE), [50, 50, 52, 80]);
  assert.deepEqual(resizedBox([50, 50, 80, 80], [0, 1], 79, 300, SIZE), [78, 80, 80, 100]);
  assert.deepEqual(resizedBox([-10, 50, 80, 80], [0, -1], -50, 0, SIZE), [-10, 50, 80, 80]);
});

test('vertices: drag, insert on an edge, remove with Alt, nudge by keys', () => {
  const { store, use } = stageWith([polygon('a', [[SQUARE]])]);
  store.select(['a']);
  const { drag, click, press } = use('select');
  const ring = () => store.labels.get('a')?.points?.[0][0];
  drag([60, 20], [80, 15]);
  assert.deepEqual([ring()?.[1], store.labels.get('a')?.box], [[80, 15], [20, 15, 80, 60]]);
  drag([40, 60], [40, 80]);
  assert.deepEqual(ring(), [[20, 20], [80, 15], [60, 60], [40, 80], [20, 60]]);
  press('ArrowUp');
  assert.deepEqual(ring()?.[3], [40, 79]);
  click(40, 79, { alt: true });
  assert.equal(ring()?.length, 4);
  click(20, 40);
  assert.deepEqual(ring(), [[20, 20], [80, 15], [60, 60], [20, 60], [20, 40]]);
});

test('a triangle keeps its points', () => {
  const { store, use, said } = stageWith([polygon('a', [[SQUARE.slice(0, 3)]])]);
  store.select(['a']);
  use('select').click(20, 20, { alt: true });
  assert.equal(store.labels.get('a')?.points?.[0][0].length, 3);
  assert.match(said[0], /three points/);
});

test('a hole is edited as well, and goes with its third point', () => {
  const hole = [[30, 30], [50, 30], [50, 50]];
  const { store, use } = stageWith([polygon('a', [[SQUARE, hole]])]);
  store.select(['a']);
  use('select').drag([30, 30], [32, 36]);
  assert.deepEqual(store.labels.get('a')?.points?.[0][1][0], [32, 36]);
  use('select').click(50, 50, { alt: true });
  assert.equal(store.labels.get('a')?.points?.[0].length, 1);
});

test('arrows move, with Alt they resize; one press after the other is one step of undo', () => {
  const { store, use } = stageWith([box('a', [10, 10, 30, 30]), polygon('p', [[SQUARE]])]);
  store.select(['a']);
  const { press } = use('select');
  press('ArrowRight');
  press('ArrowDown', { shiftKey: true });
  assert.deepEqual(store.labels.get('a')?.box, [11, 20, 31, 40]);
  store.undo();
  assert.deepEqual(store.labels.get('a')?.box, [10, 10, 30, 30]);
  press('ArrowRight', { altKey: true, shiftKey: true });
  press('ArrowUp', { altKey: true });
  assert.deepEqual(store.labels.get('a')?.box, [10, 10, 40, 29]);
  store.select(['p']);
  press('ArrowRight', { altKey: true, shiftKey: true });
  assert.deepEqual(store.labels.get('p')?.box, [20, 20, 70, 60]);
  assert.deepEqual(store.labels.get('p')?.points?.[0][0][1], [70, 20]);
});

test('locked shapes can be selected, not changed', () => {
  const { store, use } = stageWith([box('a', [10, 10, 60, 60])]);
  store.setLocked(['a'], true);
  const { click, drag, press } = use('select');
  click(30, 30);
  assert.deepEqual(selected(store), ['a']);
  drag([30, 30], [50, 50]);
  drag([60, 60], [90, 90]);
  press('ArrowLeft');
  assert.deepEqual(store.labels.get('a')?.box, [10, 10, 60, 60]);
});

test('of several selected shapes the locked ones stay, which is said', () => {
  const { store, use, said } = stageWith([box('a', [10, 10, 60, 60]), box('b', [100, 10, 120, 30])]);
  store.setLocked(['b'], true);
  store.select(['a', 'b']);
  const { drag, press } = use('select');
  drag([30, 30], [40, 40]);
  press('ArrowLeft');
  assert.deepEqual([...store.labels.values()].map((one) => one.box), [[19, 20, 69, 70], [100, 10, 120, 30]]);
  assert.deepEqual(said.filter((text) => /Locked/.test(text)).length, 2);
});

test('a shape that is deleted while it is redrawn is not drawn as a new one', () => {
  const { store, use } = stageWith([box('a', [20, 20, 100, 80])]);
  store.select(['a']);
  const { tool, pointer } = use('box');
  tool.redraw('a');
  tool.move(pointer(20, 20));
  tool.down(pointer(20, 20));
  tool.move(pointer(60, 80));
  store.commit({ kind: 'label', op_id: 'o', media: 'm1', label_id: 'a', at: '', before: store.labels.get('a'), after: null });
  tool.move(pointer(90, 80));
  tool.up(pointer(90, 80));
  assert.deepEqual([...store.labels.keys()], []);
});

test('masks and keypoints are selected, not moved', () => {
  const { store, use } = stageWith([label('m', { shape: 'mask', box: [10, 10, 20, 20], mask: [1, 100] })]);
  const { click, drag, press } = use('select');
  click(15, 15);
  assert.deepEqual(selected(store), ['m']);
  drag([15, 15], [50, 50]);
  press('ArrowLeft');
  assert.deepEqual(store.labels.get('m')?.box, [10, 10, 20, 20]);
});

test('who may not label can select, and changes nothing', () => {
  const { store, use } = stageWith([box('a', [10, 10, 60, 60])], { may: false });
  const { drag, press } = use('select');
  drag([30, 30], [50, 50]);
  press('ArrowLeft');
  assert.deepEqual([selected(store), store.labels.get('a')?.box], [['a'], [10, 10, 60, 60]]);
});

test('a drag over nothing selects what lies inside; with a finger it moves the image', () => {
  const { store, use, calls } = stageWith([box('a', [10, 10, 20, 20]), box('b', [30, 30, 40, 40]), box('c', [30, 30, 190, 90])]);
  const { drag, tool, pointer } = use('select');
  drag([2, 2], [45, 45]);
  assert.deepEqual(selected(store), ['a', 'b']);
  tool.down(pointer(2, 80, { type: 'touch' }));
  assert.deepEqual(calls, [['beginPan']]);
});

test('a double click on nothing does what the settings say', () => {
  const { use, calls } = stageWith();
  use('select').click(5, 5, { clicks: 2 });
  assert.deepEqual(calls, [['doubleClick']]);
});

test('cancel during a drag leaves everything as it was', () => {
  const { store, use, previews } = stageWith([box('a', [10, 10, 60, 60])]);
  store.select(['a']);
  const { tool, pointer } = use('select');
  tool.down(pointer(30, 30));
  tool.move(pointer(60, 60));
  assert.deepEqual(previews.get('a')?.box, [40, 40, 90, 90]);
  assert.equal(tool.cancel(), true);
  tool.up(pointer(60, 60));
  assert.deepEqual([store.labels.get('a')?.box, previews.size], [[10, 10, 60, 60], 0]);
});

test('any place on an edge of a box resizes; the middle and a small box move', () => {
  const { store, use } = stageWith([box('a', [20, 20, 100, 80]), box('s', [150, 20, 174, 44])]);
  store.select(['a']);
  const { drag } = use('select');
  drag([40, 20], [45, 10]);
  assert.deepEqual(store.labels.get('a')?.box, [20, 10, 100, 80]);
  drag([103, 60], [113, 70]);
  assert.deepEqual(store.labels.get('a')?.box, [20, 10, 110, 80]);
  drag([50, 50], [56, 58]);
  assert.deepEqual(store.labels.get('a')?.box, [26, 18, 116, 88]);
  store.select(['s']);
  drag([162, 32], [168, 40]);
  assert.deepEqual(store.labels.get('s')?.box, [156, 28, 180, 52]);
});

test('a click on an edge selects the smaller shape there', () => {
  const { store, use } = stageWith([box('a', [20, 20, 100, 80]), box('b', [55, 15, 65, 25])]);
  store.select(['a']);
  use('select').click(56, 21);
  assert.deepEqual([selected(store), store.labels.get('a')?.box], [['b'], [20, 20, 100, 80]]);
});

test('masks and keypoints move with others, by whole pixels', () => {
  const { store, use } = stageWith([label('m', { shape: 'mask', box: [10, 10, 20, 20], mask: [1, 100] }), polygon('p', [[SQUARE]])], { zoom: 4 });
  store.select(['m', 'p']);
  const { drag, press } = use('select');
  drag([40, 40], [43.4, 42.7]);
  assert.deepEqual(store.labels.get('m')?.box, [13, 13, 23, 23]);
  assert.deepEqual(store.labels.get('p')?.box, [23, 23, 63, 63]);
  press('ArrowLeft', { shiftKey: true });
  assert.deepEqual(store.labels.get('m')?.box, [3, 13, 13, 23]);
  assert.equal(store.history.peek().length, 2, 'each is one step');
});

test('Delete removes the active vertex, else it is not used; selecting again and undo forget the vertex', () => {
  const { store, use, said } = stageWith([polygon('a', [[SQUARE]]), box('b', [100, 20, 120, 40])]);
  store.select(['a']);
  const { click, press } = use('select');
  const ring = () => store.labels.get('a')?.points?.[0][0];
  assert.equal(press('Delete'), false);
  click(60, 60);
  assert.equal(press('Delete'), true);
  assert.deepEqual(ring(), [[20, 20], [60, 20], [20, 60]]);
  assert.equal(press('Delete'), false, 'the shape is meant next');
  click(60, 20);
  assert.equal(press('Delete'), true);
  assert.equal(ring()?.length, 3);
  assert.match(said.at(-1), /three points/);
  store.select(['b']);
  store.select(['a']);
  assert.equal(press('Delete'), false);
  click(60, 20);
  press('ArrowUp');
  assert.deepEqual(ring()?.[1], [60, 19]);
  store.undo();
  assert.equal(press('Delete'), false);
});

test('a drag changes the shape as it was when the button went down; the version of another is drawn meanwhile', () => {
  const { store, use, said } = stageWith([box('a', [20, 20, 100, 80])]);
  const { tool, pointer } = use('select');
  tool.down(pointer(60, 50));
  tool.move(pointer(70, 50));
  store.commit({ kind: 'label', op_id: 'o', media: 'm1', label_id: 'a', at: '', before: { box: [20, 20, 100, 80] }, after: { box: [20, 20, 100, 90] } });
  const others = [];
  tool.paint({ other: (one) => others.push(one.box), handle() {} }, { zoom: 1 });
  tool.up(pointer(70, 50));
  assert.match(said.join(), /Merged/);
  assert.deepEqual(others, [[20, 20, 100, 90]]);
  assert.deepEqual(store.labels.get('a')?.box, [30, 20, 110, 90]);
});

test('a redrawn shape is a change of what it was at the first point', () => {
  const { store, use } = stageWith([box('a', [20, 20, 100, 80])]);
  store.select(['a']);
  const { tool, pointer } = use('box');
  tool.redraw('a');
  tool.move(pointer(20, 20));
  tool.down(pointer(20, 20));
  tool.move(pointer(90, 80));
  store.commit({ kind: 'label', op_id: 'o', media: 'm1', label_id: 'a', at: '', before: { box: [20, 20, 100, 80] }, after: { box: [20, 10, 100, 80] } });
  tool.up(pointer(90, 80));
  assert.deepEqual(store.labels.get('a')?.box, [20, 10, 90, 80]);
});
