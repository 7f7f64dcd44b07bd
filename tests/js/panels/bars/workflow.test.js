import assert from 'node:assert/strict';
import test from 'node:test';
import { primaryWords, stepsFor } from '../../../../static/src/editor/panels/bars/workflow.js';

const BASES = ['NEW', 'IN PROGRESS', 'TO REVIEW', 'DONE', 'SKIPPED', 'AUTO-LABELLED', 'COMPLETED'];
const statuses = BASES.map((name) => ({ id: name, name, base: name }));
const status = (name) => statuses.find((one) => one.name === name);
const annotator = { label: true, status: ['IN PROGRESS', 'TO REVIEW', 'SKIPPED'], reason: '' };
const reviewer = { label: true, status: BASES, reason: '' };
const viewer = { label: false, status: [], reason: 'no' };

test('an annotator submits for review, a reviewer marks as done', () => {
  assert.deepEqual(stepsFor(status('IN PROGRESS'), annotator, statuses).primary, { kind: 'submit', status: 'TO REVIEW' });
  assert.deepEqual(stepsFor(status('NEW'), reviewer, statuses).primary, { kind: 'finish', status: 'DONE' });
  assert.equal(stepsFor(status('NEW'), annotator, statuses).skip, 'SKIPPED');
});

test('what waits for review is accepted or rejected by those who may', () => {
  const steps = stepsFor(status('TO REVIEW'), reviewer, statuses);
  assert.deepEqual([steps.primary, steps.reject], [{ kind: 'accept', status: 'DONE' }, 'IN PROGRESS']);
  const other = stepsFor(status('TO REVIEW'), annotator, statuses);
  assert.deepEqual([other.primary, other.reject, other.reopen], [null, null, 'IN PROGRESS']);
});

test('a finished image can only be reopened, and only by those who may', () => {
  assert.deepEqual(stepsFor(status('DONE'), reviewer, statuses), { primary: null, reject: null, skip: null, reopen: 'IN PROGRESS', isFinished: true });
  assert.equal(stepsFor(status('COMPLETED'), { ...annotator, status: [] }, statuses).reopen, null);
});

test('a viewer has no steps', () => {
  assert.deepEqual(stepsFor(status('NEW'), viewer, statuses), { primary: null, reject: null, skip: null, reopen: null, isFinished: false });
});

test("the project's plain status goes before its own ones of the same base", () => {
  const own = [{ id: 'x', name: 'Checked by Max', base: 'DONE' }, ...statuses];
  assert.equal(stepsFor(status('NEW'), { ...reviewer, status: [...BASES, 'Checked by Max'] }, own).primary.status, 'DONE');
  assert.equal(stepsFor(status('NEW'), { ...reviewer, status: ['Checked by Max'] }, own).primary.status, 'Checked by Max');
});

test('where review is required a reviewer submits too, and accepts', () => {
  const open = BASES.filter((name) => name !== 'DONE');
  const may = { ...reviewer, status: open, moves: Object.fromEntries(BASES.map((base) => [base, base === 'TO REVIEW' ? BASES : open])) };
  assert.deepEqual(stepsFor(status('NEW'), may, statuses).primary, { kind: 'submit', status: 'TO REVIEW' });
  assert.deepEqual(stepsFor(status('TO REVIEW'), may, statuses).primary, { kind: 'accept', status: 'DONE' });
});

test('an image that cannot be read is only skipped', () => {
  const may = { ...annotator, label: false, moves: { NEW: ['NEW', 'IN PROGRESS', 'SKIPPED'] } };
  const steps = stepsFor(status('NEW'), may, statuses);
  assert.deepEqual([steps.primary, steps.skip], [null, 'SKIPPED']);
});

test('the button says what it does', () => {
  assert.deepEqual(['submit', 'finish', 'accept'].map(primaryWords), ['Submit for review', 'Mark as done', 'Accept']);
});
