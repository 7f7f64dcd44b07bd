import assert from 'node:assert/strict';
import { test } from 'node:test';
import { label } from '../view/samples.js';
import { stageWith } from './world.js';

const settle = () => new Promise((resolve) => setTimeout(resolve));
const mask = (id, box, runs, more = {}) => label(id, { box, mask: runs, shape: 'mask', tool: 'grabcut', ...more });
const FOUND = { box: [22, 22, 32, 32], mask: [1, 100] };

/** A tool whose questions are collected; `answer` gives each its answer. */
function grabcut(labels = []) {
  const asked = [];
  const cut = (hints, signal) => new Promise((resolve) => asked.push({ hints: structuredClone(hints), signal, answer: (value) => { resolve(value); return settle(); } }));
  const world = stageWith(labels, { more: { cut } });
  world.store.tool.value = 'grabcut';
  return { ...world, ...world.use('grabcut'), asked };
}

test('a dragged box is asked about, and the answer stored as one step and selected', async () => {
  const { store, drag, asked, last, tool } = grabcut();
  drag([20.2, 19.8], [40, 60]);
  assert.deepEqual(asked[0].hints, { box: [20, 20, 40, 60] });
  assert.ok(!tool.isDrawing && store.labels.size === 0);
  await asked[0].answer({ found: FOUND });
  assert.deepEqual([last().box, last().mask, last().tool, last().shape], [FOUND.box, FOUND.mask, 'grabcut', 'mask']);
  assert.deepEqual([...store.selection.peek()], [last().id]);
  assert.equal(store.history.peek().length, 1);
});

test('four clicks are the ends of the object; Backspace takes the last one back', async () => {
  const { store, click, asked, last, tool } = grabcut();
  click(20, 40);
  click(30, 20);
  click(90, 90);
  assert.ok(tool.back() && tool.isDrawing);
  click(40, 40);
  assert.equal(asked.length, 0);
  click(30, 60);
  assert.deepEqual(asked[0].hints, { points: [[20, 40], [30, 20], [40, 40], [30, 60]] });
  await asked[0].answer({ found: FOUND });
  assert.equal(last().tool, 'dextr');
  assert.equal(store.labels.size, 1);
});

test('without a mouse: Enter sets the ends at the crosshair', async () => {
  const { press, asked, tool } = grabcut();
  press('ArrowLeft');
  for (const [x, y] of [[20, 40], [30, 20], [40, 40], [30, 60]]) {
    tool.crosshair.show([x, y]);
    press('Enter');
  }
  assert.deepEqual(asked[0].hints, { points: [[20, 40], [30, 20], [40, 40], [30, 60]] });
  await asked[0].answer({});
});

test('strokes over the mask keep, with Alt remove; the newest question counts and holds all strokes', async () => {
  const { store, drag, asked, last } = grabcut([mask('m', [20, 20, 60, 60], [1, 1600])]);
  store.select(['m']);
  store.brush.value = { size: 4, pressure: true };
  drag([30, 30], [40, 30]);
  drag([50, 50], [55, 50], { alt: true });
  assert.ok(asked[0].signal.aborted && !asked[1].signal.aborted);
  const { hints } = asked[1];
  assert.deepEqual(hints.mask, { box: [20, 20, 60, 60], mask: [1, 1600] });
  assert.deepEqual([hints.keep.box, hints.remove.box, hints.box], [[28, 28, 42, 32], [48, 48, 57, 52], [16, 16, 64, 64]]);
  await asked[0].answer({});
  await asked[1].answer({ found: FOUND });
  assert.deepEqual([store.labels.size, last().id, last().box], [1, 'm', FOUND.box]);
  drag([25, 25], [26, 26]);
  assert.ok(asked[2].hints.remove, 'what was said before still holds');
  store.undo();
  await asked[2].answer({ found: FOUND });
});

test('Shift strokes outside the mask; without it another box begins there', async () => {
  const { store, drag, asked } = grabcut([mask('m', [20, 20, 40, 40], [1, 400])]);
  store.select(['m']);
  drag([80, 80], [90, 85], { shift: true });
  assert.ok(asked[0].hints.keep && asked[0].hints.mask);
  drag([80, 60], [120, 90]);
  assert.deepEqual(asked[1].hints, { box: [80, 60, 120, 90] });
});

test('Esc gives up the drawing, then the question, with the strokes of it', async () => {
  const { store, drag, click, asked, tool, said } = grabcut([mask('m', [20, 20, 60, 60], [1, 1600])]);
  store.select(['m']);
  drag([30, 30], [40, 30]);
  assert.ok(tool.cancel());
  assert.ok(asked[0].signal.aborted);
  assert.deepEqual(said, ['Cutting out was cancelled']);
  await asked[0].answer({});
  drag([30, 50], [40, 50], { alt: true });
  assert.equal(asked[1].hints.keep, undefined);
  store.select([]);
  click(90, 90);
  assert.ok(tool.cancel() && !tool.isDrawing && !asked[1].signal.aborted);
});

test('what cannot be done is said: too small, nothing to remove from, an error of the server, another image', async () => {
  const { store, drag, asked, said, tool } = grabcut();
  drag([20, 20], [22, 40]);
  drag([20, 20], [60, 40], { alt: true });
  drag([20, 20], [60, 40]);
  await asked[0].answer({ error: 'This server cannot cut objects out of images.' });
  drag([20, 20], [60, 40]);
  store.media.value = { ...store.media.peek(), id: 'other' };
  await asked[1].answer({ found: FOUND });
  assert.deepEqual(said, [
    'Too small: drag a box around the object', 'Select a mask to remove from it', 'This server cannot cut objects out of images.',
    'Another image was opened before the object was cut out',
  ]);
  assert.equal(store.labels.size, 0);
  drag([20, 20], [60, 40]);
  tool.reset();
  assert.ok(asked[2].signal.aborted);
});

test('the answer is stored also when another tool is in use, which keeps its selection', async () => {
  const { store, drag, asked, tool } = grabcut([label('b', { box: [1, 1, 9, 9] })]);
  drag([20, 20], [60, 40]);
  store.tool.value = 'box';
  tool.deactivate();
  store.select(['b']);
  await asked[0].answer({ found: FOUND });
  assert.equal(store.labels.size, 2);
  assert.deepEqual([...store.selection.peek()], ['b']);
});
