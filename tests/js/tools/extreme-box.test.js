import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlineOf } from '../../../static/src/editor/geom/frame.js';
import { thereAndBack } from '../../../static/src/editor/geom/polyline.js';
import { numbersOf, withNumber } from '../../../static/src/editor/typed-geometry.js';
import { box, polygon } from '../view/samples.js';
import { stageWith } from './world.js';

test('four points in any order make the box around them; Backspace takes one back', () => {
  const { store, use, last, said } = stageWith();
  const { tool, click, press } = use('extreme_box');
  click(50, 10);
  click(99, 99);
  tool.back();
  click(20.4, 40);
  click(60, 70.6);
  assert.equal(store.labels.size, 0);
  click(90, 30);
  assert.deepEqual([last().box, last().shape, last().tool], [[20, 10, 90, 71], 'box', 'bbox']);
  for (let n = 0; n < 4; n++) click(5, 5);
  assert.equal(said.at(-1), 'Too small: a box must be at least 2 × 2 px');
  tool.leave();
  press('ArrowRight');
  press('Enter');
  assert.equal(tool.isDrawing, true);
  assert.equal(tool.cancel(), true);
  assert.equal(store.labels.size, 1);
});

test('with Alt a first point outside the selected polygon begins another part of it', () => {
  const { store, use } = stageWith([polygon('a', [[[[0, 0], [40, 0], [40, 40], [0, 40]]]])]);
  store.select(['a']);
  const { click, press } = use('polygon');
  for (const [x, y] of [[60, 10], [90, 10], [90, 120]]) click(x, y, { alt: true });
  press('Enter');
  const { points, box: around } = /** @type {any} */ (store.labels.get('a'));
  assert.deepEqual(points[0], [[[0, 0], [40, 0], [40, 40], [0, 40]]]);
  assert.equal(points.length, 2);
  assert.deepEqual(around, [0, 0, 90, 100], 'cut at the border');
  assert.equal(store.labels.size, 1);
  store.undo();
  assert.equal(store.labels.get('a')?.points?.length, 1);
});

test('typed numbers move, resize and turn a shape to the very value', () => {
  const plain = box('a', [10, 20, 40, 60]);
  assert.deepEqual(numbersOf(plain), { x: 10, y: 20, w: 30, h: 40 });
  assert.deepEqual(withNumber(plain, 'x', 12.5)?.box, [12.5, 20, 42.5, 60]);
  assert.deepEqual(withNumber(plain, 'h', 7)?.box, [10, 20, 40, 27]);
  assert.equal(withNumber(plain, 'w', 0), null);
  assert.equal(withNumber(plain, 'w', NaN), null);
  const line = { ...polygon('l', thereAndBack([[0, 0], [10, 20]])), shape: 'polyline' };
  assert.deepEqual(withNumber(line, 'w', 30)?.points, thereAndBack([[0, 0], [30, 20]]));
  const turned = { ...polygon('r', outlineOf('rotated_box', { x: 50, y: 50, w: 40, h: 20, angle: Math.PI / 2 })), shape: 'rotated_box' };
  assert.deepEqual(numbersOf(turned), { x: 40, y: 30, w: 40, h: 20, angle: 90 });
  assert.deepEqual(withNumber(turned, 'w', 50)?.box, [40, 30, 60, 80]);
  assert.deepEqual(withNumber(turned, 'angle', 0)?.box, [30, 40, 70, 60]);
  const mask = { ...box('m', [0, 0, 2, 2]), shape: 'mask', mask: [1, 4] };
  assert.deepEqual([numbersOf(mask), withNumber(mask, 'x', 5)?.box, withNumber(mask, 'w', 5)], [{ x: 0, y: 0 }, [5, 0, 7, 2], null]);
});
