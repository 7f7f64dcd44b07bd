/** What the operations on shapes do and say: each is one step, and tells why it did nothing. */
import { ngettext, t } from '../../i18n.js';
import * as operations from '../shape-operations.js';

/** @import {App} from './app' */
/** @import {Label} from '../types/labels' */
/** @import {Outcome} from '../shape-operations.js' */

/**
 * The selected labels for an operation; fewer than `least` are announced with what to do, and so are those that are left out.
 * @param {App} app @param {number} least @returns {[Label, ...Label[]] | null}
 */
export function operandsFor({ store, announce }, least) {
  if (!store.may.peek().label) return announce(store.may.peek().reason), null;
  const { labels, locked, flat } = operations.operands(store);
  const why = [
    ...(locked ? [ngettext('{n} locked object was left out', '{n} locked objects were left out', locked)] : []),
    ...(flat ? [ngettext('{n} object without an area was left out', '{n} objects without an area were left out', flat)] : []),
  ].join('. ');
  if (why) announce(why);
  if (labels.length >= least && labels.length) return /** @type {[Label, ...Label[]]} */ (labels);
  if (!why) announce(least > 1 ? t('Select at least two objects first') : t('Select an object first'));
  return null;
}

/** @param {App} app @param {Outcome} outcome @param {string} text */
function finish({ store, announce }, { deltas, ids }, text) {
  store.commit(deltas);
  store.select(ids);
  announce(text);
}

/** @param {App} app @param {Label} label */
const className = ({ store }, label) => store.concept(label.concept)?.name ?? t('Class deleted');

/** @param {App} app */
export function joinSelected(app) {
  const labels = operandsFor(app, 2);
  const made = labels && operations.merge(app.store, 'join', labels);
  if (made) finish(app, made, ngettext('{n} object joined, class {name}', '{n} objects joined, class {name}', labels.length, { name: className(app, labels[0]) }));
}

/** @param {App} app */
export function intersectSelected(app) {
  const labels = operandsFor(app, 2);
  if (!labels) return;
  const made = operations.merge(app.store, 'intersect', labels);
  if (!made) return app.announce(t('The selected objects have no area in common'));
  finish(app, made, ngettext('{n} object intersected, class {name}', '{n} objects intersected, class {name}', labels.length, { name: className(app, labels[0]) }));
}

/** @param {App} app */
export function subtractSelected(app) {
  const labels = operandsFor(app, 2);
  if (!labels) return;
  const made = operations.subtract(app.store, labels);
  const name = className(app, labels[0]);
  if (!made) return app.announce(t('Nothing of {name} would be left. Delete it instead.', { name }));
  if (!made.deltas.length) return app.announce(t('The others do not overlap {name}, which was selected first', { name }));
  finish(app, made, ngettext('{n} object subtracted from {name}', '{n} objects subtracted from {name}', labels.length - 1, { name }));
}

/** @param {App} app */
export function removeOverlapOfSelected(app) {
  const labels = operandsFor(app, 2);
  if (!labels) return;
  const made = operations.removeOverlap(app.store, labels);
  const covered = made.covered ? ngettext('{n} object is covered whole and was not changed', '{n} objects are covered whole and were not changed', made.covered) : '';
  if (!made.deltas.length) return app.announce(covered || t('The selected objects do not overlap'));
  app.store.commit(made.deltas);
  const text = ngettext('Overlap removed from {n} object', 'Overlap removed from {n} objects', made.ids.length);
  app.announce(covered ? `${text}. ${covered}` : text);
}

/** @param {App} app @param {'mask' | 'polygon'} kind */
export function convertSelected(app, kind) {
  const labels = operandsFor(app, 1);
  if (!labels) return;
  const made = operations.convert(app.store, labels, kind);
  app.store.commit(made.deltas);
  const n = made.deltas.length;
  if (n) app.announce(kind === 'mask' ? ngettext('{n} object converted to a mask', '{n} objects converted to masks', n) : ngettext('{n} object converted to a polygon', '{n} objects converted to polygons', n));
  else if (made.same === labels.length) app.announce(kind === 'mask' ? t('The selected objects are masks') : t('The selected objects are polygons'));
  if (made.left) app.announce(ngettext('{n} object is too small: it covers no center of a pixel', '{n} objects are too small: they cover no center of a pixel', made.left));
  if (made.detailed) app.announce(ngettext('{n} mask has too many corners for a polygon (at most 100,000)', '{n} masks have too many corners for a polygon (at most 100,000)', made.detailed));
}

/** @param {App} app */
export function splitSelected(app) {
  const labels = operandsFor(app, 1);
  if (!labels) return;
  const made = operations.split(app.store, labels);
  if (!made.deltas.length) return app.announce(t('The selected objects have one part each'));
  finish(app, made, ngettext('Split into {n} object', 'Split into {n} objects', made.ids.length));
}

/** The next line cuts what is selected. @param {App} app */
export function sliceSelected(app) {
  if (!operandsFor(app, 1)) return;
  app.store.tool.value = 'slice';
  app.stage.focus();
}

/** Shows the selected polygons simplified until that is applied or cancelled. @param {App} app */
export function simplifySelected(app) {
  const labels = operandsFor(app, 1);
  if (!labels) return;
  if (!labels.some((label) => label.shape === 'polygon')) return app.announce(t('Select a polygon first. Convert masks to polygons to simplify them.'));
  app.store.tool.value = 'simplify';
  app.stage.focus();
}

/** The next stroke redraws a part of the outline of the selected polygon or line. @param {App} app */
export function redrawContour({ store, stage, announce }) {
  const { reason, label: mayLabel } = store.may.peek();
  if (!mayLabel) return announce(reason);
  const [label, ...more] = [...store.selection.peek()].flatMap((id) => store.labels.get(id) ?? []);
  if (more.length || (label?.shape !== 'polygon' && label?.shape !== 'polyline')) return announce(t('Select a polygon or a line first'));
  if (!store.isEditable(label.id)) return announce(t('Locked objects were not changed'));
  store.tool.value = 'contour';
  stage.focus();
}
