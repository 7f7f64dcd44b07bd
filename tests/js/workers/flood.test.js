import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from '../../../static/src/workers/flood.js';
import { PixelRequests } from '../../../static/src/workers/pixel-requests.js';

/** Numbers that look random and are the same each time. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Noise of few colors, so that regions are joined and apart. */
function noise(width, height, seed) {
  const next = random(seed);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i += 4) data.set([Math.floor(next() * 4) * 60, Math.floor(next() * 3) * 20, 90, 255], i);
  return { data, width, height };
}

/** Ids of the pixels joined to (x, y), by trying each neighbor. */
function oracle({ data, width, height }, x, y, tolerance) {
  const first = y * width + x;
  const fits = (at) => [0, 1, 2, 3].every((c) => Math.abs(data[4 * at + c] - data[4 * first + c]) <= tolerance);
  const found = new Set([first]);
  for (const at of found) {
    const [i, j] = [at % width, Math.floor(at / width)];
    const beside = [i > 0 && at - 1, i < width - 1 && at + 1, j > 0 && at - width, j < height - 1 && at + width];
    for (const one of beside) if (one !== false && fits(one)) found.add(one);
  }
  return found;
}

const pixelsOf = (spans, width) => {
  const found = new Set();
  for (let i = 0; i < spans.length; i += 3) for (let x = spans[i + 1]; x < spans[i + 2]; x += 1) found.add(spans[i] * width + x);
  return found;
};

test('the pixels of a tolerance are those that a plain flood finds, whatever was asked before', () => {
  const picture = noise(23, 17, 5);
  const flood = new Flood(picture, 11, 8);
  for (const tolerance of [0, 59, 20, 60, 40, 254, 120, 0]) {
    assert.deepEqual(pixelsOf(flood.spans(-1, tolerance), 23), oracle(picture, 11, 8, tolerance), `tolerance ${tolerance}`);
  }
  const [low, high] = [oracle(picture, 11, 8, 20), oracle(picture, 11, 8, 60)];
  assert.deepEqual(pixelsOf(flood.spans(20, 60), 23), high.difference ? high.difference(low) : new Set([...high].filter((at) => !low.has(at))));
});

test('one pixel, corners and the colors that differ most', () => {
  const data = new Uint8ClampedArray([0, 0, 0, 255, 255, 255, 255, 255]);
  assert.deepEqual(new Flood({ data, width: 2, height: 1 }, 0, 0).spans(-1, 254), [0, 0, 1]);
  assert.deepEqual(new Flood({ data, width: 1, height: 2 }, 0, 1).spans(-1, 254), [1, 0, 1]);
});

test('requests answer in pixels of the image, also when only a part of it was read', async () => {
  const picture = noise(20, 10, 3);
  const asked = [];
  const requests = new PixelRequests(async () => /** @type {any} */ ({
    window: (x, y) => {
      asked.push([x, y]);
      return { ...picture, left: 100, top: 50 };
    },
    close() {},
  }));
  await assert.rejects(requests.run('flood', { x: 105, y: 53, tolerance: 30 }), /No image/);
  await assert.rejects(requests.run('tolerance', 3), /No place/);
  await assert.rejects(requests.run('other', {}), RangeError);
  await requests.run('open', { blob: null, width: 1000, height: 1000 });
  const move = (spans) => spans.map((n, i) => n - (i % 3 ? 100 : 50));
  const spans = await requests.run('flood', { x: 105, y: 53, tolerance: 20 });
  assert.deepEqual(pixelsOf(move(spans), 20), oracle(picture, 5, 3, 20));
  const added = pixelsOf(move(await requests.run('tolerance', 60)), 20);
  const left = pixelsOf(move(await requests.run('tolerance', 20)), 20);
  assert.deepEqual(added, left);
  assert.deepEqual(asked, [[105, 53]]);
});
