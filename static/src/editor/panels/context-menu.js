/** The menu of a right click on the image: what can be done with the object under the pointer, or with the image, with the keys. */
import { h } from '../../ui/dom.js';
import { itemsOf } from '../../ui/menu.js';
import { t } from '../../i18n.js';
import { COMMANDS } from '../command-list.js';
import { nearest } from '../geom/keypoints.js';
import { pointName } from '../skeletons.js';
import { changePoint } from './skeletons/change.js';

/** @import {App} from './app' */
/** @import {Label} from '../types/labels' */
/** @typedef {string | null | {text: string, run: () => void}} Entry a command, a line, or words and what they do */

/** CSS pixels around a keypoint in which it is meant. */
const REACH = 12;
const ON_IMAGE = Object.freeze(['paste', 'select.all', null, 'tags', 'image.attributes', 'tool.issue', null, 'zoom.fit', 'zoom.actual', 'turn.right', 'turn.left', 'view.adjust', 'view.hide', 'view.lock', 'view.names', null, 'palette', 'help']);

/** @param {readonly Label[]} labels selected ones */
function objectEntries(labels) {
  const [isSeveral, hasPoints] = [labels.length > 1, labels.some((one) => one.keypoints.length)];
  const hasArea = labels.some((one) => one.shape !== 'keypoints');
  return [
    'details', 'class.choose', null, 'copy', 'duplicate', 'propagate', null, 'forward', 'back', 'hide', 'lock', 'zoom.selection', null,
    ...(isSeveral ? ['join', 'subtract', 'intersect'] : []),
    ...(hasArea ? ['slice', ...(labels.some((one) => !one.mask) ? ['convert.mask'] : []), ...(labels.some((one) => one.mask || !one.points) ? ['convert.polygon'] : [])] : []),
    ...(hasPoints ? ['occluded', 'flip'] : []), null, 'delete',
  ];
}

/** The states of the keypoint under the pointer. @param {App} app @param {readonly Label[]} labels @param {{x: number, y: number} | null} at @returns {Entry[]} */
function pointEntries(app, labels, at) {
  const [label] = labels;
  const point = at && labels.length === 1 && app.store.isEditable(label.id) ? nearest(label.keypoints, at.x, at.y, REACH / app.stage.view.zoom) : null;
  if (!point) return [];
  const name = pointName(app.store, point.keypoint_class);
  const entry = (/** @type {string} */ text, /** @type {import('../geom/skeleton.js').PointState} */ state) => ({ text, run: () => changePoint(app, label, point.keypoint_class, state) });
  return [entry(t('{name} is visible', { name }), 'visible'), entry(t('{name} is occluded', { name }), 'occluded'), entry(t('{name} is absent', { name }), 'absent'), null];
}

/** @param {App} app @param {Entry} entry */
function row(app, entry) {
  if (entry === null) return h('hr');
  const command = typeof entry === 'string' ? COMMANDS.find((one) => one.id === entry) : undefined;
  if (typeof entry === 'string' && !command) return null;
  const text = typeof entry === 'string' ? command?.text() ?? '' : entry.text;
  const keys = typeof entry === 'string' ? app.keys(entry) : '';
  const run = typeof entry === 'string' ? () => app.run(entry) : entry.run;
  const item = h('button', { class: 'item', type: 'button', role: 'menuitem', ...(entry === 'delete' ? { 'data-danger': '' } : {}) }, h('span', { class: 'clip grow' }, text), ...(keys ? [h('kbd', { class: 'kbd' }, keys)] : []));
  item.addEventListener('click', () => {
    app.stage.focus();
    run();
  });
  return item;
}

/** Opens the menu at a place of the window. @param {App} app @param {readonly Entry[]} entries @param {number} left @param {number} top */
function open(app, entries, left, top) {
  const menu = h('div', { class: 'menu', popover: 'auto', role: 'menu', 'aria-label': t('Actions') }, ...entries.flatMap((entry) => row(app, entry) ?? []));
  (document.getElementById('bar') ?? document.body).append(menu); // a landmark
  menu.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
    menu.remove();
    if (document.activeElement === document.body) app.stage.focus();
  });
  menu.showPopover();
  const own = menu.getBoundingClientRect();
  menu.style.setProperty('left', `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`);
  menu.style.setProperty('top', `${Math.max(8, Math.min(top, innerHeight - own.height - 8))}px`);
  itemsOf(menu)[0]?.focus();
}

/** What is clicked becomes the selection, unless it is a part of it. @param {App} app @param {{x: number, y: number} | null} at @returns {Label[]} what the menu is for */
function selectedAt({ store, stage }, at) {
  const hit = at ? stage.hit(at.x, at.y) : [];
  if (at && !hit.some((label) => store.selection.peek().has(label.id))) store.select(hit.length ? [hit[0].id] : []);
  return [...store.selection.peek()].flatMap((id) => store.labels.get(id) ?? []);
}

/** Opens the menu by right click, by the menu key and by Shift+F10. @param {HTMLElement} host of the image @param {App} app */
export function wireContextMenu(host, app) {
  host.addEventListener('contextmenu', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-keys="stage"]') : null;
    if (!target || app.stage.drawing.isDrawing) return;
    event.preventDefault();
    const isByKey = event.button !== 2;
    const at = isByKey ? null : app.stage.pointer.peek();
    const labels = isByKey || at ? selectedAt(app, at) : [];
    const box = labels[0]?.box;
    const [left, top] = isByKey && box ? app.stage.toClient((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) : [event.clientX, event.clientY];
    open(app, labels.length ? [...pointEntries(app, labels, at), ...objectEntries(labels)] : ON_IMAGE, left, top);
  });
}
