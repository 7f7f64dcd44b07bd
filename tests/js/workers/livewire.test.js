import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PixelRequests } from '../../../static/src/workers/pixel-requests.js';
import { Edges, Wire } from '../../../static/src/workers/livewire.js';

/** An image by a function of the pixel to its gray. */
function image(width, height, gray) {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data.fill(gray(x, y), 4 * (y * width + x), 4 * (y * width + x) + 3);
  return { data, width, height };
}
const square = image(60, 50, (x, y) => (x >= 20 && x < 40 && y >= 10 && y < 30 ? 200 : 40));

test('a path follows the border of pixels around corners', () => {
  const wire = new Wire(new Edges(square), 20, 12);
  assert.deepEqual(wire.path(38, 10), [20, 12, 20, 10, 38, 10]);
  assert.deepEqual(wire.path(40, 25), [20, 12, 20, 10, 40, 10, 40, 25]);
  assert.deepEqual(wire.path(20, 12), [20, 12]);
});

test('the way is the cheapest of all, by trying each side of each pixel', () => {
  const noisy = image(14, 11, (x, y) => ((x * 7919 + y * 104729) % 97) * 2);
  const edges = new Edges(noisy);
  const wire = new Wire(edges, 3, 4);
  wire.path(12, 9);
  // the same prices, relaxed until nothing changes
  const price = (d) => 1 + Math.round(59 * (1 - Math.min(1, d / wire.strong)) ** 2);
  const cost = new Map([['3,4', 0]]);
  for (let changed = true; changed;) {
    changed = false;
    for (let y = 0; y <= 11; y += 1) for (let x = 0; x <= 14; x += 1) {
      const beside = [[x + 1, y, edges.level(x, y)], [x - 1, y, edges.level(x - 1, y)], [x, y + 1, edges.upright(x, y)], [x, y - 1, edges.upright(x, y - 1)]];
      for (const [i, j, d] of beside) {
        const through = (cost.get(`${i},${j}`) ?? Infinity) + price(d);
        if (i >= 0 && j >= 0 && i <= 14 && j <= 11 && through < (cost.get(`${x},${y}`) ?? Infinity)) {
          cost.set(`${x},${y}`, through);
          changed = true;
        }
      }
    }
  }
  const flat = wire.path(12, 9);
  let sum = 0;
  for (let i = 2; i < flat.length; i += 2) {
    const [dx, dy] = [Math.sign(flat[i] - flat[i - 2]), Math.sign(flat[i + 1] - flat[i - 1])];
    for (let x = flat[i - 2], y = flat[i - 1]; x !== flat[i] || y !== flat[i + 1]; x += dx, y += dy) {
      sum += price(dx ? edges.level(Math.min(x, x + dx), y) : edges.upright(x, Math.min(y, y + dy)));
    }
  }
  assert.equal(sum, cost.get('12,9'));
});

test('a place snaps to the nearest strong edge in reach, and stays where there is none', () => {
  const edges = new Edges(square);
  assert.deepEqual(edges.snap(17.2, 21, 6), [20, 21]);
  assert.deepEqual(edges.snap(21.4, 11.2, 6), [21, 10]);
  assert.deepEqual(edges.snap(8.4, 40.6, 5), [8, 41]);
  assert.deepEqual(edges.snap(70, -3, 2), [60, 0]);
});

test('a place beyond the window is reached by a straight line', () => {
  const wide = image(2300, 3, () => 90);
  const path = new Wire(new Edges(wide), 0, 1).path(2200, 1);
  assert.deepEqual(path.slice(-4), [512, 1, 2200, 1]);
  assert.deepEqual(path.slice(0, 2), [0, 1]);
});

test('requests answer in corners of the image', async () => {
  const window = { ...square, left: 100, top: 200, step: 1 };
  const requests = new PixelRequests(async () => /** @type {any} */ ({ width: 900, height: 900, window: () => window, close() {} }));
  await requests.run('open', {});
  assert.deepEqual(await requests.run('snap', { x: 118.3, y: 221, radius: 4, step: 1 }), [120, 221]);
  assert.deepEqual([...(await requests.run('path', { from: [120, 212], to: [138, 210], step: 1 }))], [120, 212, 120, 210, 138, 210]);
  assert.deepEqual([...(await requests.run('path', { from: [138, 210], to: [140, 215], step: 1 }))], [138, 210, 140, 210, 140, 215]);
});

test('with a step a pixel stands for several; ends are exact and stay in the image', async () => {
  const window = { ...square, left: 0, top: 0, step: 3 };
  const requests = new PixelRequests(async () => /** @type {any} */ ({ width: 179, height: 149, window: () => window, close() {} }));
  await requests.run('open', {});
  assert.deepEqual(await requests.run('snap', { x: 52, y: 63, radius: 12, step: 3 }), [60, 63]);
  assert.deepEqual(await requests.run('snap', { x: 179, y: 149, radius: 3, step: 3 }), [179, 149]);
  assert.deepEqual([...(await requests.run('path', { from: [61, 40], to: [119, 29], step: 3 }))], [61, 40, 60, 30, 119, 29]);
});
