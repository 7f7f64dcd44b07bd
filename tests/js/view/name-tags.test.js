import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCamera } from '../../../static/src/editor/view/camera.js';
import { EditLayer } from '../../../static/src/editor/view/edit-layer.js';
import { box, storeWith } from './samples.js';

/** A layer over some labels on a canvas that counts measurements and keeps the texts of tags. */
function layerOver(labels) {
  const store = storeWith(labels);
  const counts = { measured: 0 };
  const texts = [];
  const own = {
    measureText: (text) => {
      counts.measured += 1;
      return { width: text.length * 6 };
    },
    fillText: (text) => texts.push(text),
  };
  const g = new Proxy(own, { get: (target, name) => target[name] ?? (() => {}), set: () => true });
  const layer = new EditLayer(/** @type {any} */ ({
    canvas: { getContext: () => g, style: {} },
    store,
    painter: { lookOf: () => ({ style: { stroke: '' }, ink: '' }), paint() {} },
    shapes: { shown: null, serial: 0 },
    query: () => labels.map(({ id }) => id),
  }));
  return { store, layer, counts, texts };
}

const CAMERA = makeCamera({ zoom: 1, x: 100, y: 50 }, 200, 100, 1);

test('the text of a tag is measured once, not in every frame', () => {
  const { layer, counts, texts } = layerOver([box('a', [10, 30, 90, 50]), box('b', [10, 70, 90, 90])]);
  layer.draw(CAMERA);
  const first = counts.measured;
  assert.ok(first > 0);
  for (let i = 0; i < 10; i += 1) layer.draw(CAMERA);
  assert.equal(counts.measured, first);
  assert.equal(texts.length, 22);
});

test('name tags that are switched off are not drawn', () => {
  const { store, layer, counts, texts } = layerOver([box('a', [10, 30, 90, 50])]);
  store.display.value = { ...store.display.peek(), names: false };
  layer.draw(CAMERA);
  assert.deepEqual([texts, counts.measured], [[], 0]);
});
