import assert from 'node:assert/strict';
import { test } from 'node:test';
import { box } from '../view/samples.js';
import { stageWith } from './world.js';

test('a drag makes a box on whole pixels, in the class of the next one, and selects it', () => {
  const { store, use, last, said } = stageWith();
  store.activeConcept.value = 'c1';
  use('box').drag([10.4, 20.6], [30.3, 60.2]);
  assert.deepEqual([last().box, last().shape, last().concept, last().tool, last().origin], [[10, 21, 30, 60], 'box', 'c1', 'bbox', 'human']);
  assert.deepEqual([...store.selection.peek()], [last().id]);
  assert.deepEqual(said, ['Box added, class Person, 20 × 39']);
});

test('two clicks make a box as well, in any direction; the next one can start at once', () => {
  const { store, use, last } = stageWith();
  const { click } = use('box');
  click(50, 60);
  assert.equal(store.labels.size, 0);
  click(20, 30);
  assert.deepEqual(last().box, [20, 30, 50, 60]);
  click(1, 1);
  click(5, 5);
  assert.deepEqual(last().box, [1, 1, 5, 5]);
});

test('the box stays in the image; Shift makes it a square that fits', () => {
  const { use, last } = stageWith();
  const { drag } = use('box');
  drag([-20, 90], [50, 300]);
  assert.deepEqual(last().box, [0, 90, 50, 100]);
  drag([150, 10], [190, 20], { shift: true });
  assert.deepEqual(last().box, [150, 10, 190, 50]);
  drag([150, 80], [190, 90], { shift: true });
  assert.deepEqual(last().box, [150, 80, 170, 100]);
});

test('a redrawn box keeps its id, its class and its place in the order', () => {
  const { store, use, last, said } = stageWith([box('a', [0, 0, 10, 10]), box('b', [50, 50, 60, 60])]);
  store.activeConcept.value = 'c2';
  store.select(['a']);
  const { tool, drag } = use('box');
  const before = { ...store.labels.get('a') };
  tool.redraw('a');
  drag([20, 20], [21, 20]);
  assert.deepEqual(store.labels.get('a').box, [0, 0, 10, 10], 'too small: it can be tried again');
  drag([20, 20], [40, 50]);
  const { box: after, ...kept } = store.labels.get('a');
  assert.deepEqual(after, [20, 20, 40, 50]);
  assert.deepEqual([kept.concept, kept.z, kept.created_at], [before.concept, before.z, before.created_at]);
  assert.equal(said.at(-1), 'Box redrawn, 20 × 30');
  drag([70, 70], [80, 80]);
  assert.deepEqual([store.labels.size, last().concept], [3, 'c2'], 'the one after is a new box');
  store.undo();
  store.undo();
  assert.deepEqual(store.labels.get('a').box, [0, 0, 10, 10]);
});

test('redrawing is cancelled by Esc, by another selection and by a lock', () => {
  const { store, use } = stageWith([box('a', [0, 0, 10, 10]), box('b', [50, 50, 60, 60])]);
  const { tool, drag, pointer } = use('box');
  const isRedrawn = (giveUp) => {
    store.select(['a']);
    tool.redraw('a');
    giveUp();
    const count = store.labels.size;
    drag([20, 20], [40, 50]);
    return store.labels.size === count;
  };
  assert.equal(isRedrawn(() => assert.equal(tool.cancel(), true)), false);
  assert.equal(isRedrawn(() => store.select(['b'])), false);
  assert.equal(isRedrawn(() => {
    store.select(['b']);
    tool.move(pointer(30, 30));
    store.select(['a']);
  }), false);
  assert.equal(isRedrawn(() => store.setLocked(['a'], true)), false);
  store.setLocked(['a'], false);
  assert.equal(isRedrawn(() => tool.drop()), true, 'a second finger only moves the image');
});

test('less than 2 x 2 px is no box, and is announced', () => {
  const { store, use, said } = stageWith([], { zoom: 40 });
  use('box').drag([10, 10], [11.2, 30]);
  assert.equal(store.labels.size, 0);
  assert.match(said[0], /2 × 2/);
});

test('shapes below never catch the press; Ctrl picks them', () => {
  const { store, use, last } = stageWith([box('a', [0, 0, 100, 100])]);
  const { drag, click } = use('box');
  drag([10, 10], [20, 20]);
  assert.deepEqual([store.labels.size, last().box], [2, [10, 10, 20, 20]]);
  click(50, 50, { ctrl: true });
  assert.deepEqual([...store.selection.peek()], ['a']);
  assert.equal(store.labels.size, 2);
});

test('a draft is discarded by cancel and by a second finger', () => {
  const { store, use } = stageWith();
  const { tool, click, pointer } = use('box');
  click(10, 10);
  assert.equal(tool.isDrawing, true);
  assert.equal(tool.cancel(), true);
  assert.equal(tool.cancel(), false);
  tool.down(pointer(10, 10, { type: 'touch' }));
  tool.drop();
  tool.up(pointer(50, 50, { type: 'touch' }));
  assert.equal(store.labels.size, 0);
});

test('by keys: from the middle of the stage, arrows 1 px, Shift 10, Enter sets a corner', () => {
  const { store, use, last, said } = stageWith();
  const { press } = use('box');
  press('ArrowRight');
  press('ArrowRight', { shiftKey: true });
  press('Enter');
  for (let i = 0; i < 3; i++) press('ArrowDown', { shiftKey: true });
  for (let i = 0; i < 25; i++) press('ArrowLeft');
  press('Enter');
  assert.deepEqual(last().box, [86, 50, 111, 80]);
  assert.equal(store.labels.size, 1);
  assert.deepEqual(said, ['First corner at 111, 50', 'Box added, class Car, 25 × 30']);
});

test('Enter alone starts in the middle; the crosshair stays in the image', () => {
  const { use, last } = stageWith();
  const { press } = use('box');
  press('Enter');
  for (let i = 0; i < 20; i++) press('ArrowRight', { shiftKey: true });
  press('ArrowUp', { shiftKey: true });
  press('Enter');
  assert.deepEqual(last().box, [100, 40, 200, 50]);
});

test('who may not label gets the reason, and draws nothing', () => {
  const { store, use, said } = stageWith([], { may: false });
  const { drag, press, tool } = use('box');
  drag([10, 10], [50, 50]);
  tool.leave();
  press('Enter');
  assert.deepEqual([store.labels.size, said], [0, ['Look only', 'Look only']]);
});
