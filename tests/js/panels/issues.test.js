import assert from 'node:assert/strict';
import test from 'node:test';
import { signal } from '@preact/signals-core';
import { Issues, mentionsIn, partsOf } from '../../../static/src/editor/panels/issues/issues-model.js';

const PEOPLE = [{ id: '1', name: 'Ann' }, { id: '2', name: 'Ann Smith (QA)' }, { id: '3', name: 'Max' }];

test('a comment mentions those that it names with @', () => {
  assert.deepEqual(mentionsIn('Look, @Max and Ann', PEOPLE), ['3']);
  assert.deepEqual(mentionsIn('mail max@example.org', PEOPLE), []);
});

test('names are marked, the longest one first, whatever signs they have', () => {
  assert.deepEqual(partsOf('See @Ann Smith (QA): @Max', PEOPLE).map((one) => [one.text, one.isMention]), [['See ', false], ['@Ann Smith (QA)', true], [': ', false], ['@Max', true]]);
  assert.deepEqual(partsOf('a+b', []), [{ text: 'a+b', isMention: false }]);
});

/** A page whose writes get the answers given, in order; an Error is a broken connection. */
function open(t, answers) {
  const sent = [];
  globalThis.document = { cookie: '', querySelector: () => null };
  t.mock.method(globalThis, 'fetch', async (url, options) => {
    if (!options.body) return Response.json({ items: [] });
    sent.push([url, JSON.parse(options.body)]);
    const answer = answers.shift();
    if (answer) throw answer;
    return Response.json({ items: [] });
  });
  t.after(() => { delete globalThis.document; });
  const boot = { urls: { issues: '/web/media/{id}/issues' }, people: PEOPLE };
  return { sent, issues: new Issues({ boot, store: { media: signal({ id: 'm1' }) }, session: { onEvent() {} } }) };
}

test('what had no answer is sent again under the same id', async (t) => {
  const { issues, sent } = open(t, [new TypeError('network'), null, null, new TypeError('network'), null]);
  await assert.rejects(issues.create('Whose car?', { x: 1, y: 2 }));
  const id = await issues.create('Whose car?', { x: 1, y: 2 });
  assert.notEqual(await issues.create('Whose car?', { x: 1, y: 2 }), id);
  await assert.rejects(issues.comment(id, 'Mine'));
  await issues.comment(id, 'Mine');
  const ids = sent.map(([, body]) => body.id);
  assert.deepEqual([ids[0] === ids[1], ids[1] === ids[2], ids[3] === ids[4]], [true, false, true]);
});
