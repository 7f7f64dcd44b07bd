import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rows } from '../../../static/src/editor/geom/rows.js';
import { PixelRequests } from '../../../static/src/workers/pixel-requests.js';
import { label } from '../view/samples.js';
import { stageWith } from './world.js';

const [WIDTH, HEIGHT] = [200, 100];

/** Columns of gray: x / 10 steps of 10, below row 50 all black. */
function picture() {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) data.fill(y < 50 ? Math.floor(x / 10) * 10 : 255, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
  return { data, width: WIDTH, height: HEIGHT, left: 0, top: 0 };
}

function wand(labels = [], options = {}) {
  const requests = new PixelRequests(async () => /** @type {any} */ ({ window: picture, close() {} }));
  const opened = requests.run('open', { blob: null, width: WIDTH, height: HEIGHT });
  const pixels = { prepare() {}, ask: async (call, args) => (await opened, requests.run(call, args)), ...options.pixels };
  const world = stageWith(labels, { more: { pixels } });
  world.store.tool.value = 'wand';
  const used = world.use('wand');
  used.tool.activate();
  return { ...world, ...used };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));
const mask = (id, box, runs) => label(id, { box, mask: runs, shape: 'mask', tool: 'brush' });

test('a click previews, Enter stores it as a mask of the wand; undo takes it back', async () => {
  const { store, click, press, tool, last } = wand();
  store.wandTolerance.value = 0;
  click(55, 20);
  assert.ok(tool.isDrawing);
  await settle();
  assert.equal(store.labels.size, 0);
  press('Enter');
  assert.deepEqual([last().box, last().tool, last().shape, last().mask], [[50, 0, 60, 50], 'magic_wand', 'mask', [1, 500]]);
  assert.ok(!tool.isDrawing);
  store.undo();
  assert.equal(store.labels.size, 0);
});

test('the tolerance changes the preview: by its signal, and by dragging right', async () => {
  const { store, tool, pointer, press, last } = wand();
  store.wandTolerance.value = 10;
  tool.down(pointer(55, 20));
  await settle();
  assert.deepEqual(tool.region.draft.rows.bounds, [40, 0, 70, 50]);
  tool.move(pointer(55 + 30, 20));
  assert.equal(store.wandTolerance.peek(), 20);
  await settle();
  assert.deepEqual(tool.region.draft.rows.bounds, [30, 0, 80, 50]);
  tool.up(pointer(85, 20));
  store.wandTolerance.value = 0;
  store.wandTolerance.value = 9;
  await settle();
  assert.deepEqual(tool.region.draft.rows.bounds, [50, 0, 60, 50]);
  press('Enter');
  assert.deepEqual(last().box, [50, 0, 60, 50]);
});

test('without a mouse: Enter previews at the crosshair, Enter again stores', async () => {
  const { store, tool, press, last } = wand();
  store.wandTolerance.value = 0;
  press('ArrowLeft');
  tool.crosshair.show([15, 5]);
  press('Enter');
  await settle();
  assert.equal(store.labels.size, 0);
  press('Enter');
  assert.deepEqual(last().box, [10, 0, 20, 50]);
});

test('Enter before the answer stores what the answer is', async () => {
  const { store, click, press, last } = wand();
  store.wandTolerance.value = 0;
  click(5, 5);
  press('Enter');
  assert.equal(store.labels.size, 0);
  await settle();
  assert.deepEqual(last().box, [0, 0, 10, 50]);
});

test('Shift adds to the selected mask, Alt removes from it, each a step when stored; a lower tolerance gives back what was there', async () => {
  const { store, click, press, tool, previews } = wand([mask('m', [45, 10, 75, 20], [1, 300])]);
  store.select(['m']);
  store.wandTolerance.value = 10;
  click(55, 30, { shift: true });
  assert.equal(previews.get('m'), null);
  await settle();
  store.wandTolerance.value = 0;
  await settle();
  press('Enter');
  const spans = (y) => Rows.of(store.labels.get('m').mask, store.labels.get('m').box).spans.get(y);
  assert.deepEqual([spans(15), spans(30), store.labels.size], [[45, 75], [50, 60], 1]);
  assert.ok(!previews.has('m'));
  store.wandTolerance.value = 10;
  click(65, 15, { alt: true });
  await settle();
  assert.deepEqual(tool.region.draft.rows.spans.get(15), [45, 50]);
  store.wandTolerance.value = 0;
  await settle();
  press('Enter');
  assert.deepEqual([spans(15), spans(30)], [[45, 60, 70, 75], [50, 60]]);
  assert.equal(store.history.peek().length, 2);
});

test('Shift adds to the preview, Backspace takes the last click back, Esc drops all', async () => {
  const { store, click, press, tool } = wand();
  store.wandTolerance.value = 0;
  click(5, 5);
  await settle();
  click(195, 5, { shift: true });
  await settle();
  assert.deepEqual(tool.region.draft.rows.bounds, [0, 0, 200, 50]);
  assert.ok(tool.back());
  assert.deepEqual(tool.region.draft.rows.bounds, [0, 0, 10, 50]);
  store.wandTolerance.value = 50; // the worker knows another place now
  await settle();
  assert.deepEqual(tool.region.draft.rows.bounds, [0, 0, 10, 50]);
  assert.ok(tool.cancel());
  press('Enter');
  assert.equal(store.labels.size, 0);
});

test('what cannot be done is said: nothing to remove from, outside, locked, no pixels', async () => {
  const { store, click, said, tool } = wand([mask('m', [45, 10, 75, 20], [1, 300])]);
  click(55, 20, { alt: true });
  click(-3, 20);
  store.select(['m']);
  store.setLocked(['m'], true);
  click(55, 20, { shift: true });
  assert.deepEqual(said, ['Select a mask to remove from it', 'The click is outside the image', 'Locked objects were not changed']);
  assert.ok(!tool.isDrawing);
  const broken = wand([], { pixels: { problem: 'No pixels', ask: async () => { throw new Error('gone'); } } });
  broken.click(5, 5);
  await settle();
  assert.deepEqual(broken.said, ['No pixels']);
  assert.ok(!broken.tool.isDrawing);
});

test('an answer for a preview that was given up changes nothing', async () => {
  const { store, click, tool } = wand();
  click(55, 20);
  tool.cancel();
  await settle();
  assert.equal(tool.region, null);
  click(55, 20);
  store.tool.value = 'select';
  tool.deactivate();
  await settle();
  assert.equal(store.labels.size, 0);
});
