import assert from 'node:assert/strict';
import test from 'node:test';
import { ngettext, setStrings, t, timeOfDay } from '../../../static/src/i18n.js';

/** Texts without a page are English. */
globalThis.document ??= /** @type {any} */ ({ documentElement: { lang: 'en' } });

test('texts are translated when the page brought a translation', () => {
  setStrings({ 'Saved {n} s ago': 'Vor {n} s gesichert' });
  assert.equal(t('Saved {n} s ago', { n: 4 }), 'Vor 4 s gesichert');
  assert.equal(t('toString'), 'toString');
  assert.equal(t('{a} of {b}', { a: 1 }), '1 of {b}');
  setStrings(null);
});

test('a count selects the form of a text, in English without a translation', () => {
  assert.equal(ngettext('{n} object', '{n} objects', 1), '1 object');
  assert.deepEqual([0, 2, 1204].map((n) => ngettext('{n} object', '{n} objects', n)), ['0 objects', '2 objects', '1,204 objects']);
  assert.equal(ngettext('{name}: {n} point', '{name}: {n} points', 3, { name: 'Box' }), 'Box: 3 points');
});

test('a language with three forms gets the one of its own rule', () => {
  const [one, few, many] = ['{n} obiekt', '{n} obiekty', '{n} obiektów'];
  // as the server makes them, for 0, 1, 2, 3, 5, 6, 11, 100 and 1,000,000
  setStrings({ '{n} object': [many, one, few, few, many, many, many, many, many] });
  const { document } = globalThis;
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: 'pl' } });
  assert.deepEqual([1, 3, 5, 12, 22, 25].map((n) => ngettext('{n} object', '{n} objects', n)), ['1 obiekt', '3 obiekty', '5 obiektów', '12 obiektów', '22 obiekty', '25 obiektów']);
  globalThis.document = document;
  setStrings(null);
});

test('a time of day is written as the language of the page writes it', () => {
  const { document } = globalThis;
  const at = new Date(2024, 10, 16, 15, 5);
  assert.match(timeOfDay(at), /^0?3:05\s?PM$/);
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: 'de' } });
  assert.equal(timeOfDay(at), '15:05');
  globalThis.document = document;
});
