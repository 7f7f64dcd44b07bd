/** Restoring what was before one change of the history. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { restoreChange } from '../../../static/src/editor/restoring.js';
import { label, open } from './world.js';

const at = (x) => [x, 0, x + 10, 10];

test('a change gives only its own fields back', () => {
  const store = open([label('a', { box: at(50), concept: 'c2' })]);
  store.commit(restoreChange(store, { kind: 'labels.changed', before: [label('a', { box: at(1) })], after: [label('a', { box: at(5) })] }));
  const { box, concept } = store.labels.get('a');
  assert.deepEqual([box, concept], [at(1), 'c2']);
  store.undo();
  assert.deepEqual(store.labels.get('a').box, at(50));
});

test('what was added goes, what was deleted comes back with its id', () => {
  const store = open([label('new')]);
  store.commit(restoreChange(store, { kind: 'labels.changed', before: [label('old', { box: at(3) })], after: [label('new')] }));
  assert.deepEqual([...store.labels.keys()], ['old']);
  assert.deepEqual(store.labels.get('old').box, at(3));
});

test('nothing is left to do for what is as it was, and for classes that are gone', () => {
  const store = open([label('a')]);
  const after = label('a', { box: at(5) });
  assert.deepEqual(restoreChange(store, { kind: 'labels.changed', before: [label('a')], after: [after] }), []);
  assert.deepEqual(restoreChange(store, { kind: 'labels.changed', before: [label('b', { concept: 'gone' })], after: [] }), []);
});

test('values of attributes that are still there are set again', () => {
  const store = open([label('a')]);
  store.attributes.value = [{ id: 'x', concepts: {}, options: [] }];
  const [delta, ...more] = restoreChange(store, { kind: 'attribute_values.changed', before: { a: { x: 3, y: 1 }, gone: { x: 1 } }, after: {} });
  assert.deepEqual([delta.subject, delta.attribute, delta.after, more.length], ['a', 'x', 3, 0]);
});
