import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose, merge, same, toWire, without } from '../../../static/src/editor/store/fields.js';
import { label } from './world.js';

const delta = (before, after, op_id = 'o') => ({ kind: 'label', op_id, media: 'm', label_id: 'a', at: 't', before, after });

const CASES = [
  ['nothing of it changed meanwhile', { z: 0 }, { z: 4 }, {}, { kind: 'clean', before: { z: 0 }, after: { z: 4 } }],
  ['another group changed', { z: 0 }, { z: 4 }, { concept: 'c2' }, { kind: 'clean', before: { z: 0 }, after: { z: 4 } }],
  ['the same change', { concept: 'c1' }, { concept: 'c2' }, { concept: 'c2' }, { kind: 'equal' }],
  ['the same field otherwise', { concept: 'c1' }, { concept: 'c2' }, { concept: 'c3' }, { kind: 'clash', fields: ['concept'] }],
  ['half of it is there already', { concept: 'c1', z: 0 }, { concept: 'c2', z: 4 }, { concept: 'c2' }, { kind: 'clean', before: { z: 0 }, after: { z: 4 } }],
  [
    'geometry is one thing', { box: [0, 0, 10, 10], points: null }, { box: [0, 0, 4, 4], points: [[[[0, 0], [4, 0], [4, 4]]]] },
    { box: [0, 0, 7, 7] }, { kind: 'clash', fields: ['geometry'] },
  ],
];
for (const [name, before, after, theirs, expected] of CASES) {
  test(`merge: ${name}`, () => assert.deepEqual(merge(delta(before, after), label('a', theirs)), expected));
}

const BOXES = [
  ['different sides', [5, 0, 10, 10], [0, 0, 20, 10], [5, 0, 20, 10]],
  ['moves along different axes', [5, 0, 15, 10], [0, 3, 10, 13], [5, 3, 15, 13]],
  ['the same side to the same place', [5, 0, 10, 12], [5, 0, 20, 10], [5, 0, 20, 12]],
  ['one side twice', [0, 0, 15, 10], [0, 0, 20, 10], null],
  ['a move and a resize of one of its sides', [5, 5, 15, 15], [0, 0, 20, 10], null],
  ['sides that would pass each other', [8, 0, 10, 10], [0, 0, 6, 10], null],
];
for (const [name, mine, theirs, expected] of BOXES) {
  test(`merge of boxes: ${name}`, () => {
    const change = delta({ box: [0, 0, 10, 10] }, { box: mine });
    const merged = merge(change, label('a', { box: theirs }));
    const clean = { kind: 'clean', before: { box: theirs }, after: { box: expected } };
    assert.deepEqual(merged, expected ? clean : { kind: 'clash', fields: ['geometry'] });
    const points = [[[[0, 0], [4, 0], [4, 4]]]];
    assert.equal(merge(change, label('a', { box: theirs, shape: 'polygon', points })).kind, 'clash', 'only of plain boxes');
  });
}

test('merge: deletions', () => {
  const whole = label('a');
  assert.deepEqual(merge(delta(whole, null), null), { kind: 'equal' });
  assert.deepEqual(merge(delta({ z: 0 }, { z: 1 }), null), { kind: 'clash', fields: ['existence'] });
  assert.equal(merge(delta(whole, null), label('a', { z: 9, updated_at: 'later' })).kind, 'clean');
  assert.deepEqual(merge(delta(whole, null), label('a', { concept: 'c2' })), { kind: 'clash', fields: ['concept'] });
});

test('compose: two changes are one, a change and its inverse are none', () => {
  assert.deepEqual(compose(delta({ z: 0 }, { z: 1 }, 'o1'), delta({ z: 1 }, { z: 2 }, 'o2')), delta({ z: 0 }, { z: 2 }, 'o2'));
  assert.equal(compose(delta({ z: 0 }, { z: 1 }), delta({ z: 1 }, { z: 0 })), null);
  assert.deepEqual(compose(delta({ z: 0 }, { z: 1 }), delta({ concept: 'a' }, { concept: 'b' })), delta({ z: 0, concept: 'a' }, { z: 1, concept: 'b' }));
});

test('compose: with creation and deletion', () => {
  const made = label('a', { revision: 0 });
  assert.deepEqual(compose(delta(null, made), delta({ z: 0 }, { z: 3 })).after.z, 3);
  assert.equal(compose(delta(null, made), delta(made, null)), null);
  const deleted = compose(delta({ z: 0 }, { z: 5 }), delta(label('a', { z: 5 }), null));
  assert.deepEqual([deleted.before.z, deleted.after], [0, null]);
  assert.equal(compose(delta(label('a'), null), delta(null, made)), null, 'deleted and brought back as it was');
  assert.deepEqual(compose(delta(label('a'), null), delta(null, { ...made, z: 2 })), delta({ z: 0 }, { z: 2 }));
});

test('compose: a tag that is set and removed again is nothing', () => {
  const tag = (before, after) => ({ kind: 'tag', op_id: 'o', media: 'm', tag: 't', at: 't', before, after });
  assert.equal(compose(tag(false, true), tag(true, false)), null);
});

test('without: the groups that are dropped', () => {
  assert.deepEqual(without(delta({ z: 0, box: [0, 0, 1, 1] }, { z: 1, box: [0, 0, 2, 2] }), ['geometry']), delta({ z: 0 }, { z: 1 }));
  assert.equal(without(delta({ z: 0 }, { z: 1 }), ['z', 'existence']), null);
});

test('the request has the fields that changed, and of a new label all that the server accepts', () => {
  const op = (d) => ({ op_id: 'o', at: 't', media: 'm', delta: d });
  assert.deepEqual(toWire(op(delta({ z: 0 }, { z: 1 })), 7), { op_id: 'o', at: 't', label_id: 'a', base: 7, patch: { z: 1 } });
  assert.deepEqual(toWire(op(delta(label('a'), null)), 7), { op_id: 'o', at: 't', label_id: 'a', base: 7, patch: null });
  const made = toWire(op(delta(null, label('a', { revision: 0 }))), 7);
  assert.equal(made.base, null);
  const fields = ['box', 'concept', 'is_crowd', 'keypoints', 'mask', 'origin', 'points', 'score', 'shape', 'tool', 'z'];
  assert.deepEqual(Object.keys(made.patch).sort(), fields);
});

test('equality looks into everything', () => {
  assert.ok(same({ a: [1, { b: null }] }, { a: [1, { b: null }] }));
  assert.ok(!same([1, 2], [1, 2, 3]));
  assert.ok(!same({ a: undefined }, { b: undefined }));
  assert.ok(!same(0.1 + 0.2, 0.3));
  assert.ok(!same([], {}));
});
