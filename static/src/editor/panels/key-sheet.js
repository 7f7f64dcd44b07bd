/** The sheet of keys on `?`, made from the key map: it cannot say anything else than what works. */
import { t } from '../i18n.js';
import { h } from '../../ui/dom.js';
import { showDialog } from '../../ui/dialog.js';
import { shownKeys } from '../keymap.js';

/** @import {Command} from '../keymap.js' */

const GROUPS = /** @type {const} */ (['tools', 'classes', 'drawing', 'objects', 'go', 'view', 'page']);

/** @param {string} group */
function groupName(group) {
  switch (group) {
    case 'tools': return t('Tools');
    case 'classes': return t('Classes');
    case 'drawing': return t('While drawing');
    case 'objects': return t('Objects');
    case 'go': return t('Images');
    case 'view': return t('View');
    default: return t('Page');
  }
}

/** What the mouse does; the key map cannot know. @returns {[string, string[]][]} */
function mouseKeys() {
  return [
    [t('Zoom at the pointer'), [t('Wheel')]],
    [t('Move the picture'), [t('Middle button')]],
    [t('Choose what lies under a drawing tool'), ['Ctrl', t('Click')]],
    [t('Next of the objects under the pointer'), ['Alt', t('Click')]],
    [t('Close a polygon'), [t('Double click')]],
    [t('Hole in the chosen polygon'), ['Alt', t('Click')]],
    [t('Delete a point'), ['Alt', t('Click')]],
  ];
}

/** @param {string} name @param {readonly string[]} keys */
function line(name, keys) {
  return [h('dt', { text: name }), h('dd', {}, ...keys.map((key) => h('kbd', { class: 'kbd', text: key })))];
}

/** Digits are one line, not ten. @param {readonly Command[]} commands */
function linesOf(commands) {
  const isDigit = (/** @type {Command} */ one) => /^class\.\d+$/.test(one.id);
  const lines = commands.filter((one) => !isDigit(one)).flatMap((one) => line(one.text(), alternatives(one.keys)));
  return commands.some(isDigit) ? [...line(t('Class by its digit'), ['1', '…', '9', '0']), ...lines] : lines;
}

/** @param {readonly string[]} keys "Ctrl+Y" and others that do the same @returns {string[]} */
function alternatives(keys) {
  return keys.map((one) => shownKeys(one).join(' '));
}

/** @param {readonly Command[]} commands */
export function showKeySheet(commands) {
  if (document.querySelector('dialog.dialog[open]')) return;
  const sections = GROUPS.map((group) => {
    const own = commands.filter((one) => one.group === group && one.keys.length);
    return own.length ? h('section', {}, h('h3', { text: groupName(group) }), h('dl', {}, ...linesOf(own))) : null;
  });
  const mouse = h('section', {}, h('h3', { text: t('Mouse') }), h('dl', {}, ...mouseKeys().flatMap(([name, keys]) => line(name, keys))));
  showDialog({ title: t('Keys'), wide: true, body: h('div', { class: 'key-list' }, ...sections, mouse) });
}
