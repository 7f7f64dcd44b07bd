import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, inSight, makeCamera, toImage, toStage, wheelFactor, wheelWay, zoomedAt } from '../../../static/src/editor/view/camera.js';
import { gridStep } from '../../../static/src/editor/view/grid.js';

test('stage and image pixels are each other\'s inverse', () => {
  const c = makeCamera({ zoom: 2.5, x: 100, y: 50 }, 800, 600, 1);
  assert.deepEqual(toImage(c, 400, 300), [100, 50]);
  assert.deepEqual(toStage(c, 110, 60), [425, 325]);
  assert.deepEqual(toImage(c, ...toStage(c, 12.5, -7.25)), [12.5, -7.25]);
});

test('the canvas begins at the image point at the left edge, in device pixels', () => {
  const c = makeCamera({ zoom: 2, x: 100, y: 50 }, 801, 600, 1.5);
  assert.equal(c.deviceWidth, 1202);
  assert.equal(c.scale, 3);
  assert.equal(c.left, 100 - 601 / 3);
  assert.equal(c.top, -100);
});

test('zooming keeps the point under the pointer', () => {
  const before = makeCamera({ zoom: 1, x: 500, y: 400 }, 800, 600, 1);
  const point = toImage(before, 123, 456);
  const after = makeCamera(zoomedAt(before, 7.3, 123, 456), 800, 600, 1);
  const [px, py] = toStage(after, ...point);
  assert.ok(Math.abs(px - 123) < 1e-9 && Math.abs(py - 456) < 1e-9);
});

test('a box is fitted with padding, in the middle, and not enlarged beyond the limit', () => {
  assert.deepEqual(fitted([0, 0, 400, 100], 848, 600, 24), { zoom: 2, x: 200, y: 50 });
  assert.equal(fitted([10, 10, 12, 12], 800, 600, 24, 8).zoom, 8);
  assert.ok(fitted([0, 0, 100, 100], 60, 60, 24).zoom > 0.4);
  assert.ok(Number.isFinite(fitted([5, 5, 5, 5], 800, 600, 24, 64).zoom));
});

test('the wheel: down zooms out, lines count as pixels, a pinch is finer, large steps are limited', () => {
  const factor = (deltaY, deltaMode = 0, ctrlKey = false) => wheelFactor({ deltaY, deltaMode, ctrlKey });
  assert.ok(factor(100) < 1 && factor(-100) > 1);
  assert.ok(Math.abs(factor(100) * factor(-100) - 1) < 1e-12);
  assert.ok(Math.abs(factor(3, 1) - factor(99)) < 1e-12);
  assert.ok(factor(-5, 0, true) > factor(-5));
  assert.ok(factor(-1e6) <= Math.exp(0.7));
});

test('grid lines are every 1, 10, 100 image pixels, never too near', () => {
  assert.deepEqual([64, 12, 11, 1.2, 0.5, 0.01].map(gridStep), [1, 1, 10, 10, 100, 10000]);
});

test('a box is fitted above what stays free at the lower edge', () => {
  const image = /** @type {[number, number, number, number]} */ ([0, 0, 400, 400]);
  const view = fitted(image, 848, 648, 24, Infinity, 124);
  assert.equal(view.zoom, 500 / 400);
  const c = makeCamera(view, 848, 648, 1);
  assert.deepEqual([toStage(c, 0, 0)[1], toStage(c, 400, 400)[1]], [24, 524]);
  assert.deepEqual(fitted(image, 848, 648, 24, Infinity, 10), fitted(image, 848, 648, 24));
});

test('an image stays in sight: a quarter of the stage shows it, or all of it when it is smaller', () => {
  const image = { width: 1000, height: 500 };
  const corner = inSight({ zoom: 2, x: 9999, y: -9999 }, image, 800, 600);
  const c = makeCamera(corner, 800, 600, 1);
  assert.deepEqual(toStage(c, 1000, 0), [200, 450]);
  const small = makeCamera(inSight({ zoom: 0.1, x: -9999, y: 9999 }, image, 800, 600), 800, 600, 1);
  assert.deepEqual([...toStage(small, 1000, 0), ...toStage(small, 0, 500)].map(Math.round), [800, 0, 700, 50]);
  const inside = { zoom: 2, x: 0, y: 500 };
  assert.deepEqual(inSight(inside, image, 800, 600), inside);
});

test('Shift and two fingers pan, Ctrl zooms; the wheel alone does what is wanted', () => {
  const way = (/** @type {object} */ event, pans = false) => wheelWay({ deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false, ctrlKey: false, ...event }, pans);
  assert.equal(way({ deltaY: 100 }), null);
  assert.deepEqual(way({ deltaY: 100 }, true), [0, -100]);
  assert.deepEqual(way({ deltaY: 100, shiftKey: true }), [-100, 0]);
  assert.deepEqual(way({ deltaX: -3, deltaMode: 1, shiftKey: true }), [99, 0]); // browsers turn it sideways themselves
  assert.deepEqual(way({ deltaX: 5, deltaY: 7 }), [-5, -7]);
  assert.equal(way({ deltaY: 7, deltaX: 5, ctrlKey: true }, true), null);
});
