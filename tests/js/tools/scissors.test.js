import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PixelRequests } from '../../../static/src/workers/pixel-requests.js';
import { stageWith } from './world.js';

const [WIDTH, HEIGHT] = [200, 100];

/** A light rectangle from (40, 20) to (140, 80) on a dark ground. */
function picture() {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) data.fill(x >= 40 && x < 140 && y >= 20 && y < 80 ? 220 : 30, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
  return { data, width: WIDTH, height: HEIGHT, left: 0, top: 0, step: 1 };
}

function scissors(options = {}) {
  const window = picture();
  const requests = new PixelRequests(async () => /** @type {any} */ ({ width: WIDTH, height: HEIGHT, window: () => window, close() {} }));
  const opened = requests.run('open', {});
  const pixels = { prepare() {}, ask: async (call, args) => (await opened, requests.run(call, args)), ...options };
  const world = stageWith([], { more: { pixels } });
  world.store.tool.value = 'scissors';
  const used = world.use('scissors');
  used.tool.activate();
  return { ...world, ...used };
}
/** Lets what is asked be answered. */
const settle = async () => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setTimeout(resolve));
};
const RECTANGLE = [[40, 20], [140, 20], [140, 80], [40, 80]];

test('clicks near the edge, one after the other without waiting, and Enter make the exact outline in one step', async () => {
  const { store, click, press, last, tool } = scissors();
  click(43, 50);
  click(90, 17);
  click(137, 60);
  click(80, 82);
  press('Enter');
  await settle();
  assert.equal(store.labels.size, 1);
  const ring = last().points[0][0];
  for (const corner of RECTANGLE) assert.ok(ring.some(([x, y]) => x === corner[0] && y === corner[1]), `${corner}`);
  assert.ok(ring.every(([x, y]) => x === 40 || x === 140 || y === 20 || y === 80));
  assert.deepEqual([last().box, last().tool, last().shape], [[40, 20, 140, 80], 'contour', 'polygon']);
  assert.equal(store.history.peek().length, 1);
  assert.ok(!tool.isDrawing);
});

test('the way to the pointer is shown; Backspace takes the last anchor back with its path', async () => {
  const { click, tool, pointer } = scissors();
  click(40, 50);
  await settle();
  tool.move(pointer(90, 20));
  await settle();
  assert.deepEqual(tool.ahead.at(-1), [90, 20]);
  assert.ok(tool.ahead.some(([x, y]) => x === 40 && y === 20));
  click(90, 20);
  await settle();
  assert.equal(tool.anchors.length, 2);
  tool.back();
  await settle();
  assert.deepEqual(tool.anchors.map(({ point }) => point), [[40, 50]]);
  tool.back();
  await settle();
  assert.ok(!tool.isDrawing && !tool.back());
});

test('a click on the first anchor and a double-click close', async () => {
  for (const end of [(click) => click(40, 50), (click) => click(90, 80, { clicks: 2 })]) {
    const { store, click } = scissors();
    for (const [x, y] of [[40, 50], [90, 20], [140, 50], [90, 80]]) click(x, y);
    await settle();
    end(click);
    await settle();
    assert.equal(store.labels.size, 1);
  }
});

test('Ctrl sets an anchor exactly where it is', async () => {
  const { click, tool } = scissors();
  click(43, 50);
  click(44.4, 30.2, { ctrl: true });
  await settle();
  assert.deepEqual(tool.anchors.map(({ point }) => point), [[40, 50], [44, 30]]);
});

test('Esc discards with an offer to bring it back; answers that come later are of no use', async () => {
  const { click, tool, offers, store } = scissors();
  click(40, 50);
  click(90, 20);
  await settle();
  assert.ok(tool.cancel() && !tool.isDrawing);
  assert.equal(offers[0].text, 'Outline discarded');
  offers[0].undo();
  assert.equal(tool.anchors.length, 2);
  tool.cancel();
  assert.ok(tool.restore() && tool.anchors.length === 2 && !tool.restore());
  tool.cancel();
  click(40, 50);
  tool.cancel();
  await settle();
  assert.ok(!tool.isDrawing && tool.anchors.length === 0 && store.labels.size === 0);
});

test('going on finishes three anchors or more and drops fewer', async () => {
  const { store, click, tool, last } = scissors();
  click(40, 50);
  click(90, 20);
  await settle();
  tool.finishOrKeep();
  assert.equal(store.labels.size, 0);
  for (const [x, y] of [[40, 50], [90, 20], [140, 50]]) click(x, y);
  await settle();
  tool.finishOrKeep();
  assert.deepEqual([store.labels.size, last().box], [1, [40, 20, 140, 50]]);
});

test('without a mouse: arrows move the crosshair, Enter sets anchors, and at the last one closes', async () => {
  const { store, press, tool, last } = scissors();
  const go = async (x, y) => {
    tool.crosshair.show([x, y]);
    press('Enter');
    await settle();
  };
  press('ArrowLeft');
  for (const [x, y] of [[40, 50], [90, 20], [140, 50], [90, 80]]) await go(x, y);
  assert.equal(tool.anchors.length, 4);
  press('Enter');
  await settle();
  assert.deepEqual([store.labels.size, last().box], [1, [40, 20, 140, 80]]);
});

test('what cannot be done is said', async () => {
  const { click, press, said, store } = scissors();
  click(40, 50);
  press('Enter');
  await settle();
  assert.ok(said.includes('Set at least two points first'));
  const broken = scissors({ problem: 'No pixels', ask: async () => { throw new Error('gone'); } });
  broken.click(40, 50);
  await settle();
  assert.deepEqual(broken.said, ['No pixels']);
  assert.ok(!broken.tool.isDrawing && store.labels.size === 0);
});
