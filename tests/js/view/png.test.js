import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { readPng } from '../../../static/src/editor/view/png.js';
import { Window } from '../../../static/src/editor/view/window.js';

const chunk = (name, data) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
};

/** A PNG of 16 bits whose rows were filtered as `filters` say. */
function png(width, bands, rows, filters) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(rows.length, 4);
  head.set([16, bands === 3 ? 2 : 0, 0, 0, 0], 8);
  const step = bands * 2;
  let above = Buffer.alloc(width * step);
  const out = rows.map((row, y) => {
    const plain = Buffer.alloc(width * step);
    row.forEach((value, at) => plain.writeUInt16BE(value, at * 2));
    const filtered = Buffer.alloc(plain.length);
    plain.forEach((value, x) => {
      const left = x < step ? 0 : plain[x - step];
      const corner = x < step ? 0 : above[x - step];
      const up = above[x];
      const guess = left + up - corner;
      const near = [left, up, corner].sort((a, b) => Math.abs(guess - a) - Math.abs(guess - b))[0];
      filtered[x] = value - [0, left, up, (left + up) >> 1, near][filters[y]];
    });
    above = plain;
    return Buffer.concat([Buffer.from([filters[y]]), filtered]);
  });
  const packed = deflateSync(Buffer.concat(out));
  return new Blob([Buffer.alloc(8), chunk('IHDR', head), chunk('IDAT', packed.subarray(0, 9)), chunk('IDAT', packed.subarray(9)), chunk('IEND', Buffer.alloc(0))]);
}

test('all 16 bits come back, whatever the filter of a row and the number of channels', async () => {
  let seed = 1;
  const any = () => (seed = (seed * 48271) % 2147483647) & 0xffff;
  for (const bands of [1, 3]) {
    const rows = Array.from({ length: 6 }, () => Array.from({ length: 7 * bands }, any));
    const found = await readPng(png(7, bands, rows, [0, 1, 2, 3, 4, 4]));
    assert.deepEqual([found.width, found.height, found.bands], [7, 6, bands]);
    assert.deepEqual([...found.data], rows.flat());
  }
});

const channel = (low, high) => ({ low, high, percentiles: [low, low + 1, low + 2, high - 2, high - 1, high] });
const layer = (channels, more = {}) => ({ width: 9, height: 9, tile: 512, levels: 1, channels, offset: 0, scale: 1, all: channels.length, ...more });
const opened = (layers, range = null) => {
  const window = new Window(() => {});
  window.open(layers, /** @type {any} */ ({ display_range: range }));
  return window;
};

test('a window begins with the range of the preview, in the numbers of the file', () => {
  const window = opened([layer([channel(0, 65535)], { offset: -10, scale: 0.5 })], [0, 20]);
  assert.deepEqual(window.shown.peek(), { low: 20, high: 60, channel: 0 });
  assert.equal(window.valueOf(60), 20);
  assert.equal(window.isWhole, false);
});

test('presets come from the extremes and percentiles; white is low where 0 is white', () => {
  const window = opened([layer([channel(100, 200)])], [101, 199]);
  assert.deepEqual(window.preset('full'), { low: 100, high: 200 });
  assert.deepEqual(window.preset('narrow'), { low: 102, high: 198 });
  assert.deepEqual(opened([layer([channel(100, 200)], { inverted: true })], [199, 101]).preset('full'), { low: 200, high: 100 });
  assert.deepEqual(opened([layer([{ low: 5, high: 5, percentiles: [5, 5, 5, 5, 5, 5] }])]).preset('auto'), { low: 5, high: 6 });
});

test('of several layers only those of the shown channels are read', () => {
  const window = opened([1, 2, 3, 4].map((high) => layer([channel(0, high * 100)])));
  assert.deepEqual([window.count, window.layers], [4, [0]]);
  window.set({ channel: 3 });
  assert.deepEqual([window.layers, window.shown.peek()?.high], [[3], 399]);
  assert.ok(!window.holds([/** @type {any} */ ({ layer: 0 })]));
  window.set({ channel: -1 });
  assert.deepEqual(window.layers, [0, 1, 2]);
  assert.equal(opened([layer([channel(0, 9), channel(0, 9), channel(0, 9)])], [0, 9]).shown.peek()?.channel, -1);
});
