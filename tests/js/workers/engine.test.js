import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCKS, Engine, FINE } from '../../../static/src/workers/engine.js';
import { KEEP_RANK } from '../../../static/src/workers/format.js';
import { packLabels, flagsOf } from '../../../static/src/editor/view/pack.js';
import { box, polygon, recorder } from '../view/samples.js';

const PALETTE = { colors: [[200, 0, 0]], inks: [[255, 255, 255]], fill: 0.2, outlines: false };
const NO_SLOTS = new Uint32Array(0);

function pack(labels, first = 0, rank = (i) => first + i) {
  return packLabels(labels, {
    slot: (_, i) => first + i, rank: (_, i) => rank(i), concept: () => 0, flags: flagsOf, classes: new Map(),
  });
}

function engineWith(labels) {
  const engine = new Engine(/** @type {any} */ (recorder), () => 0);
  engine.style(PALETTE, []);
  engine.load(pack(labels));
  return engine;
}

function request(fields = {}) {
  return { seq: 1, scale: 1, x0: 0, y0: 0, width: 400, height: 300, ratio: 1, moving: false, budget: 30, ...fields };
}

/** Draws and tells what was drawn: the result, the clips, the boxes. */
function drawn(engine, fields) {
  engine.canvas.calls.length = 0;
  const work = engine.draw(request(fields));
  let step = work.next();
  while (!step.done) step = work.next();
  const calls = engine.canvas.calls;
  return {
    ...step.value,
    clips: calls.filter(([name]) => name === 'rect').map((c) => c.slice(1)),
    boxes: calls.filter(([name]) => name === 'fillRect').map((c) => c.slice(1)),
    shifts: calls.filter(([name]) => name === 'drawImage').map((c) => c.slice(2)),
  };
}

const BOXES = [box('a', [10, 10, 50, 40]), box('b', [350, 200, 390, 240]), box('c', [450, 100, 480, 130])];

test('the first drawing is whole and has what is in view, moved and scaled', () => {
  const result = drawn(engineWith(BOXES), { scale: 2, x0: 5, y0: 5 });
  assert.equal(result.isFull, true);
  assert.deepEqual(result.boxes, [[10, 10, 80, 60]]);
});

test('a pan by whole pixels shifts the drawing and draws only the strips that came into view', () => {
  const engine = engineWith(BOXES);
  drawn(engine, {});
  const result = drawn(engine, { x0: 60, y0: -10, moving: true });
  assert.equal(result.isFull, false);
  assert.deepEqual(result.shifts, [[-60, 10]]);
  assert.deepEqual(result.clips, [[340, 0, 60, 300], [0, 0, 400, 10]]);
  assert.deepEqual(result.boxes, [[390, 110, 30, 30]]);
});

test('a pan by a part of a pixel, another scale or size draws all', () => {
  for (const change of [{ x0: 0.5 }, { scale: 1.1 }, { width: 500 }, { ratio: 2 }, { x0: 1000 }]) {
    const engine = engineWith(BOXES);
    drawn(engine, {});
    assert.equal(drawn(engine, change).isFull, true, JSON.stringify(change));
  }
});

test('a change draws only where the shape was and is', () => {
  const engine = engineWith(BOXES);
  drawn(engine, {});
  engine.patch(pack([box('a', [100, 100, 120, 120])], 0, () => KEEP_RANK), NO_SLOTS);
  const result = drawn(engine, {});
  assert.equal(result.isFull, false);
  assert.deepEqual(result.clips, [[2, 2, 56, 46], [92, 92, 36, 36]]);
  assert.deepEqual(result.boxes, [[100, 100, 20, 20]]);
  assert.deepEqual(drawn(engine, {}).clips, []);
});

test('shapes that the page draws are left out, and come back', () => {
  const engine = engineWith(BOXES);
  drawn(engine, {});
  engine.exclude(Uint32Array.of(0));
  assert.deepEqual(drawn(engine, {}).boxes, []);
  engine.exclude(NO_SLOTS);
  assert.deepEqual(drawn(engine, {}).boxes, [[10, 10, 40, 30]]);
});

