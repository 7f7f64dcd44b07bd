import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effect } from '@preact/signals-core';
import * as commands from '../../../static/src/editor/commands.js';
import { toWire } from '../../../static/src/editor/store/fields.js';
import { stepsOf } from '../../../static/src/editor/store/steps.js';
import { uuid7 } from '../../../static/src/editor/store/uuid.js';
import { label, open, watch } from './world.js';

const ids = (store) => [...store.order()];

test('labels are drawn by z, time and id', () => {
  const store = open([label('b'), label('a'), label('top', { z: 3 }), label('old', { created_at: '2025-01-01T00:00:00.000Z' })]);
  assert.deepEqual(ids(store), ['old', 'a', 'b', 'top']);
});

test('a created label is on top of all, selected or not, and comes in one patch', () => {
  const store = open([label('a', { z: 7 })]);
  const patches = watch(store);
  const delta = commands.createLabel(store, { concept: 'c1', shape: 'box', box: [1, 1, 5, 5], tool: 'box' });
  store.commit(delta);
  assert.deepEqual(ids(store), ['a', delta.label_id]);
  assert.deepEqual(patches, [{ changed: [delta.label_id], removed: [], meta: [], reset: false, reordered: false, remote: false }]);
  const made = store.labels.get(delta.label_id);
  assert.deepEqual([made.z, made.tool, made.origin, made.created_by, made.revision], [8, 'bbox', 'human', 'ann', 0]);
});

test('a change of geometry copies neither labels nor order', () => {
  const store = open(Array.from({ length: 10000 }, (_, i) => label(`l${String(i).padStart(5, '0')}`)));
  const { labels } = store;
  const order = store.order();
  const untouched = labels.get('l00042');
  store.commit(commands.updateLabel(store, 'l05000', { box: [1, 1, 2, 2] }));
  assert.equal(store.labels, labels);
  assert.equal(store.order(), order);
  assert.equal(labels.get('l00042'), untouched);
});

test('listeners are not called when nothing changes', () => {
  const store = open([label('a')]);
  const patches = watch(store);
  store.commit(commands.updateLabel(store, 'a', { box: [0, 0, 10, 10] }));
  store.commit([null, commands.updateLabel(store, 'missing', { box: [0, 0, 1, 1] })]);
  store.commit(commands.deleteLabels(store, ['missing']));
  assert.deepEqual([patches.length, store.canUndo.value], [0, false]);
});

test('the version signal runs effects again after a change', () => {
  const store = open([label('a')]);
  let runs = 0;
  const end = effect(() => {
    runs += store.version.value >= 0 ? 1 : 0;
  });
  store.commit(commands.deleteLabels(store, ['a']));
  assert.equal(runs, 2);
  end();
});

test('a listener that fails keeps no other from being called, and nothing from being saved', (context) => {
  const store = open([label('a')]);
  context.mock.method(console, 'error', () => {});
  store.onPatch(() => {
    throw new Error('a broken view');
  });
  const patches = watch(store);
  store.commit(commands.deleteLabels(store, ['a']));
  assert.equal(patches.length, 1);
  assert.equal(console.error.mock.callCount(), 1);
});

test('several changes in one commit are one step of undo', () => {
  const store = open([label('a'), label('b')]);
  store.commit([...commands.deleteLabels(store, ['a']), commands.updateLabel(store, 'b', { concept: 'c2' })]);
  assert.equal(store.undo(), true);
  assert.deepEqual([store.labels.size, store.labels.get('b').concept], [2, 'c1']);
  assert.equal(store.canUndo.value, false);
  store.redo();
  assert.deepEqual([store.labels.size, store.labels.get('b').concept], [1, 'c2']);
});

test('a new step ends redo; a change that is not captured is no step', () => {
  const store = open([label('a')]);
  store.commit(commands.updateLabel(store, 'a', { concept: 'c2' }));
  store.undo();
  assert.equal(store.canRedo.value, true);
  store.commit(commands.updateLabel(store, 'a', { z: 4 }), { capture: 'never' });
  assert.equal(store.canRedo.value, true);
  store.commit(commands.updateLabel(store, 'a', { box: [0, 0, 5, 5] }));
  assert.equal(store.canRedo.value, false);
  store.undo();
  assert.deepEqual([store.labels.get('a').z, store.canUndo.value], [4, false]);
});

