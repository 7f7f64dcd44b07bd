/** Suggestions: which are open, what decisions and events make of them. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { acceptSuggestion, rejectSuggestions } from '../../../static/src/editor/commands.js';
import { toWire } from '../../../static/src/editor/store/fields.js';
import { createInner, showState } from '../../../static/src/editor/store/store.js';
import { boot } from './world.js';

const NEW = { id: 's1', name: 'NEW', base: 'NEW' };
const STATE = { media: { id: 'm', width: 100, height: 80, status: NEW }, seq: 5, head: 5, labels: [], tags: [], may: { label: true, status: [], reason: '' }, position: null, filter: {} };
const one = (id, score, more = {}) => ({ id, concept: 'c1', box: [1, 2, 3, 4], shape: 'box', points: null, mask: null, score, model: 'M', is_rejected: false, ...more });

function shown() {
  const inner = createInner(boot, { client: 'me' });
  showState(inner, STATE, [], []);
  const media = inner.core.mediaId;
  inner.store.setSuggestions(media, [one('a', 0.9), one('b', 0.6), one('c', 0.2), one('d', 0.8, { is_rejected: true })]);
  return { ...inner, media, ids: (list) => list.map(({ id }) => id).join('') };
}

test('what is open and reaches the threshold is shown', () => {
  const { store, ids } = shown();
  assert.equal(ids(store.openSuggestions.value), 'abc');
  assert.equal(ids(store.suggestions.value), 'ab');
  store.threshold.value = 0.1;
  assert.equal(ids(store.suggestions.value), 'abc');
  store.setSuggestions('another', []);
  assert.equal(ids(store.suggestions.value), 'abc');
});

test('accepting is a label of the same id; undo opens the suggestion again', () => {
  const { store, ids } = shown();
  store.commit(acceptSuggestion(store, store.suggestions.value[0]));
  assert.equal(ids(store.suggestions.value), 'b');
  const label = store.labels.get('a');
  assert.deepEqual([label.origin, label.score, label.created_by, label.tool], ['model', 0.9, store.boot.user.id, 'object_detection']);
  store.undo();
  assert.equal(ids(store.suggestions.value), 'ab');
  store.redo();
  assert.equal(ids(store.suggestions.value), 'b');
});

test('a rejection is undone, acknowledged, and goes to the server by its id', () => {
  const { core, store, ids } = shown();
  const ops = [];
  core.sink = { add: (list) => ops.push(...list), write() {} };
  store.commit(rejectSuggestions(store, ['a']));
  assert.equal(ids(store.suggestions.value), 'b');
  const { prediction, is_rejected } = toWire(ops[0], null);
  assert.deepEqual([prediction, is_rejected], ['a', true]);
  core.acknowledged(ops[0], undefined, 7);
  assert.equal(ids(store.suggestions.value), 'b');
  store.undo();
  assert.equal(ids(store.suggestions.value), 'ab');
  assert.equal(toWire(ops[1], null).is_rejected, false);
});

test('a rejection is undone before the list is read again', () => {
  const { core, store } = shown();
  store.commit(rejectSuggestions(store, ['a']));
  core.suggestions.reset();
  store.undo();
  assert.equal(core.suggestions.isRejected('a'), false);
});
