import assert from 'node:assert/strict';
import test from 'node:test';
import { hueOf, initialsOf } from '../../../static/src/editor/panels/names.js';

test('initials and hue are those the server makes', () => {
  assert.equal(initialsOf('Anna Maria Keller'), 'AK');
  assert.equal(initialsOf('anna.keller'), 'AK');
  assert.equal(initialsOf('Mei'), 'ME');
  assert.equal(initialsOf('  '), '?');
  assert.equal(hueOf('00000000-0000-0000-0000-000000000169'), 361 % 360);
  assert.equal(hueOf('not an id'), 240);
});
