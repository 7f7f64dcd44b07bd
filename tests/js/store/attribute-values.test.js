import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { createInner, showState } from '../../../static/src/editor/store/store.js';
import { chosenIn, offersFor, parsed, shared, valueText, withOption } from '../../../static/src/editor/panels/side/attributes-model.js';
import { nextBatch } from '../../../static/src/editor/sync/saving/queue.js';
import { stepWords } from '../../../static/src/editor/panels/side/history.js';
import { boot, label } from './world.js';

const attribute = (id, kind, more = {}) => ({
  id, name: id, kind, subject: 'LABEL', description: '', is_required: false, default: null, minimum: null, maximum: null, options: [], concepts: { c1: 0 }, ...more,
});
const COLORS = attribute('colors', 'MULTIPLE-SELECTION', { options: [{ id: 'r', value: 'Red' }, { id: 'g', value: 'Green' }] });
const COUNT = attribute('count', 'INT', { default: 2, minimum: 0, maximum: 9 });

function open({ labels = [label('a'), label('b')], values = {}, attributes = [COLORS, COUNT] } = {}) {
  const inner = createInner({ ...boot, attributes });
  const ops = [];
  inner.core.sink = { add: (made) => ops.push(...made), write() {} };
  const state = {
    media: { id: 'm', width: 100, height: 80, status: { id: 's1', name: 'NEW', base: 'NEW' } }, seq: 5, head: 5, labels, tags: [], attribute_values: values,
    may: { label: true, status: [], reason: '' }, position: null, filter: {},
  };
  showState(inner, state, [], []);
  return { ...inner, ops, state };
}
const event = (seq, after) => ({ seq, kind: 'attribute_values.changed', media: 'm', client: 'other', before: {}, after });
const box = { concept: 'c1', shape: 'box', box: [0, 0, 5, 5], tool: 'box' };

test('a value is shown at once, sent, undone and redone', () => {
  const { store, ops } = open();
  store.commit(commands.setValue(store, 'a', 'count', 3));
  assert.equal(store.valueOf('a', 'count'), 3);
  assert.deepEqual(ops.map((op) => op.delta.after), [3]);
  store.undo();
  assert.equal(store.valueOf('a', 'count'), null);
  store.redo();
  assert.deepEqual(ops.map((op) => op.delta.after), [3, null, 3]);
});

test('a label that a person makes gets the defaults of its class in the same step', () => {
  const { store, ops } = open();
  const made = commands.createLabel(store, box);
  store.commit(made);
  assert.equal(store.valueOf(made.label_id, 'count'), 2);
  assert.equal(store.history.peek().length, 1);
  store.undo();
  assert.deepEqual(ops.map((op) => op.delta.kind), ['label', 'value', 'label']);
  store.redo();
  assert.equal(store.valueOf(made.label_id, 'count'), 2);
  const other = commands.createLabel(store, { ...box, concept: 'c2' });
  store.commit(other);
  assert.equal(store.valueOf(other.label_id, 'count'), null);
});

test('a deleted label gets its values back by undo, also after the server has dropped them', () => {
  const { store, core, ops } = open({ values: { a: { count: 7, colors: ['g'] } } });
  store.commit(commands.deleteLabels(store, ['a']));
  assert.deepEqual(ops.map((op) => op.delta.kind), ['label']);
  core.applyEvent(event(6, { a: {} }));
  assert.equal(stepWords(store.history.peek()[0].deltas, store).text, 'c1 deleted');
  store.undo();
  assert.equal(store.valueOf('a', 'count'), 7);
  assert.deepEqual(store.valueOf('a', 'colors'), ['g']);
  assert.deepEqual(ops.slice(1).map((op) => op.delta.kind).sort(), ['label', 'value', 'value']);
  for (const op of ops) core.acknowledged(op, 9, op.delta.kind === 'value' ? 9 : 8);
  core.applyEvent(event(7, { a: {} }));
  assert.equal(store.valueOf('a', 'count'), 7, 'an event from before the undo');
});

