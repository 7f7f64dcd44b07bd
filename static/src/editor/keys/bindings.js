/** Which keys the commands have for this person: a preset, changed by their own choices. Kept with the account. */
import { computed, signal } from '@preact/signals-core';
import { collide, isChord, shownKeys } from '../keymap.js';
import { PRESETS } from './presets.js';

/** @import {Command} from '../keymap.js' */

/** @typedef {{preset: string, custom: Record<string, string[]>}} KeyChoice custom: command id to its keys, none for a command without */

/** Keys that stay: the editor itself relies on them, or ten commands share one line. */
const FIXED = /^(escape|pan\.hold|class\.\d+|bind\.\d+|(nudge|resize|cross)\..*|draw\..*)$/;
/** A browser never passes these on to a page. */
const OF_THE_BROWSER = new Set(['Ctrl+N', 'Ctrl+T', 'Ctrl+W', 'Ctrl+Shift+N', 'Ctrl+Shift+T', 'Ctrl+Shift+W', 'Ctrl+Tab', 'Ctrl+Shift+Tab', 'Alt+F4', 'F5', 'F12']);

/** @param {string} id */
export const isFixed = (id) => FIXED.test(id);

/** @param {string} keys */
export const isOfTheBrowser = (keys) => OF_THE_BROWSER.has(keys);

/** What was saved, as far as it makes sense with these commands. @param {unknown} saved @param {readonly Command[]} commands @returns {KeyChoice} */
export function saneChoice(saved, commands) {
  const given = /** @type {Partial<KeyChoice>} */ (saved && typeof saved === 'object' ? saved : {});
  const known = new Set(commands.map((one) => one.id));
  const custom = Object.entries(given.custom ?? {}).filter(([id, keys]) => known.has(id) && !isFixed(id) && Array.isArray(keys) && keys.every(isChord));
  return { preset: given.preset && given.preset in PRESETS ? given.preset : 'default', custom: Object.fromEntries(custom) };
}

/**
 * The commands with the keys chosen. Chosen keys come first: a command that keeps its usual keys loses those that they need.
 * @param {readonly Command[]} commands @param {KeyChoice} choice @returns {Command[]}
 */
export function bind(commands, { preset, custom }) {
  const own = { ...PRESETS[preset].keys, ...custom };
  const chosen = commands.filter((one) => one.id in own).map((one) => ({ ...one, keys: [...own[one.id]] }));
  return commands.map((one) => {
    if (!(one.id in own)) return { ...one, keys: one.keys.filter((keys) => !chosen.some((other) => collide(other, one, keys))) };
    const before = custom[one.id] ? [] : chosen.filter((other) => custom[other.id]);
    return { ...one, keys: own[one.id].filter((keys) => !before.some((other) => collide(other, one, keys))) };
  });
}

/** The first other command that the keys of `command` would mean too. @param {readonly Command[]} bound @param {Command} command */
export const ownerOf = (bound, command) => bound.find((other) => other.id !== command.id && other.keys.some((keys) => collide(command, other, keys)));

/**
 * @param {readonly Command[]} commands @param {unknown} saved as the server has it
 * @param {(choice: KeyChoice) => void} save
 */
export function createBindings(commands, saved, save) {
  const choice = signal(saneChoice(saved, commands));
  const bound = computed(() => bind(commands, choice.value));
  const byId = computed(() => new Map(bound.value.map((one) => [one.id, one])));
  const set = (/** @type {KeyChoice} */ next) => {
    choice.value = next;
    save(next);
  };
  return {
    choice,
    commands: bound,
    /** The first keys of a command as text: "Ctrl Shift Z"; empty when it has none. @param {string} id */
    text(id) {
      const keys = byId.value.get(id)?.keys[0];
      return keys ? shownKeys(keys).map((key) => (key === 'Enter' ? '⏎' : key)).join(' ') : '';
    },
    /** Starts from a preset again; own choices are dropped. @param {string} preset */
    usePreset(preset) { set({ preset, custom: {} }); },
    /** Gives keys to a command; the commands that had them lose them. @param {string} id @param {string[]} keys */
    assign(id, keys) {
      const { preset, custom } = choice.peek();
      const command = /** @type {Command} */ (byId.peek().get(id));
      const next = { ...custom, [id]: keys };
      for (const other of bound.peek()) {
        const left = other.keys.filter((one) => !keys.some((key) => collide({ ...command, keys: [key] }, other, one)));
        if (other.id !== id && left.length < other.keys.length) next[other.id] = left;
      }
      set({ preset, custom: next });
    },
    /** Gives a command its usual keys back, as far as no chosen ones need them. @param {string} id */
    reset(id) {
      const { preset, custom } = choice.peek();
      set({ preset, custom: Object.fromEntries(Object.entries(custom).filter(([other]) => other !== id)) });
    },
  };
}
