/** Ends a gesture: commits what it did to the labels as they were when it began, and says what became of it. */
import { updateLabel } from '../commands.js';
import { ngettext, t } from '../../i18n.js';
import { same } from '../store/fields.js';

/** @import {Delta} from '../types/changes' */
/** @import {Box} from '../types/geometry' */
/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {ToolContext} from './tool.js' */

/**
 * @param {ToolContext} context
 * @param {readonly {label: Label, patch: LabelPatch}[]} changes labels as they were when the gesture began
 * @returns {boolean} whether anything changed
 */
export function commitGesture({ store, commit, announce }, changes) {
  const deltas = changes.flatMap(({ label, patch }) => /** @type {Delta[]} */ (updateLabel(store, label.id, patch, label) ?? []));
  if (!deltas.length) return false;
  commit(deltas, { from: new Map(changes.map(({ label }) => [label.id, label])) });
  const isMerged = changes.some(({ label, patch }) => patch.box && !same(store.labels.get(label.id)?.box, patch.box));
  if (isMerged) announce(t('Merged with a change that somebody made meanwhile'));
  return true;
}

/** Says where the labels are now, to screen readers. @param {ToolContext} context @param {readonly {label: Label, patch: LabelPatch}[]} changes */
export function announcePlaces({ store, announce }, changes) {
  const [{ label, patch }] = changes;
  const [x0, y0, x1, y1] = /** @type {Box} */ (store.labels.get(label.id)?.box ?? patch.box ?? label.box).map((n) => Number(n.toFixed(1)));
  const text = changes.length > 1
    ? ngettext('{n} object changed', '{n} objects changed', changes.length)
    : t('Now at {x}, {y}, {width} × {height}', { x: x0, y: y0, width: Number((x1 - x0).toFixed(1)), height: Number((y1 - y0).toFixed(1)) });
  announce(text, { spokenOnly: true });
}