test('nudges with the same key within half a second are one step', (context) => {
  context.mock.timers.enable({ apis: ['Date'] });
  const store = open([label('a'), label('b')]);
  const nudge = (id) => store.commit(commands.nudge(store, [id], 1, 0), { merge: 'nudge' });
  nudge('a');
  context.mock.timers.tick(400);
  nudge('a');
  context.mock.timers.tick(400);
  nudge('a');
  context.mock.timers.tick(600);
  nudge('a');
  nudge('b');
  const steps = [];
  while (store.canUndo.value) {
    store.undo();
    steps.push([store.labels.get('a').box[0], store.labels.get('b').box[0]]);
  }
  assert.deepEqual(steps, [[4, 0], [3, 0], [0, 0]]);
});

test('undo of a deletion brings the same label back under its id', () => {
  const polygon = label('a', { shape: 'polygon', points: [[[[0.1, 0.2], [5, 0], [5, 5]]]], z: 3, origin: 'model', score: 0.25 });
  const store = open([polygon, label('b')]);
  store.commit(commands.deleteLabels(store, ['a']));
  store.undo();
  assert.deepEqual({ ...store.labels.get('a'), revision: 1 }, polygon);
  assert.deepEqual(ids(store), ['b', 'a']);
});

test('tags and status are set, undone and named by the project', () => {
  const store = open();
  store.commit(commands.setTag(store, 't1', false));
  store.commit(commands.setStatus(store, 'Second look'));
  assert.deepEqual([[...store.tags.value], store.status.value], [[], { id: 's2', name: 'Second look', base: 'IN PROGRESS' }]);
  store.undo();
  store.undo();
  assert.deepEqual([[...store.tags.value], store.status.value.name], [['t1'], 'NEW']);
  assert.deepEqual(commands.setTag(store, 't1', true), []);
});

test('the reason of a rejection goes with it, and not with its undo', () => {
  const [delta] = commands.setStatus(open(), 'Second look', 'Too loose');
  const entry = { media: 'm', id: 'e', at: 0, merge: null, deltas: [delta], undone: false };
  const sent = (direction, now) => stepsOf(entry, direction, { status: () => now }).map((step) => toWire({ op_id: 'o', delta: step.delta }, null));
  assert.equal(toWire({ op_id: 'o', delta }, null).reason, 'Too loose');
  assert.deepEqual(sent('undo', 'Second look').map(({ status, reason }) => [status, reason]), [['NEW', undefined]]);
  assert.deepEqual(sent('redo', 'NEW').map(({ status, reason }) => [status, reason]), [['Second look', 'Too loose']]);
});

test('selection holds only labels that are there, in the order of selecting', () => {
  const store = open([label('a'), label('b'), label('c')]);
  store.select(['c', 'a', 'nobody']);
  assert.deepEqual([...store.selection.value], ['c', 'a']);
  const before = store.selection.value;
  store.select(['c', 'a']);
  assert.equal(store.selection.value, before, 'the same selection is not told again');
  store.select(['b', 'c'], 'toggle');
  assert.deepEqual([...store.selection.value], ['a', 'b']);
  store.hover.value = 'a';
  store.commit(commands.deleteLabels(store, ['a']));
  assert.deepEqual([...store.selection.value], ['b']);
  assert.equal(store.hover.value, null);
});

test('locked labels and viewers cannot edit', () => {
  const store = open([label('a'), label('b')]);
  store.setLocked(['a'], true);
  assert.deepEqual([store.isEditable('a'), store.isEditable('b'), store.isEditable('missing')], [false, true, false]);
  store.display.value = { ...store.display.value, lockAll: true, hideAll: true };
  assert.deepEqual([store.isEditable('b'), store.isHidden('b')], [false, true]);
  assert.equal(open([label('a')], { may: { label: false, status: [], reason: 'Look only.' } }).isEditable('a'), false);
});

test('concepts are sorted by order; digit k is the k-th that labels may have', () => {
  const store = open();
  assert.deepEqual(store.regionConcepts.value.map((c) => c.id), ['c1', 'c2']);
  assert.deepEqual(store.mediaConcepts.value.map((c) => c.id), ['t1']);
  assert.equal(store.activeConcept.value, 'c1');
  assert.equal(store.concept(null), undefined);
});

test('ids sort in the order of making', () => {
  const made = Array.from({ length: 5000 }, uuid7);
  assert.deepEqual(made, [...made].sort());
  assert.equal(new Set(made).size, made.length);
  for (const id of made.slice(0, 50)) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('nudges with a change by someone else between them are two steps', () => {
  const store = open([label('a')]);
  const nudge = () => store.commit(commands.nudge(store, ['a'], 1, 0), { merge: 'nudge' });
  nudge();
  store.commit(commands.updateLabel(store, 'a', { box: [1, 0, 31, 10] }), { capture: 'never' });
  nudge();
  store.undo();
  assert.deepEqual(store.labels.get('a').box, [1, 0, 31, 10]);
});
