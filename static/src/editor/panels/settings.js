/** What a person set up for this browser: widths, tab, look. Stored under their id in localStorage; missing storage is no error. */
import { effect, signal } from '@preact/signals-core';
import { PALETTES } from '../store/palettes.js';
import { MOST_TOLERANCE } from '../store/store.js';

/**
 * @typedef {object} Settings
 * @property {number} sideWidth   px, 240 to 480
 * @property {string} tab         of the side panel
 * @property {number} fill        0..1, opacity of fills
 * @property {boolean} outlines
 * @property {boolean} names      name tags beside the shapes
 * @property {boolean} snap       points snap to neighbors
 * @property {boolean} crosshair  lines across the stage while something is drawn
 * @property {string} doubleClick  on free ground: 'fit', 'zoom', 'actual' or 'none'
 * @property {boolean} wheelPans  the wheel pans, and zooms with Ctrl
 * @property {string} colorBy  'class' or 'object'
 * @property {string} palette  of palettes.js; '': the colors of the classes
 * @property {boolean} keepView   next and previous keep zoom and place
 * @property {boolean} bare       panels hidden
 * @property {string} sort        of the object list
 * @property {number} brushSize     image pixels across, 1 to 1000
 * @property {boolean} brushPressure the pressure of a pen makes the brush smaller
 * @property {number} wandTolerance 0 to 254
 * @property {Record<string, Record<string, string>>} digits  class bound to a digit, by project
 * @property {Record<string, unknown>} adjust  image adjustments, by project
 * @property {Record<string, number>} thresholds  score from which suggestions are shown, by project
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({ sideWidth: 320, tab: 'objects', fill: 0.2, outlines: false, names: true, snap: false, crosshair: true, doubleClick: 'fit', wheelPans: false, colorBy: 'class', palette: '', keepView: false, bare: false, sort: 'number', brushSize: 20, brushPressure: true, wandTolerance: 20, digits: {}, adjust: {}, thresholds: {} });

/** What a double-click on free ground can do. */
export const DOUBLE_CLICKS = Object.freeze(['fit', 'zoom', 'actual', 'none']);

/** What was stored, as far as it makes sense. @param {unknown} stored @returns {Settings} */
export function sane(stored) {
  const given = /** @type {Record<string, unknown>} */ (stored && typeof stored === 'object' ? stored : {});
  const made = /** @type {Record<string, unknown>} */ ({ ...DEFAULTS });
  for (const [name, value] of Object.entries(DEFAULTS)) if (typeof given[name] === typeof value) made[name] = given[name];
  const settings = /** @type {Settings} */ (/** @type {unknown} */ (made));
  settings.sideWidth = clampWidth(settings.sideWidth);
  settings.fill = Number.isFinite(settings.fill) ? Math.min(1, Math.max(0, settings.fill)) : DEFAULTS.fill;
  settings.brushSize = clampBrush(settings.brushSize);
  settings.wandTolerance = clampTolerance(settings.wandTolerance);
  if (!DOUBLE_CLICKS.includes(settings.doubleClick)) settings.doubleClick = DEFAULTS.doubleClick;
  if (settings.colorBy !== 'object') settings.colorBy = 'class';
  if (!(settings.palette in PALETTES)) settings.palette = '';
  settings.adjust = { ...settings.adjust };
  settings.digits = Object.fromEntries(Object.entries(settings.digits ?? {}).filter(([, bound]) => bound && Object.values(bound).every((id) => typeof id === 'string')));
  settings.thresholds = Object.fromEntries(Object.entries(settings.thresholds ?? {}).filter(([, score]) => typeof score === 'number' && score >= 0 && score <= 1));
  return settings;
}

/** @param {number} size image pixels */
export const clampBrush = (size) => (Number.isFinite(size) ? Math.min(1000, Math.max(1, Math.round(size))) : DEFAULTS.brushSize);

/** The next size of the brush: about a tenth more or less, at least a pixel. @param {number} size @param {1 | -1} step */
export const nextBrush = (size, step) => clampBrush(size + step * Math.max(1, Math.round(size / 10)));

/** @param {number} tolerance of the wand */
export const clampTolerance = (tolerance) => (Number.isFinite(tolerance) ? Math.min(MOST_TOLERANCE, Math.max(0, Math.round(tolerance))) : DEFAULTS.wandTolerance);

/** The next tolerance: about a tenth more or less, at least 1. @param {number} tolerance @param {1 | -1} step */
export const nextTolerance = (tolerance, step) => clampTolerance(tolerance + step * Math.max(1, Math.round(tolerance / 10)));

/** @param {number} width px */
export const clampWidth = (width) => (Number.isFinite(width) ? Math.min(480, Math.max(240, Math.round(width))) : DEFAULTS.sideWidth);

/**
 * The settings as a signal that remembers itself.
 * @param {string} userId @param {Storage | null} [storage]
 */
export function createSettings(userId, storage = safeStorage()) {
  const key = `annotator:label:${userId}`;
  let stored = null;
  try {
    stored = JSON.parse(storage?.getItem(key) ?? 'null');
  } catch { /* broken or forbidden: the defaults do */ }
  const settings = signal(sane(stored));
  effect(() => {
    const text = JSON.stringify(settings.value);
    try {
      storage?.setItem(key, text);
    } catch { /* full or forbidden: it holds for this page */ }
  });
  return {
    signal: settings,
    get value() { return settings.value; },
    /** @param {Partial<Settings>} change */
    set(change) { settings.value = sane({ ...settings.peek(), ...change }); },
  };
}

function safeStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
