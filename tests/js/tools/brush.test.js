import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rows } from '../../../static/src/editor/geom/rows.js';
import { toWire } from '../../../static/src/editor/store/fields.js';
import { label } from '../view/samples.js';
import { stageWith } from './world.js';

const mask = (id, box, runs, more = {}) => label(id, { box, mask: runs, shape: 'mask', tool: 'brush', ...more });
/** A filled square of 20 at (40, 40). */
const square = (more = {}) => mask('m', [40, 40, 60, 60], [1, 400], more);
const has = (one, x, y) => Rows.of(one.mask, one.box).spans.get(y)?.some((from, i, all) => i % 2 === 0 && from <= x && x < all[i + 1]) ?? false;
const area = (one) => one.mask.reduce((sum, n, i) => sum + (i % 2 ? n : 0), 0);
const steps = (store) => store.history.peek().length;

test('a drag paints a mask of the current class, stored at pointer-up as one step, and selects it', () => {
  const { store, use, last, said } = stageWith();
  const { tool, pointer } = use('brush');
  store.brush.value = { size: 10, pressure: true };
  tool.down(pointer(30, 30));
  assert.ok(tool.isDrawing);
  tool.move(pointer(70, 30));
  assert.equal(store.labels.size, 0);
  tool.up(pointer(70, 30));
  assert.equal(store.labels.size, 1);
  assert.deepEqual([last().shape, last().concept, last().tool, last().box], ['mask', 'c0', 'brush', [25, 25, 75, 35]]);
  assert.deepEqual([...store.selection.peek()], [last().id]);
  assert.equal(steps(store), 1);
  assert.ok(said.some((text) => text.startsWith('Mask added')));
  store.undo();
  assert.equal(store.labels.size, 0);
  store.redo();
  assert.deepEqual(last().box, [25, 25, 75, 35]);
});

test('the next stroke extends the selected mask, each one step; without it, a new object', () => {
  const { store, use, last } = stageWith([square()]);
  store.select(['m']);
  const { drag } = use('brush');
  drag([50, 50], [80, 50]);
  assert.equal(store.labels.size, 1);
  assert.deepEqual(last().box, [40, 40, 90, 60]);
  drag([50, 50], [50, 70]);
  assert.deepEqual(last().box, [40, 40, 90, 80]);
  assert.equal(steps(store), 2);
  store.undo();
  assert.deepEqual(last().box, [40, 40, 90, 60]);
  store.undo();
  assert.deepEqual([last().box, last().mask], [[40, 40, 60, 60], [1, 400]]);
  store.select([]);
  drag([20, 20], [22, 20]);
  assert.equal(store.labels.size, 2);
});

test('a selected box or polygon is left alone: the stroke is a new object', () => {
  const { store, use } = stageWith([label('b', { box: [10, 10, 90, 90] })]);
  store.select(['b']);
  use('brush').drag([50, 50], [60, 50]);
  assert.equal(store.labels.size, 2);
  assert.deepEqual(store.labels.get('b').box, [10, 10, 90, 90]);
});

test('the eraser takes away from the selected mask; Alt does the opposite in both tools', () => {
  const { store, use, last } = stageWith([square()]);
  store.select(['m']);
  store.brush.value = { size: 10, pressure: true };
  use('eraser').click(50, 50);
  assert.ok(!has(last(), 50, 50) && has(last(), 41, 41));
  use('brush').click(44, 44, { alt: true });
  assert.ok(!has(last(), 44, 44));
  use('eraser').click(50, 50, { alt: true });
  assert.ok(has(last(), 50, 50));
  use('brush').click(55, 55, { isEraser: true, type: 'pen' });
  assert.ok(!has(last(), 55, 55));
  use('eraser').click(44, 44);
  const before = steps(store);
  use('eraser').click(44, 44); // nothing is left there
  assert.equal(steps(store), before);
});

test('erasing without a selected mask says what to do and changes nothing', () => {
  const { store, use, said } = stageWith([square()]);
  use('eraser').drag([45, 45], [55, 55]);
  assert.deepEqual(said, ['Select a mask to erase from it']);
  assert.equal(steps(store), 0);
});

test('erasing everything deletes the object, which the notice brings back', () => {
  const { store, use, offers } = stageWith([square()]);
  store.select(['m']);
  store.brush.value = { size: 60, pressure: true };
  use('eraser').drag([40, 50], [60, 50]);
  assert.equal(store.labels.size, 0);
  assert.equal(offers[0].text, 'Car deleted: nothing was left of its mask');
  offers[0].undo();
  assert.deepEqual(store.labels.get('m').mask, [1, 400]);
});

test('Shift draws straight: a click from the end of the last stroke, a drag from where it began', () => {
  const { store, use, last } = stageWith();
  const { drag, click, tool, pointer } = use('brush');
  store.brush.value = { size: 4, pressure: true };
  drag([20, 20], [30, 20]);
  click(30, 60, { shift: true });
  assert.deepEqual(last().box, [18, 18, 32, 62]);
  tool.down(pointer(100, 20));
  tool.move(pointer(120, 70, { shift: true }));
  tool.move(pointer(140, 20, { shift: true }));
  tool.up(pointer(140, 20, { shift: true }));
  assert.ok(has(last(), 120, 20) && !has(last(), 120, 60));
});

