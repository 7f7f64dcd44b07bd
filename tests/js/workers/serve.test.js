import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../../../static/src/workers/serve.js';

/** An engine whose drawings take as many steps as their request says. */
function fakeEngine() {
  const log = [];
  return {
    log,
    canvas: {},
    now: () => 0,
    table: { index: null, items: new Uint32Array(0), needsIndex: false, buildIndex: () => log.push('index') },
    recordTime() {},
    load: () => log.push('load'),
    patch: () => log.push('patch'),
    style: () => log.push('style'),
    *draw({ seq, steps }) {
      try {
        for (let i = 0; i < steps; i++) yield;
        return { shapes: 1, level: 0, isFull: true, isReusable: true, estimate: 0 };
      } finally {
        log.push(`end ${seq}`);
      }
    },
  };
}

function start() {
  const engine = fakeEngine();
  const sent = [];
  let wake = () => {};
  const post = (/** @type {any} */ message) => {
    sent.push(message);
    if (message.type === 'bitmap') wake();
  };
  const handle = serve(/** @type {any} */ (engine), { post, copy: () => ({}), transfer: () => ({}) });
  /** Resolves with the next bitmap. */
  const bitmap = () => new Promise((resolve) => {
    wake = () => resolve(undefined);
  });
  const draw = (seq, steps) => handle({ type: 'draw', request: { seq, steps } });
  return { engine, sent, handle, draw, bitmap };
}

test('a drawing is answered with its number', async () => {
  const { sent, draw, bitmap } = start();
  draw(1, 2);
  await bitmap();
  assert.deepEqual(sent.map((m) => [m.type, m.seq]), [['bitmap', 1]]);
});

test('a newer drawing ends the one that has paused, which is reported', async () => {
  const { sent, draw, bitmap, engine } = start();
  draw(1, 50);
  draw(2, 1);
  await bitmap();
  assert.deepEqual(sent.map((m) => [m.type, m.seq]), [['stopped', 1], ['bitmap', 2]]);
  assert.deepEqual(engine.log, ['end 1', 'end 2']);
});

test('a change of shapes ends the drawing that has paused before it is made', () => {
  const { sent, draw, handle, engine } = start();
  draw(1, 50);
  handle({ type: 'patch', pack: null, removed: null, version: 3 });
  assert.deepEqual(engine.log, ['end 1', 'patch']);
  assert.deepEqual(sent.map((m) => m.type), ['stopped']);
});

test('the page gets the index after loading, and when a new one was built', () => {
  const { sent, handle, engine } = start();
  handle({ type: 'load', pack: null, version: 1 });
  handle({ type: 'patch', pack: null, removed: null, version: 2 });
  engine.table.needsIndex = true;
  handle({ type: 'patch', pack: null, removed: null, version: 3 });
  assert.deepEqual(sent.map((m) => [m.type, m.version]), [['index', 1], ['index', 3]]);
});
