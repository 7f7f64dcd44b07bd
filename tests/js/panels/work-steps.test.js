import assert from 'node:assert/strict';
import test from 'node:test';
import { signal } from '@preact/signals-core';
import { changeStatus, createWorkSteps } from '../../../static/src/editor/panels/work-steps.js';

const statuses = ['NEW', 'IN PROGRESS', 'TO REVIEW', 'DONE', 'SKIPPED'].map((name) => ({ id: name, name, base: name }));
const submit = { primary: { kind: 'submit', status: 'TO REVIEW' }, skip: 'SKIPPED', reject: null, reopen: null, isFinished: false };

/** A page that shows image m1, with what `shown` says of the stage. */
function page({ shown = { media: 'm1', at: -1e6 }, current = 'm1', isPending = false, trouble = null, steps = submit } = {}) {
  const said = [];
  const committed = [];
  const store = {
    media: signal({ id: 'm1', name: 'a.jpg' }), status: signal(statuses[0]), statuses: signal(statuses), history: signal([]), attributes: signal([]),
    may: signal({ status: statuses.map((one) => one.name), label: true, reason: '' }),
    commit: (deltas, how) => committed.push([deltas[0].after, deltas[0].reason, how.capture]),
  };
  const app = {
    store, stage: { drawing: { finishOrKeep() {} } }, film: { current: signal(current) }, stepper: { isPending, go() {} }, shown: signal(shown), trouble: signal(trouble),
    steps: signal(steps), announce: (text) => said.push(text),
  };
  return { take: createWorkSteps(/** @type {any} */ (app)), app, store, said, committed };
}

for (const [what, how] of Object.entries({
  'another one loads': { shown: null },
  'the one before is still on the stage': { shown: { media: 'm0', at: 0 } },
  'somebody went on': { current: 'm2' },
  'a step to the next waits': { isPending: true },
})) {
  test(`no image is submitted or skipped while ${what}`, () => {
    const { take, said, committed } = page(how);
    assert.equal(take('submit'), true, 'the key is used');
    assert.equal(take('skip'), true);
    assert.deepEqual([committed, said.length], [[], 2]);
    assert.match(said[0], /not shown yet/);
  });
}

test('an image that cannot be shown is not finished', () => {
  const { take, said, committed } = page({ trouble: { status: -1, text: '' } });
  take('submit');
  assert.deepEqual(committed, []);
  assert.match(said[0], /cannot be shown/);
});

test('what there is no step for is not taken, and a held key takes none', () => {
  const { take, committed } = page();
  assert.equal(take('accept'), false);
  assert.equal(take('reject'), false);
  assert.equal(take('submit', { isRepeat: true }), true);
  assert.deepEqual(committed, []);
});

test('a status that the person may not set back is no step of undo', () => {
  const { app, store, committed } = page();
  store.may.value = { ...store.may.value, moves: { 'IN PROGRESS': ['NEW'], 'TO REVIEW': ['DONE'] } };
  changeStatus(/** @type {any} */ (app), 'IN PROGRESS', 'Too loose');
  store.status.value = statuses[3];
  changeStatus(/** @type {any} */ (app), 'IN PROGRESS');
  changeStatus(/** @type {any} */ (app), 'TO REVIEW');
  assert.deepEqual(committed, [['IN PROGRESS', 'Too loose', 'now'], ['IN PROGRESS', undefined, 'never'], ['TO REVIEW', undefined, 'now']]);
});
