import assert from 'node:assert/strict';
import test from 'node:test';
import { mediaOf, troubleOf } from '../../../../static/src/editor/panels/filmstrip/navigate.js';

test('the id of the image is read from the address', () => {
  assert.equal(mediaOf('/label/01a20156-409a-7429-a771-05b04cd22d70/'), '01a20156-409a-7429-a771-05b04cd22d70');
  assert.equal(mediaOf('/projects/'), null);
});

test('a failed load explains what to do', () => {
  for (const status of [0, 401, 403, 404, 500]) assert.ok(troubleOf({ status }).text.length > 20);
  assert.equal(troubleOf({ status: 404, message: 'It was deleted.' }).text, 'It was deleted.');
});
