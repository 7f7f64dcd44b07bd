/** The sheet of keys on `?`, made from the key map: so it lists exactly the keys that work. */
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { showDialog } from '../../../ui/dialog.js';
import { shownKeys } from '../../keymap.js';

/** @import {Command} from '../../keymap.js' */

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
    [t('Pan'), [t('Middle button')]],
    [t('Fit to window (on an empty area)'), [t('Double click')]],
    [t('Add to selection'), ['Shift', t('Click')]],
    [t('Select all in a rectangle'), [t('Drag')]],
    [t('Keep a box square'), ['Shift', t('Drag')]],
    [t('Select while drawing'), ['Ctrl', t('Click')]],
    [t('Cycle overlapping objects'), ['Alt', t('Click')]],
    [t('Draw a freehand polygon'), [t('Drag')]],
    [t('Close a polygon'), [t('Double click')]],
    [t('Add a point (on the outline)'), [t('Click')]],
    [t('Hole in the selected polygon'), ['Alt', t('Click')]],
    [t('Delete a point'), ['Alt', t('Click')]],
  ];
}

/** @param {string} name @param {readonly string[]} keys */
function line(name, keys) {
  return [h('dt', { text: name }), h('dd', {}, ...keys.map((key) => h('kbd', { class: 'kbd', text: key })))];
}

const WAYS = /^(nudge|resize|cross)\.(?:left|right|up|down)(\.10)?$/;

/** Four ways are one line. @param {string} what @param {boolean} isTen */
function waysName(what, isTen) {
  if (what === 'nudge') return isTen ? t('Move by 10 pixels') : t('Move by 1 pixel');
  if (what === 'cross') return isTen ? t('Crosshair by 10 pixels') : t('Crosshair by 1 pixel');
  return t('Resize by 1 pixel');
}

/** Digits are one line, not ten, and the four ways of an arrow one, not four. @param {readonly Command[]} commands */
function linesOf(commands) {
  const seen = new Set();
  return commands.flatMap((one) => {
    const digit = /^(class|bind)\.\d+$/.exec(one.id)?.[1];
    const way = WAYS.exec(one.id);
    const kind = digit ?? (way ? `${way[1]}${way[2] ?? ''}` : one.id);
    if (seen.has(kind)) return [];
    seen.add(kind);
    if (digit) return line(digit === 'class' ? t('Set class by digit') : t('Bind digit to the current class'), [...shownKeys(one.keys[0]).slice(0, -1), '1', '…', '9', '0']);
    if (way) return line(waysName(way[1], Boolean(way[2])), [...shownKeys(one.keys[0]).slice(0, -1), '←', '→', '↑', '↓']);
    return line(one.text(), alternatives(one.keys));
  });
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
  showDialog({ title: t('Keyboard shortcuts'), wide: true, body: h('div', { class: 'key-list' }, ...sections, mouse) });
}