test('coalesced places leave no gap, and strokes end at the image', () => {
  const { store, use, last } = stageWith();
  const { tool, pointer } = use('brush');
  store.brush.value = { size: 6, pressure: true };
  tool.down(pointer(-20, 50));
  tool.move(pointer(190, 50, { path: () => [[60, 90], [120, 10], [190, 50]] }));
  tool.move(pointer(260, 50));
  tool.up(pointer(260, 50));
  const [x0, , x1] = last().box;
  assert.deepEqual([x0, x1], [0, 200]);
  assert.ok(has(last(), 60, 89) && has(last(), 120, 10) && has(last(), 90, 50));
});

test('a stroke outside the image makes nothing', () => {
  const { store, use, said } = stageWith();
  use('brush').drag([-90, -90], [-60, -60]);
  assert.equal(store.labels.size, 0);
  assert.deepEqual(said, ['The stroke is outside the image']);
});

test('a pen presses: its pressure sets the width, unless the person does not want that', () => {
  const { store, use, last } = stageWith();
  const { click } = use('brush');
  store.brush.value = { size: 20, pressure: true };
  click(50, 50, { type: 'pen', pressure: 0.5 });
  assert.deepEqual(last().box, [45, 45, 55, 55]);
  store.select([]);
  store.brush.value = { size: 20, pressure: false };
  click(50, 50, { type: 'pen', pressure: 0.5 });
  assert.deepEqual(last().box, [40, 40, 60, 60]);
});

test('Esc, Ctrl+Z and a second finger give the stroke up; the mask is as before', () => {
  for (const end of ['cancel', 'drop', 'back']) {
    const { store, use, last, previews } = stageWith([square()]);
    store.select(['m']);
    const { tool, pointer } = use('brush');
    tool.down(pointer(50, 50));
    tool.move(pointer(90, 50));
    assert.equal(previews.get('m'), null);
    tool[end]();
    assert.ok(!previews.has('m') && !tool.isDrawing);
    tool.up(pointer(90, 50));
    assert.deepEqual([last().mask, steps(store)], [[1, 400], 0]);
    use('brush').click(50, 50); // inside: nothing changes
    assert.equal(steps(store), 0);
  }
});

test('going on in the middle of a stroke stores it', () => {
  const { store, use } = stageWith();
  const { tool, pointer } = use('brush');
  tool.down(pointer(50, 50));
  tool.finishOrKeep();
  assert.equal(store.labels.size, 1);
});

test('a locked mask and an image that one may only look at stay as they are, and it is said', () => {
  const locked = stageWith([square()]);
  locked.store.select(['m']);
  locked.store.setLocked(['m'], true);
  locked.use('brush').drag([50, 50], [80, 50]);
  assert.deepEqual([locked.said, steps(locked.store)], [['Locked objects were not changed'], 0]);
  const viewer = stageWith([square()], { may: false });
  viewer.use('brush').drag([50, 50], [80, 50]);
  assert.deepEqual([viewer.said, steps(viewer.store)], [['Look only'], 0]);
});

test('keys: arrows move the crosshair, Enter paints there', () => {
  const { store, use, last } = stageWith();
  const brush = use('brush');
  brush.press('ArrowRight');
  brush.press('Enter');
  assert.equal(store.labels.size, 1);
  brush.press('ArrowRight', { shiftKey: true });
  brush.press('Enter');
  assert.equal(last().box[2] - last().box[0], 30);
});

test('a click into a closed outline fills it; elsewhere it says why not', () => {
  const { store, use, last, said } = stageWith();
  const { drag, click } = use('brush');
  store.brush.value = { size: 4, pressure: true };
  drag([40, 40], [80, 40]);
  for (const [x, y] of [[80, 80], [40, 80], [40, 40]]) click(x, y, { shift: true });
  const outline = area(last());
  use('fill').click(60, 60);
  assert.equal(area(last()) - outline, 36 * 36);
  assert.equal(steps(store), 5);
  use('fill').click(150, 90);
  assert.equal(said.at(-1), 'Nothing to fill here: click where the mask is closed all around');
  store.select([]);
  use('fill').click(60, 60);
  assert.equal(said.at(-1), 'Select a mask to fill holes in it');
});

test('a stroke goes over the wire as the pixels that change, when that is shorter', () => {
  const runs = Array.from({ length: 50 }, (_, i) => [1 + 4 * i, 2]).flat();
  const ops = (box, mask, more = {}) => toWire(/** @type {any} */ ({
    op_id: 'o', at: 't', delta: { kind: 'label', label_id: 'm', before: { box: [0, 0, 20, 10], mask: runs }, after: { box, mask } }, ...more,
  }), 3).patch;
  const more = [...runs, 199, 1];
  assert.deepEqual(ops([0, 0, 20, 10], more), { box: [0, 0, 20, 10], mask_delta: { box: [18, 9, 19, 10], mask: [1, 1], area: 101 } });
  assert.deepEqual(ops([0, 0, 20, 10], more, { isFull: true }), { box: [0, 0, 20, 10], mask: more });
  assert.deepEqual(ops([0, 0, 1, 1], [1, 1]), { box: [0, 0, 1, 1], mask: [1, 1] });
});
