import assert from 'node:assert/strict';
import { test } from 'node:test';
import Flatbush from 'flatbush';
import { createLabel, deleteLabels, reorder, updateLabel } from '../../../static/src/editor/commands.js';
import { HIDDEN, KEEP_RANK } from '../../../static/src/workers/format.js';
import { Table } from '../../../static/src/workers/table.js';
import { Catalog } from '../../../static/src/editor/view/catalog.js';
import { box, polygon, random, storeWith } from './samples.js';

function start(labels) {
  const store = storeWith(labels);
  const sent = [];
  const catalog = new Catalog(store, (message) => sent.push(message));
  catalog.takeConcepts();
  catalog.reset();
  store.onPatch((patch) => catalog.apply(patch));
  return { store, sent, catalog };
}

const LABELS = [box('a', [0, 0, 10, 10]), box('b', [20, 20, 30, 30], { z: 1, concept: 'c2' }), box('c', [5, 5, 25, 25], { z: 2, concept: 'missing' })];
const ask = (catalog, ...rect) => catalog.query(...rect).sort();

test('all labels are sent in draw order with their classes; a deleted class has a place of its own', () => {
  const { sent } = start(LABELS);
  assert.equal(sent[0].type, 'load');
  assert.deepEqual([...sent[0].pack.rank], [0, 1, 2]);
  assert.deepEqual([...sent[0].pack.concept], [0, 2, 3]);
});

test('labels are found before the index arrives, with it, and after changes', () => {
  const { store, catalog } = start(LABELS);
  assert.deepEqual(ask(catalog, 6, 6, 8, 8), ['a', 'c']);
  const index = new Flatbush(3);
  for (const label of LABELS) index.add(...label.box);
  index.finish();
  catalog.takeIndex({ data: /** @type {ArrayBuffer} */ (index.data), items: Uint32Array.of(0, 1, 2), version: catalog.version });
  assert.equal(catalog.loose.size, 0);
  assert.deepEqual(ask(catalog, 6, 6, 8, 8), ['a', 'c']);
  store.commit(/** @type {any} */ (updateLabel(store, 'a', { box: [100, 0, 110, 10] })));
  assert.deepEqual(ask(catalog, 6, 6, 8, 8), ['c']);
  assert.deepEqual(ask(catalog, 105, 5, 106, 6), ['a']);
  store.commit(deleteLabels(store, ['c']));
  assert.deepEqual(ask(catalog, 0, 0, 500, 500), ['a', 'b']);
  store.setHidden(['b'], true);
  assert.deepEqual(ask(catalog, 0, 0, 500, 500), ['a']);
});

test('an index of the previous image is ignored', () => {
  const { store, catalog } = start(LABELS);
  const old = catalog.version;
  catalog.reset();
  catalog.takeIndex({ data: null, items: new Uint32Array(0), version: old });
  assert.deepEqual(ask(catalog, 0, 0, 50, 50), ['a', 'b', 'c']);
  assert.equal(store.labels.size, 3);
});

test('a new label on top gets the next rank; one below needs a new order of all', () => {
  const { store, sent } = start(LABELS);
  store.commit(createLabel(store, { id: 'd', concept: 'c0', shape: 'box', box: [1, 1, 3, 3] }));
  assert.deepEqual([sent[1].type, ...sent[1].pack.rank], ['patch', 3]);
  store.commit(createLabel(store, { id: 'e', concept: 'c0', shape: 'box', box: [1, 1, 3, 3], z: -5 }));
  assert.deepEqual(sent.slice(2).map((m) => m.type), ['patch', 'order']);
  assert.deepEqual([...sent[3].slots], [4, 0, 1, 2, 3]);
});

test('a changed label keeps its rank; flags follow what is hidden', () => {
  const { store, sent, catalog } = start(LABELS);
  store.commit(/** @type {any} */ (updateLabel(store, 'b', { box: [1, 1, 9, 9] })));
  assert.deepEqual([...sent[1].pack.rank], [KEEP_RANK]);
  store.setHidden(['b'], true);
  catalog.sendFlags(['b', 'nobody']);
  assert.deepEqual([sent[2].type, [...sent[2].slots], [...sent[2].flags]], ['flags', [1], [HIDDEN]]);
});

test('after any history the worker has what the store has, in its order', () => {
  const next = random(3);
  const { store, sent, catalog } = start(LABELS);
  const table = new Table();
  const feed = () => {
    for (const m of sent.splice(0)) {
      if (m.type === 'load') table.load(m.pack);
      if (m.type === 'patch') table.patch(m.pack, m.removed);
      if (m.type === 'order') table.reorder(m.slots);
    }
  };
  feed();
  for (let step = 0; step < 300; step++) {
    const ids = [...store.labels.keys()];
    const id = ids[Math.floor(next() * ids.length)];
    const at = Math.floor(next() * 90);
    const what = next();
    if (what < 0.3) store.commit(createLabel(store, { concept: 'c1', shape: 'box', box: [at, 0, at + 5, 5], ...(next() < 0.3 ? { z: at - 40 } : {}) }));
    else if (what < 0.5 && id) store.commit(/** @type {any} */ (updateLabel(store, id, { box: [at, at, at + 3, at + 3] })) ?? []);
    else if (what < 0.65 && id) store.commit(deleteLabels(store, [id]));
    else if (what < 0.8 && id) store.commit(reorder(store, new Set([id]), next() < 0.5 ? 1 : -1));
    else if (what < 0.95) store.undo();
    else catalog.reset();
    feed();
    const drawn = [...table.query(-1e9, -1e9, 1e9, 1e9, new Set())].map((slot) => catalog.ids[slot]);
    assert.deepEqual(drawn, [...store.order()], `step ${step}`);
    for (const label of store.labels.values()) {
      const slot = /** @type {number} */ (catalog.slots.get(label.id));
      assert.deepEqual([...table.box.subarray(4 * slot, 4 * slot + 4)], label.box);
    }
  }
});

test('polygons are found by the box of their points', () => {
  const { catalog } = start([polygon('p', [[[[10, 10], [40, 12], [20, 30]]]])]);
  assert.deepEqual(ask(catalog, 39, 11, 41, 13), ['p']);
  assert.deepEqual(ask(catalog, 41, 31, 42, 32), []);
});
