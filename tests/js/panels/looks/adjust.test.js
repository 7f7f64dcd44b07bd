import assert from 'node:assert/strict';
import test from 'node:test';
import { createAdjust, gammaAt, placeOfGamma, saneAdjustments } from '../../../../static/src/editor/panels/looks/adjust-model.js';
import { createSettings } from '../../../../static/src/editor/panels/settings.js';
import { NEUTRAL } from '../../../../static/src/workers/tones.js';

test('stored adjustments are limited, what makes no sense is neutral', () => {
  assert.deepEqual(saneAdjustments(null), NEUTRAL);
  assert.deepEqual(saneAdjustments({ brightness: 900, contrast: 'x', gamma: 0, invert: 1, channel: 'violet', clahe: Number.NaN, junk: 1 }), { ...NEUTRAL, brightness: 100, gamma: 0.2 });
  assert.deepEqual(saneAdjustments({ channel: 'luma', invert: true }), { ...NEUTRAL, channel: 'luma', invert: true });
});

test('the slider of gamma has 1 in its middle', () => {
  assert.deepEqual([-100, 0, 100].map(gammaAt), [0.2, 1, 5]);
  for (const place of [-100, -37, 0, 12, 100]) assert.equal(placeOfGamma(gammaAt(place)), place);
});

test('adjustments are kept by project, compared with the original, and reset', () => {
  const held = new Map();
  const storage = /** @type {any} */ ({ getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value) });
  const settings = createSettings('anna', storage);
  const [one, other] = [createAdjust(settings, 'p'), createAdjust(settings, 'q')];
  one.set({ contrast: 40 });
  assert.deepEqual([one.shown.value?.contrast, other.shown.value], [40, null]);
  const before = one.shown.value;
  settings.set({ fill: 0.7 });
  assert.equal(one.shown.value, before, 'other settings change nothing here');
  one.isOn.value = false;
  assert.equal(one.shown.value, null);
  one.set({ gamma: 2 });
  assert.deepEqual([one.isOn.value, one.shown.value?.contrast, one.shown.value?.gamma], [true, 40, 2]);
  assert.equal(createAdjust(createSettings('anna', storage), 'p').chosen.value.gamma, 2);
  one.reset();
  assert.deepEqual([one.shown.value, settings.value.adjust], [null, {}]);
});
