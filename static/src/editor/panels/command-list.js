/** All commands of the page: those of the key map and the panels' own; their keys as words. What they do is in commands.js. */
import { t } from '../i18n.js';
import { COMMANDS, keysOf, shownKeys } from '../keymap.js';

/** @import {Command} from '../keymap.js' */
/** @import {App} from './app' */

/** Commands of the panels that the key map does not have. @type {readonly Command[]} */
export const OWN_COMMANDS = Object.freeze([
  { id: 'palette', scope: 'all', group: 'page', keys: ['Ctrl+K'], text: () => t('Find a class, a command or an image'), always: true },
  { id: 'details', scope: 'sel', group: 'objects', keys: ['Enter'], text: () => t('To the chosen object’s details') },
  { id: 'tags', scope: 'all', group: 'page', keys: ['J'], text: () => t('Tags of the image') },
]);

export const ALL_COMMANDS = Object.freeze([...COMMANDS, ...OWN_COMMANDS]);

/** The first keys of a command as words: "Ctrl Shift Z"; empty when it has none. @param {string} id */
export function keyText(id) {
  const keys = OWN_COMMANDS.find((one) => one.id === id)?.keys ?? keysOf(id);
  return keys.length ? shownKeys(keys[0]).map((key) => (key === 'Enter' ? '⏎' : key)).join(' ') : '';
}

/** The list the person came from, with its filter. @param {App} app */
export const backTo = ({ boot }) => boot.urls.media_page + (boot.filter ? `?${boot.filter}` : '');
