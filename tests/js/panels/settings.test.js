import assert from 'node:assert/strict';
import test from 'node:test';
import { clampBrush, clampWidth, createSettings, nextBrush, sane } from '../../../static/src/editor/panels/settings.js';

test('valid settings are taken over, others are replaced by defaults or limits', () => {
  assert.deepEqual(sane(null), sane({}));
  assert.equal(sane({ sideWidth: 9999, fill: 'x', tab: 'tags', junk: 1 }).sideWidth, 480);
  assert.equal(sane({ fill: -3 }).fill, 0);
  assert.equal(sane({ tab: 'tags' }).tab, 'tags');
  assert.ok(!('junk' in sane({ junk: 1 })));
  assert.equal(clampWidth(Number.NaN), 320);
  assert.deepEqual(sane({ digits: { p: { 1: 'a' }, q: null, r: { 2: 5 } } }).digits, { p: { 1: 'a' } });
  assert.deepEqual(sane({ digits: null }).digits, {});
  assert.deepEqual(['zoom', 'explode', 7].map((doubleClick) => sane({ doubleClick }).doubleClick), ['zoom', 'fit', 'fit']);
});

test('the brush has 1 to 1,000 pixels and changes by about a tenth', () => {
  assert.deepEqual([-5, 0, 1, 2.4, 1e6, Number.NaN].map(clampBrush), [1, 1, 1, 2, 1000, 20]);
  assert.deepEqual([1, 5, 20, 100, 1000].map((size) => [nextBrush(size, -1), nextBrush(size, 1)]), [[1, 2], [4, 6], [18, 22], [90, 110], [900, 1000]]);
  assert.equal(sane({ brushSize: 5000, brushPressure: false }).brushSize, 1000);
  assert.equal(sane({ brushPressure: false }).brushPressure, false);
});

test('settings are stored per person, also when storage throws', () => {
  const held = new Map();
  const storage = { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value) };
  createSettings('anna', storage).set({ fill: 0.5 });
  assert.equal(createSettings('anna', storage).value.fill, 0.5);
  assert.equal(createSettings('ben', storage).value.fill, 0.2);
  held.set('annotator:label:anna', '{broken');
  assert.equal(createSettings('anna', storage).value.fill, 0.2);
  const full = createSettings('anna', { getItem: () => null, setItem: () => { throw new Error('quota'); } });
  full.set({ fill: 0.7 });
  assert.equal(full.value.fill, 0.7);
});
