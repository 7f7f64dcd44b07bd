/** The image adjustments of a person in a project: which there are, their limits, whether they are shown now. Draws nothing. */
import { computed, signal } from '@preact/signals-core';
import { CHANNELS, NEUTRAL, isNeutral } from '../../../workers/tones.js';

/** @import {Adjustments} from '../../../workers/tones.js' */

/** The sliders: least, most and step of each. */
export const SLIDERS = Object.freeze(/** @type {const} */ ({
  brightness: [-100, 100, 1],
  contrast: [-100, 100, 1],
  gamma: [0.2, 5, 0.05],
  saturation: [-100, 100, 1],
  clahe: [0, 10, 0.5],
}));

/** What was stored, as far as it makes sense. @param {unknown} stored @returns {Adjustments} */
export function saneAdjustments(stored) {
  const given = /** @type {Partial<Adjustments>} */ (stored && typeof stored === 'object' ? stored : {});
  const made = { ...NEUTRAL, invert: given.invert === true, channel: CHANNELS.includes(given.channel ?? '') ? given.channel ?? '' : '' };
  for (const [name, [least, most]] of Object.entries(SLIDERS)) {
    const key = /** @type {keyof typeof SLIDERS} */ (name);
    const value = given[key];
    if (typeof value === 'number' && Number.isFinite(value)) made[key] = Math.min(most, Math.max(least, value));
  }
  return made;
}

/** The gamma of a place of its slider, which is even in factors: the middle is 1. @param {number} place -100 to 100 */
export const gammaAt = (place) => Math.round(100 * 5 ** (place / 100)) / 100;

/** @param {number} gamma */
export const placeOfGamma = (gamma) => Math.round((100 * Math.log(gamma)) / Math.log(5));

/**
 * @param {{signal: import('@preact/signals-core').Signal<import('../settings.js').Settings>, set(change: Partial<import('../settings.js').Settings>): void}} settings
 * @param {string} project whose images are adjusted alike
 */
export function createAdjust(settings, project) {
  /** What was chosen, compared by value: other settings change nothing here. */
  const text = computed(() => JSON.stringify(saneAdjustments(settings.signal.value.adjust[project])));
  const chosen = computed(() => /** @type {Adjustments} */ (JSON.parse(text.value)));
  const isSet = computed(() => !isNeutral(chosen.value));
  const isOn = signal(true);
  const isOpen = signal(false);
  const put = (/** @type {Adjustments} */ next) => {
    const all = { ...settings.signal.peek().adjust, [project]: next };
    if (isNeutral(next)) delete all[project];
    settings.set({ adjust: all });
    isOn.value = true;
  };
  return {
    chosen,
    isSet,
    /** False while the original is shown for comparison. */
    isOn,
    /** Whether the panel is shown. */
    isOpen,
    /** What the stage shows now; null: the original. */
    shown: computed(() => (isSet.value && isOn.value ? chosen.value : null)),
    /** @param {Partial<Adjustments>} change */
    set(change) { put(saneAdjustments({ ...chosen.peek(), ...change })); },
    reset() { put(NEUTRAL); },
  };
}
