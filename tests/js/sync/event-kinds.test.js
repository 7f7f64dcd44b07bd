import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EVENT_KINDS, eventKind, mediaOf } from '../../../static/src/event-kinds.js';

test('the table equals the catalogue of the server', () => {
  const fixture = new URL('../../../fixtures/events/kinds.json', import.meta.url);
  assert.deepEqual(EVENT_KINDS, JSON.parse(readFileSync(fixture, 'utf8')));
});

test('an unknown kind has no effect', () => {
  assert.deepEqual(eventKind('of.tomorrow').effects, []);
});

test('media are named by the event, by ids or by briefs of new ones', () => {
  assert.deepEqual(mediaOf({ media: 'a', after: { media: ['b'] } }), ['a']);
  assert.deepEqual(mediaOf({ after: { media: ['a', 'b'] } }), ['a', 'b']);
  assert.deepEqual(mediaOf({ after: { media: [{ id: 'a' }] } }), ['a']);
  assert.equal(mediaOf({ after: { what: 'merge' } }), null);
  assert.equal(mediaOf({}), null);
});
