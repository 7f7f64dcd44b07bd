import assert from 'node:assert/strict';
import test from 'node:test';
import * as commands from '../../../../static/src/editor/commands.js';
import { announceSteps } from '../../../../static/src/editor/panels/notices/steps.js';
import { goBackTo } from '../../../../static/src/editor/panels/side/history.js';
import { createInner, showState } from '../../../../static/src/editor/store/store.js';
import { boot, label } from '../../store/world.js';

/** A store with labels and steps of an earlier visit, and what was said of its steps. */
function start(labels, deltas = []) {
  const inner = createInner(/** @type {any} */ (boot));
  const media = { id: 'm', width: 100, height: 80, status: { id: 's1', name: 'NEW', base: 'NEW' } };
  const may = { label: true, status: [], reason: '' };
  const entries = deltas.map((delta, i) => ({ media: 'm', id: `e${i}`, at: 0, merge: null, undone: false, deltas: [delta] }));
  showState(inner, /** @type {any} */ ({ media, seq: 5, labels, tags: [], may, position: null }), [], /** @type {any} */ (entries));
  const said = [];
  announceSteps(inner.store, (text) => said.push(text));
  return { store: inner.store, said };
}

/** A step of an earlier visit. */
const earlier = (before, after) => ({ kind: 'label', op_id: 'o', media: 'm', label_id: 'a', at: '', before, after });

/** What was said once the task is over. */
const told = async (said) => {
  await Promise.resolve();
  return said.splice(0);
};

test('undo and redo name what they did', async () => {
  const { store, said } = start([label('a')]);
  store.commit(commands.deleteLabels(store, ['a']));
  store.undo();
  assert.deepEqual(await told(said), ['Undone: c1 deleted']);
  store.redo();
  assert.deepEqual(await told(said), ['Redone: c1 deleted']);
});

test('a step of many objects and a status are named', async () => {
  const { store, said } = start([label('a'), label('b')]);
  store.commit(commands.setConcept(store, ['a', 'b'], 'c2'));
  store.commit(commands.setStatus(store, 'Second look'));
  store.undo();
  assert.deepEqual(await told(said), ['Undone: Status set to Second look']);
  store.undo();
  assert.deepEqual(await told(said), ['Undone: Class of 2 objects changed']);
});

test('several steps at once are counted', async () => {
  const { store, said } = start([label('a'), label('b'), label('c')]);
  for (const id of ['a', 'b', 'c']) store.commit(commands.deleteLabels(store, [id]));
  goBackTo(store, store.history.peek(), -1);
  assert.deepEqual(await told(said), ['3 steps undone']);
});

test('what someone else changed since is asked, not called undone', async () => {
  const { store, said } = start([label('a', { box: [5, 5, 9, 9] })], [earlier({ box: [0, 0, 10, 10] }, { box: [1, 1, 11, 11] })]);
  store.undo();
  assert.deepEqual(await told(said), ['Someone changed this object since. Decide whether to keep their change.']);
});

test('a step of which someone left nothing says so', async () => {
  const { store, said } = start([], [earlier(null, label('a'))]);
  store.undo();
  assert.deepEqual(await told(said), ['Nothing left to undo here: someone changed it since']);
});
