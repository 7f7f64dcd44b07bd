import assert from 'node:assert/strict';
import test from 'node:test';
import { setStrings, t } from '../../../static/src/i18n.js';

test('texts are translated when the page brought a translation', () => {
  setStrings({ 'Saved {n} s ago': 'Vor {n} s gesichert' });
  assert.equal(t('Saved {n} s ago', { n: 4 }), 'Vor 4 s gesichert');
  assert.equal(t('toString'), 'toString');
  assert.equal(t('{a} of {b}', { a: 1 }), '1 of {b}');
  setStrings(null);
});
