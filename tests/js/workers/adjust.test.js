import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdjustRequests } from '../../../static/src/workers/adjust-requests.js';
import { equalize } from '../../../static/src/workers/clahe.js';
import { NEUTRAL, applyTones, isNeutral, showChannel, toneTable } from '../../../static/src/workers/tones.js';

const rgba = (...pixels) => Uint8ClampedArray.from(pixels.flat());
const toned = (pixel, change) => {
  const data = rgba(pixel);
  applyTones(data, { ...NEUTRAL, ...change });
  return [...data];
};

test('without adjustments every value stays; each adjustment does what its name says', () => {
  assert.ok(isNeutral({ ...NEUTRAL }) && !isNeutral({ ...NEUTRAL, invert: true }));
  assert.deepEqual([...toneTable(NEUTRAL)], Array.from({ length: 256 }, (_, i) => i));
  assert.deepEqual(toned([10, 100, 250, 77], {}), [10, 100, 250, 77]);
  assert.deepEqual(toned([10, 100, 250, 255], { brightness: 20 }), [61, 151, 255, 255]);
  assert.deepEqual(toned([10, 100, 250, 255], { brightness: -100 }), [0, 0, 0, 255]);
  assert.deepEqual(toned([0, 128, 255, 255], { contrast: -100 }), [128, 128, 128, 255]);
  assert.deepEqual(toned([100, 128, 156, 255], { contrast: 50 }), [73, 128, 184, 255]);
  assert.deepEqual(toned([64, 64, 64, 255], { gamma: 2 }), [128, 128, 128, 255]);
  assert.deepEqual(toned([10, 100, 250, 255], { invert: true }), [245, 155, 5, 255]);
  assert.deepEqual(toned([200, 100, 50, 9], { saturation: -100 }), [124, 124, 124, 9]);
  const [red, green, blue] = toned([200, 100, 50, 255], { saturation: 50 });
  assert.ok(red > 200 && green < 100 && blue < 50);
});

test('one channel alone is gray; alpha is shown opaque', () => {
  const one = (channel) => {
    const data = rgba([200, 100, 50, 30]);
    showChannel(data, channel);
    return [...data];
  };
  assert.deepEqual(one('red'), [200, 200, 200, 30]);
  assert.deepEqual(one('green'), [100, 100, 100, 30]);
  assert.deepEqual(one('blue'), [50, 50, 50, 30]);
  assert.deepEqual(one('alpha'), [30, 30, 30, 255]);
  assert.deepEqual(one('luma'), [124, 124, 124, 30]);
});

/** What OpenCV's createCLAHE(limit, (8, 8)) makes of the gray image below, every 48th row and 40th column. */
const OPENCV = [
  [256, 192, 1, [[41, 116, 191, 98, 160, 58, 112], [115, 207, 112, 173, 90, 143, 188], [189, 114, 196, 89, 160, 66, 106], [103, 182, 96, 164, 69, 129, 183]]],
  [256, 192, 3, [[6, 112, 225, 80, 177, 23, 100], [110, 245, 104, 198, 72, 150, 222], [220, 105, 230, 70, 178, 34, 96], [89, 210, 80, 181, 40, 128, 213]]],
  [250, 189, 3, [[6, 112, 225, 80, 177, 23, 101], [110, 245, 104, 198, 72, 150, 220], [220, 105, 230, 70, 178, 34, 96], [89, 210, 80, 181, 40, 128, 211]]],
  [250, 189, 10, [[1, 111, 228, 78, 181, 17, 99], [107, 250, 102, 201, 70, 150, 224], [226, 105, 236, 66, 180, 29, 92], [88, 213, 78, 185, 36, 128, 219]]],
];

test('local contrast is that of OpenCV, but for the rounding of halves', () => {
  for (const [width, height, limit, expected] of OPENCV) {
    const data = new Uint8ClampedArray(4 * width * height);
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.fill(((x * x * 3 + y * 7) % 97) + 60 + ((x * y) % 13), 4 * (y * width + x), 4 * (y * width + x) + 4);
    equalize(data, width, height, limit);
    for (const [j, row] of expected.entries()) {
      for (const [i, value] of row.entries()) assert.ok(Math.abs(data[4 * (48 * j * width + 40 * i)] - value) <= 1, `${[width, height, limit, i, j]}`);
    }
  }
  const tiny = rgba([9, 9, 9, 255], [200, 10, 10, 255]);
  equalize(tiny, 2, 1, 3);
  assert.deepEqual([tiny[3], tiny[7]], [255, 255]);
});

test('the file is decoded once for a size, and the source stays as it was', async () => {
  let decoded = 0;
  const source = rgba([10, 20, 30, 255], [200, 100, 50, 255]);
  const requests = new AdjustRequests(async (_, width, height) => (decoded++, { width, height, rgba: source }));
  const run = (change, name = 'a') => requests.run({ source: name, blob: /** @type {any} */ (null), width: 2, height: 1, adjustments: { ...NEUTRAL, ...change } });
  assert.deepEqual([...(await run({ invert: true })).rgba.slice(0, 3)], [245, 235, 225]);
  assert.deepEqual([...(await run({ channel: 'green', brightness: 20 })).rgba.slice(0, 3)], [71, 71, 71]);
  assert.deepEqual([...(await run({ channel: 'green' })).rgba.slice(0, 3)], [20, 20, 20]);
  assert.deepEqual([...source.slice(0, 3)], [10, 20, 30]);
  assert.equal(decoded, 1);
  await run({}, 'b');
  assert.equal(decoded, 2);
});
