import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MASK, MODEL, POLYGON } from '../../../static/src/workers/format.js';
import { FINE, LINES, makeStyle, maskCanvas, paintShape } from '../../../static/src/workers/paint.js';
import { packLabels } from '../../../static/src/editor/view/pack.js';
import { label, polygon, recorder } from '../view/samples.js';

globalThis.ImageData ??= /** @type {any} */ (class {
  constructor(width, height) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
});

const STYLE = makeStyle([200, 0, 0], [255, 255, 255], { fill: 0.2, outlines: false });
const AT = { scale: 2, dx: 10, dy: 20, ratio: 1, width: 100, height: 100 };
const numbers = (l) => packLabels([l], { slot: () => 0, rank: () => 0, concept: () => 0, flags: () => 0, classes: new Map() }).data;

/** Draws a row and returns the calls. */
function painted(row, level = FINE) {
  const canvas = recorder(100, 100);
  paintShape(/** @type {any} */ (canvas.getContext()), { flags: 0, box: [0, 0, 1, 1], boxAt: 0, at: 0, ...row }, STYLE, AT, {
    level, schemas: [], mask: () => /** @type {any} */ ({ width: 3, height: 2 }),
  });
  return canvas.calls;
}

/** The mask image as rows of 0 and 1. */
function bits(mask, box) {
  let data = new Uint8ClampedArray(0);
  const canvas = maskCanvas(numbers(label('m', { shape: 'mask', mask, box })), 0, [1, 2, 3], (width, height) => /** @type {any} */ ({
    width, height, getContext: () => ({ putImageData: (image) => (data = image.data) }),
  }));
  return Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_, x) => (data[4 * (y * canvas.width + x) + 3] ? 1 : 0)).join(''));
}

test('a polygon is filled even-odd, part by part, and stroked twice: halo, then color', () => {
  const ring = (x) => [[x, 0], [x + 9, 0], [x + 9, 9]];
  const data = numbers(polygon('a', [[ring(0), ring(2)], [ring(40)]]));
  const calls = painted({ kind: POLYGON, data });
  assert.deepEqual(calls.filter(([name]) => name === 'moveTo').map((c) => c.slice(1)), [[10, 20], [14, 20], [90, 20]]);
  assert.deepEqual(calls.filter(([name]) => name === 'fill').map((c) => c[1]), ['evenodd', 'evenodd']);
  assert.equal(calls.filter(([name]) => name === 'stroke').length, 4);
  assert.deepEqual(painted({ kind: POLYGON, data }, LINES).map(([name]) => name).filter((n) => n === 'fill' || n === 'stroke'), ['stroke', 'stroke']);
});

test('points nearer than half a pixel are not drawn one by one', () => {
  const ring = Array.from({ length: 100 }, (_, i) => [i / 100, 0]);
  assert.ok(painted({ kind: POLYGON, data: numbers(polygon('a', [[ring]])) }).length < 15);
});

test('what a model made is dashed', () => {
  const canvas = recorder(9, 9);
  const g = /** @type {any} */ (canvas.getContext());
  const dashes = [];
  g.setLineDash = (dash) => dashes.push(dash);
  paintShape(g, { kind: 0, flags: MODEL, box: [0, 0, 5, 5], boxAt: 0, data: new Float64Array(0), at: 0 }, STYLE, AT, { schemas: [], mask: () => /** @type {any} */ (null) });
  assert.deepEqual(dashes, [[7, 4], []]);
});

test('the runs of a mask become pixels', () => {
  assert.deepEqual(bits([2, 2, 5, 1], [10, 20, 13, 22]), ['011', '010']);
});

test('a mask above the pixel limit is rendered at a lower resolution', () => {
  const rows = bits([1, 8000 * 3000, 8000 * 3000 + 1, 4000], [0, 0, 8000, 6000]);
  assert.deepEqual([rows.length, rows[0].length], [3000, 4000]);
  assert.equal(rows[1499], '1'.repeat(4000));
  assert.equal(rows[1500], '1'.repeat(2000) + '0'.repeat(2000));
  assert.equal(rows[1501], '0'.repeat(4000));
});

test('only the part of a mask that is on the canvas is drawn', () => {
  const data = numbers(label('m', { shape: 'mask', mask: [1, 6], box: [0, 0, 3, 2] }));
  const [call] = painted({ kind: MASK, data }).filter(([name]) => name === 'drawImage');
  assert.deepEqual(call.slice(2), [0, 0, 3, 2, 10, 20, 6, 4]);
  assert.equal(painted({ kind: MASK, data: numbers(label('m', { shape: 'mask', mask: [1, 6], box: [900, 0, 903, 2] })) }).length, 0);
});
