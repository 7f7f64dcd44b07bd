/** What copy, paste and duplicate do and say. */
import { ngettext, t } from '../../i18n.js';
import { duplicate, inOrder, paste } from '../commands.js';

/** @import {App} from './app' */

/** @param {App} app */
export function copySelected({ store, announce }) {
  const labels = inOrder(store, store.selection.peek());
  if (!labels.length) return false;
  store.copy(labels);
  announce(ngettext('{n} object copied', '{n} objects copied', labels.length));
  return true;
}

/** Pastes what was copied last, in whichever tab; says what was left out and why. @param {App} app */
export function pasteCopied({ store, announce }) {
  const media = store.media.peek();
  const { labels, values: held } = store.clipboard.peek();
  if (!media) return;
  if (!store.may.peek().label) return announce(store.may.peek().reason);
  if (!labels.length) return announce(t('Nothing to paste. Copy objects first.'));
  const { deltas, values, tooLarge, withoutClass } = paste(store, labels, held);
  store.commit([...deltas, ...values]);
  if (deltas.length) {
    store.select(deltas.map((one) => one.label_id));
    announce(ngettext('{n} object pasted', '{n} objects pasted', deltas.length));
  }
  const { width, height } = media;
  if (tooLarge) announce(ngettext('{n} object does not fit into this image ({width} × {height} px)', '{n} objects do not fit into this image ({width} × {height} px)', tooLarge, { width, height }));
  if (withoutClass) announce(ngettext('{n} object was not pasted: its class is not in this project', '{n} objects were not pasted: their classes are not in this project', withoutClass));
}

/** @param {App} app */
export function duplicateSelected({ store, announce }) {
  if (!store.selection.peek().size) return false;
  if (!store.may.peek().label) return announce(store.may.peek().reason);
  const { deltas, values } = duplicate(store, store.selection.peek());
  store.commit([...deltas, ...values]);
  store.select(deltas.map((one) => one.label_id));
  announce(ngettext('{n} object duplicated', '{n} objects duplicated', deltas.length));
  return true;
}