test('a removed shape leaves, an order of all or a new palette draws all', () => {
  const engine = engineWith(BOXES);
  drawn(engine, {});
  engine.patch(pack([]), Uint32Array.of(0));
  assert.deepEqual(drawn(engine, {}).boxes, []);
  engine.reorder(Uint32Array.of(2, 1));
  assert.equal(drawn(engine, {}).isFull, true);
  engine.style(PALETTE, []);
  assert.equal(drawn(engine, {}).isFull, true);
});

test('while moving the finest level that is in time is used; at rest the fine one', () => {
  const ring = Array.from({ length: 50 }, (_, i) => [100 + 90 * Math.cos(i), 100 + 90 * Math.sin(i)]);
  const engine = engineWith(Array.from({ length: 500 }, (_, i) => polygon(`p${i}`, [[ring]])));
  const levels = [1000, 20, 12, 1].map((budget, i) => drawn(engine, { moving: true, budget, scale: 1 + i / 10 }).level);
  assert.equal(levels[0], FINE);
  assert.equal(levels[3], BLOCKS);
  assert.deepEqual([...levels].sort(), levels);
  const fine = drawn(engine, { scale: 1.3 });
  assert.deepEqual([fine.level, fine.isFull], [FINE, true]);
});

test('when too much comes into view at once it is drawn coarsely, and all of it finely at rest', () => {
  const engine = engineWith(Array.from({ length: 3000 }, (_, i) => box(`b${i}`, [400 + (i % 50), 10, 460, 60])));
  assert.equal(drawn(engine, {}).level, FINE);
  const pan = drawn(engine, { x0: 100, moving: true, budget: 10 });
  assert.deepEqual([pan.isFull, pan.level > FINE], [false, true]);
  assert.equal(drawn(engine, { x0: 110, moving: true, budget: 1000 }).level, pan.level);
  const rest = drawn(engine, { x0: 110 });
  assert.deepEqual([rest.isFull, rest.level], [true, FINE]);
});

test('a drawing that is late, whatever was expected, goes on with blocks', () => {
  let time = 0;
  const engine = new Engine(/** @type {any} */ (recorder), () => (time += 40));
  engine.style(PALETTE, []);
  engine.load(pack(Array.from({ length: 300 }, (_, i) => box(`b${i}`, [i, 0, i + 9, 9]))));
  assert.equal(drawn(engine, { moving: true }).level, BLOCKS);
  const outlines = engine.canvas.calls.filter(([name]) => name === 'strokeRect').length / 2;
  assert.ok(outlines >= 64 && outlines < 200, String(outlines));
});

test('on a slow machine the level becomes coarser', () => {
  const engine = engineWith(Array.from({ length: 3000 }, (_, i) => box(`b${i}`, [0, 0, 100, 100])));
  const first = drawn(engine, { moving: true });
  assert.equal(first.level, FINE);
  engine.recordTime(first.level, first.estimate, first.estimate * 10);
  assert.ok(drawn(engine, { moving: true, scale: 1.1 }).level > FINE);
});

test('of very many shapes the tiny ones are blocks', () => {
  const many = Array.from({ length: 4001 }, (_, i) => box(`b${i}`, [i % 100, 0, (i % 100) + 4, 4]));
  const engine = engineWith(many);
  drawn(engine, {});
  assert.equal(engine.canvas.calls.filter(([name]) => name === 'strokeRect').length, 0);
  const few = engineWith(many.slice(0, 100));
  drawn(few, {});
  assert.equal(few.canvas.calls.filter(([name]) => name === 'strokeRect').length, 200);
});

test('zooming does not reuse drawings', () => {
  const engine = engineWith(BOXES);
  assert.equal(drawn(engine, {}).isReusable, true);
  assert.equal(drawn(engine, { moving: true, scale: 1.2 }).isReusable, false);
  assert.equal(drawn(engine, { moving: true, scale: 1.2, x0: 10 }).isReusable, true);
});

test('a cancelled drawing leaves nothing that a later one would reuse', () => {
  let time = 0;
  const engine = new Engine(/** @type {any} */ (recorder), () => (time += 20));
  engine.style(PALETTE, []);
  engine.load(pack(Array.from({ length: 200 }, (_, i) => box(`b${i}`, [i, 0, i + 1, 9]))));
  const work = engine.draw(request());
  assert.equal(work.next().done, false);
  work.return(/** @type {any} */ (undefined));
  assert.equal(engine.back, null);
  assert.equal(drawn(engine, {}).isFull, true);
});
