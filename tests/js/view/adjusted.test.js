import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdjustedImages } from '../../../static/src/editor/view/adjusted.js';
import { NEUTRAL } from '../../../static/src/workers/tones.js';

function start() {
  const world = { sent: [], closed: [], changes: 0, worker: /** @type {any} */ (null) };
  const adjusted = new AdjustedImages('worker.js', () => { world.changes++; }, () => (world.worker = /** @type {any} */ ({ postMessage: (message) => world.sent.push(message), terminate: () => { world.worker = null; } })));
  const bitmap = (name) => ({ name, close: () => world.closed.push(name) });
  const answer = (name) => world.worker.onmessage({ data: { id: world.sent.at(-1).id, bitmap: bitmap(name) } });
  const level = (scale) => /** @type {any} */ ({ image: { width: 100 * scale, height: 50 * scale }, scale, blob: 'file', source: '/a.jpg' });
  return { world, adjusted, answer, level };
}

test('without adjustments the original is shown and no worker runs', () => {
  const { world, adjusted, level } = start();
  const one = level(1);
  adjusted.set({ ...NEUTRAL });
  assert.equal(adjusted.of(one), one);
  assert.equal(world.worker, null);
});

test('a copy is made once; until it is there the last one is shown, and of many changes only the newest is made', () => {
  const { world, adjusted, answer, level } = start();
  const one = level(1);
  adjusted.set({ ...NEUTRAL, invert: true });
  assert.equal(adjusted.of(one), one);
  adjusted.of(one);
  assert.equal(world.sent.length, 1);
  answer('inverted');
  assert.equal(/** @type {any} */ (adjusted.of(one).image).name, 'inverted');
  for (const brightness of [10, 20, 30]) {
    adjusted.set({ ...NEUTRAL, brightness });
    assert.equal(/** @type {any} */ (adjusted.of(one).image).name, 'inverted');
  }
  assert.deepEqual(world.sent.map(({ request }) => request.adjustments.brightness), [0, 10]);
  answer('10');
  assert.deepEqual(world.sent.map(({ request }) => request.adjustments.brightness), [0, 10, 30]);
  assert.equal(adjusted.isSettled, false);
  answer('30');
  assert.equal(/** @type {any} */ (adjusted.of(one).image).name, '30');
  assert.equal(adjusted.isSettled, true);
  assert.deepEqual(world.closed, ['inverted', '10']);
  assert.equal(world.sent.length, 3);
});

test('another level is shown by the copy there is, until its own is made; another image has none', () => {
  const { world, adjusted, answer, level } = start();
  const [one, half] = [level(1), level(0.5)];
  adjusted.set({ ...NEUTRAL, gamma: 2 });
  adjusted.of(half);
  answer('half');
  assert.deepEqual(/** @type {any} */ (adjusted.of(one, [one, half])).scale, 0.5);
  assert.equal(world.sent.at(-1).request.width, 100);
  adjusted.forget();
  answer('late');
  assert.deepEqual(world.closed, ['half', 'late']);
  assert.equal(adjusted.of(one), one);
});

test('the copy of a tile shows nothing but that tile', () => {
  const { adjusted, answer, level } = start();
  const [preview, tile] = [level(0.25), level(1)];
  adjusted.set({ ...NEUTRAL, gamma: 2 });
  adjusted.of(tile);
  answer('tile');
  assert.equal(adjusted.of(preview, [preview]), preview);
});

test('what cannot be made is not asked for again; without adjustments the worker and its copies go', () => {
  const { world, adjusted, level } = start();
  const one = level(1);
  adjusted.set({ ...NEUTRAL, gamma: 2 });
  adjusted.of(one);
  world.worker.onmessage({ data: { id: world.sent[0].id, error: 'no' } });
  assert.equal(adjusted.of(one), one);
  assert.equal(world.sent.length, 1);
  adjusted.set(null);
  assert.equal(world.worker, null);
});
