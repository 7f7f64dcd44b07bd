import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCamera } from '../../../static/src/editor/view/camera.js';
import { placeTags, shortened } from '../../../static/src/editor/view/tags.js';
import { box } from './samples.js';

const CAMERA = makeCamera({ zoom: 1, x: 200, y: 150 }, 400, 300, 1);
const tag = (label, isForced = false) => ({ label, text: 'Car', fill: '', ink: '', isForced });
const place = (...tags) => placeTags(tags, CAMERA, () => 40).map(({ x, y, tag: { label } }) => [label.id, x, y]);

test('a tag is drawn above its shape, inside the stage', () => {
  assert.deepEqual(place(tag(box('a', [100, 100, 200, 150]))), [['a', 99, 79]]);
  assert.deepEqual(place(tag(box('top', [100, 0, 200, 150]))), [['top', 99, 3]]);
  assert.deepEqual(place(tag(box('left', [-50, 100, 200, 150]))), [['left', 2, 79]]);
  assert.deepEqual(place(tag(box('all', [-500, -500, 900, 900]))), [['all', 2, 2]]);
  assert.deepEqual(place(tag(box('missing', [500, 100, 600, 150]))), []);
});

test('tags give way to those before them, unless they must be shown', () => {
  const [a, b] = [box('a', [100, 100, 200, 150]), box('b', [110, 102, 220, 150])];
  assert.deepEqual(place(tag(a), tag(b)).map(([id]) => id), ['a']);
  assert.deepEqual(place(tag(a), tag(b, true)).map(([id]) => id), ['a', 'b']);
});

test('shapes narrower than their tag have one only when they must', () => {
  const small = box('s', [100, 100, 108, 108]);
  assert.deepEqual(place(tag(small)), []);
  assert.equal(place(tag(small, true)).length, 1);
});

test('a long name is cut with an ellipsis, its score is not', () => {
  const measure = (text) => [...text].length * 10;
  assert.equal(shortened('Car', ' 91 %', measure), 'Car 91 %');
  assert.equal(shortened('Pedestrian crossing', '', measure), 'Pedestrian cros…');
  assert.equal(shortened('Pedestrian crossing', ' 91 %', measure), 'Pedestrian… 91 %');
  assert.equal(shortened('🚗'.repeat(30), '', measure), `${'🚗'.repeat(15)}…`);
  assert.equal(shortened('Car', ' 91 %', () => 999), 'C… 91 %');
});
