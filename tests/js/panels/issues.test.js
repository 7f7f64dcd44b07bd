import assert from 'node:assert/strict';
import test from 'node:test';
import { PendingIssues } from '../../../static/src/editor/store/pending-issues.js';
import { keyOf, toWire } from '../../../static/src/editor/store/fields.js';
import { withPending } from '../../../static/src/editor/panels/issues/pending.js';
import { mentionsIn, partsOf } from '../../../static/src/editor/panels/issues/issues-model.js';

const PEOPLE = [{ id: '1', name: 'Ann' }, { id: '2', name: 'Ann Smith (QA)' }, { id: '3', name: 'Max' }];

test('a comment mentions those that it names with @', () => {
  assert.deepEqual(mentionsIn('Look, @Max and Ann', PEOPLE), ['3']);
  assert.deepEqual(mentionsIn('mail max@example.org', PEOPLE), []);
});

test('names are marked, the longest one first, whatever signs they have', () => {
  assert.deepEqual(partsOf('See @Ann Smith (QA): @Max', PEOPLE).map((one) => [one.text, one.isMention]), [['See ', false], ['@Ann Smith (QA)', true], [': ', false], ['@Max', true]]);
  assert.deepEqual(partsOf('a+b', []), [{ text: 'a+b', isMention: false }]);
});

test('what was written is shown before the server has it, and not twice afterwards', () => {
  const ann = { id: '1', name: 'Ann' };
  const [media, at] = ['m', '2026-01-01T00:00:00.000Z'];
  const delta = (op_id, after) => ({ kind: 'issue', op_id, media, at, before: null, after });
  const opened = delta('o1', { issue: 'i', what: 'open', text: 'Whose car?', x: 1, y: 2, mentions: [] });
  const written = [opened, delta('o2', { issue: 'i', what: 'comment', comment: 'c', text: 'Mine', mentions: [] }), delta('o3', { issue: 'i', what: 'resolve', is_resolved: true })];
  const [issue, ...more] = withPending([], written, ann);
  assert.equal(more.length, 0);
  assert.deepEqual([issue.x, issue.is_resolved, issue.resolved_by, issue.comments.map((one) => one.text)], [1, true, ann, ['Whose car?', 'Mine']]);
  assert.deepEqual(withPending([issue], written, ann), [issue]);
  assert.equal(new Set(written.map(keyOf)).size, 3);
  assert.deepEqual(toWire({ op_id: 'o1', at, delta: opened }, null), { op_id: 'o1', at, ...opened.after });
});

test('what the server acknowledged stays until the list was fetched', () => {
  const pending = new PendingIssues();
  for (const op_id of ['a', 'b']) pending.local({ op_id });
  pending.acknowledged({ op_id: 'a' });
  assert.equal(pending.shown.value.length, 2);
  pending.fetched();
  assert.deepEqual(pending.shown.value.map((one) => one.op_id), ['b']);
});
