import assert from 'node:assert/strict';
import test from 'node:test';
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