test('copies have the values of what was copied, not defaults', () => {
  const { store } = open({ values: { a: { count: 7 } } });
  const { deltas, values } = commands.duplicate(store, new Set(['a', 'b']));
  store.commit([...deltas, ...values]);
  assert.deepEqual(deltas.map((one) => store.valueOf(one.label_id, 'count')), [7, null]);
  store.copy([store.labels.get('a')]);
  const pasted = commands.paste(store, store.clipboard.peek().labels, { a: { ...store.clipboard.peek().values.a, elsewhere: 1 } });
  assert.deepEqual(pasted.values.map((one) => [one.attribute, one.after]), [['count', 7]]);
});

test('events of others change values, older ones than an answer do not', () => {
  const { store, core, ops } = open({ values: { a: { count: 1 } } });
  const before = store.valuesVersion.peek();
  core.applyEvent(event(6, { a: { count: 4 }, m: { count: 5 } }));
  assert.deepEqual([store.valueOf('a', 'count'), store.valueOf('m', 'count')], [4, 5]);
  assert.ok(store.valuesVersion.peek() > before);
  store.commit(commands.setValue(store, 'a', 'count', 8));
  core.applyEvent(event(7, { a: { count: 6 } }));
  assert.equal(store.valueOf('a', 'count'), 8, 'unacknowledged changes stay on top');
  core.acknowledged(ops[0], undefined, 9);
  core.applyEvent(event(8, { a: { count: 6 } }));
  assert.equal(store.valueOf('a', 'count'), 8);
  assert.equal(store.undo(), true);
  core.applyEvent(event(10, { a: { count: null } }));
});

test('undo leaves what somebody changed since', () => {
  const { store, core, ops } = open();
  store.commit(commands.setValue(store, 'a', 'count', 8));
  core.acknowledged(ops[0], undefined, 6);
  core.applyEvent(event(7, { a: { count: 3 } }));
  store.undo();
  assert.equal(store.valueOf('a', 'count'), 3);
});

test('a value waits for the label that is not on the server', () => {
  const create = { op_id: '1', delta: { kind: 'label', label_id: 'n', before: null, after: {} }, parked: null };
  const value = { op_id: '2', delta: { kind: 'value', subject: 'n', attribute: 'count', before: null, after: 1 }, parked: null };
  const other = { ...value, op_id: '3', delta: { ...value.delta, subject: 'a' } };
  assert.deepEqual(nextBatch([create, value, other]).map((op) => op.op_id), ['1', '2', '3']);
  assert.deepEqual(nextBatch([{ ...create, parked: { why: 'rejected' } }, value, other]).map((op) => op.op_id), ['3']);
  const gone = { ...create, op_id: '0', delta: { ...create.delta, before: {}, after: null } };
  assert.deepEqual(nextBatch([gone, create, value]).map((op) => op.op_id), ['0']);
});

test('several labels show what they share and where they differ', () => {
  const { store } = open({ values: { a: { count: 7, colors: ['r', 'g'] }, b: { count: 7, colors: ['g'] } } });
  const labels = [...store.labels.values()];
  const [colors, count] = offersFor([COLORS, { ...COUNT, concepts: { c1: 4 } }], labels);
  assert.deepEqual(shared(count, store), { value: 7, isMixed: false });
  assert.deepEqual(shared(colors, store), { value: null, isMixed: true });
  assert.deepEqual(['r', 'g'].map((id) => chosenIn(colors, id, store)), ['some', 'all']);
  assert.deepEqual(offersFor([COLORS], [label('x', { concept: 'c2' })]), []);
});

test('typed text becomes a value or says what is wrong', () => {
  assert.deepEqual(parsed(COUNT, ' 4 '), { value: 4 });
  assert.deepEqual(parsed(COUNT, ''), { value: null });
  assert.deepEqual(parsed(COUNT, '1.5'), { error: 'Enter a whole number.' });
  assert.deepEqual(parsed(COUNT, '12'), { error: 'Enter a number from 0 to 9.' });
  assert.deepEqual(parsed(attribute('f', 'FLOAT', { minimum: 1 }), '1,25'), { value: 1.25 });
  assert.deepEqual(parsed(attribute('t', 'TEXT'), ' plate 7 '), { value: 'plate 7' });
  assert.deepEqual(withOption(COLORS, ['g'], 'r', true), ['r', 'g']);
  assert.equal(withOption(COLORS, ['g'], 'g', false), null);
  assert.equal(valueText(COLORS, ['r', 'x']), 'Red, deleted');
});
