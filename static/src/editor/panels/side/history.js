/** The tab of history: the person's own steps on this image, newest first; a click goes back to it. */
import { age, ngettext, t } from '../../../i18n.js';
import { statusName } from '../../../ui/statuses.js';
import { html, mount, nothing, repeat } from '../live.js';
import { icon } from '../templates.js';
import { onListKey, rovingStop } from '../roving.js';

/** @import {Delta, HistoryEntry, LabelDelta} from '../../types/changes' */
/** @import {Label} from '../../types/labels' */
/** @import {Store} from '../../types/store' */
/** @import {App} from '../app' */

const MOST = 200;

/** @param {LabelDelta} delta */
function kindOf({ before, after }) {
  if (before === null) return 'create';
  if (after === null) return 'delete';
  if ('concept' in after) return 'class';
  if ('z' in after && !('box' in after)) return 'order';
  return 'geometry';
}

/** @param {string} kind @param {string} name */
function oneWords(kind, name) {
  switch (kind) {
    case 'create': return t('{name} added', { name });
    case 'delete': return t('{name} deleted', { name });
    case 'class': return t('Class set to {name}', { name });
    case 'order': return t('{name} reordered', { name });
    default: return t('{name} changed', { name });
  }
}

/** @param {string} kind @param {number} n */
function manyWords(kind, n) {
  switch (kind) {
    case 'create': return ngettext('{n} object added', '{n} objects added', n);
    case 'delete': return ngettext('{n} object deleted', '{n} objects deleted', n);
    case 'class': return ngettext('Class of {n} object changed', 'Class of {n} objects changed', n);
    case 'order': return t('Order changed');
    default: return ngettext('{n} object changed', '{n} objects changed', n);
  }
}

const ICONS = Object.freeze(/** @type {Record<string, string>} */ ({
  create: 'plus', delete: 'trash-2', class: 'shapes', order: 'arrow-up-down', geometry: 't-box', tag: 'tag', status: 'circle-check',
}));

/**
 * The text of a step, with its icon.
 * @param {readonly Delta[]} deltas @param {Pick<Store, 'concept' | 'labels' | 'statuses'>} store
 */
export function stepWords(deltas, store) {
  const [first] = deltas;
  if (!first) return { text: '', icon: 'history' };
  if (first.kind === 'tag') {
    const name = store.concept(first.tag)?.name ?? t('deleted');
    return { icon: ICONS.tag, text: first.after ? t('Tag {name} on', { name }) : t('Tag {name} off', { name }) };
  }
  if (first.kind === 'status') {
    if (first.reason) return { icon: 'undo-2', text: t('Sent back: {reason}', { reason: first.reason }) };
    const status = store.statuses.peek().find((one) => one.name === first.after) ?? { name: first.after, base: first.after };
    return { icon: ICONS.status, text: t('Status set to {name}', { name: statusName(status) }) };
  }
  const labels = deltas.flatMap((one) => (one.kind === 'label' ? [one] : []));
  const kind = kindOf(first);
  if (labels.length > 1) return { icon: ICONS[kind], text: manyWords(kind, labels.length) };
  const concept = first.after?.concept ?? (kind === 'delete' ? first.before?.concept : undefined) ?? store.labels.get(first.label_id)?.concept;
  return { icon: ICONS[kind], text: oneWords(kind, store.concept(concept ?? null)?.name ?? t('Object')) };
}

/** Undoes or redoes until a step is the newest one done. @param {Store} store @param {readonly HistoryEntry[]} entries @param {number} index -1: none */
export function goBackTo(store, entries, index) {
  const done = entries.filter((one) => !one.undone).length - 1;
  for (let i = done; i > index; i -= 1) if (!store.undo()) return;
  for (let i = done; i < index; i += 1) if (!store.redo()) return;
}

/**
 * The steps as they are listed, newest first; last, without an id, the state before all of them.
 * @param {readonly HistoryEntry[]} entries @param {Store} store
 */
function stepsOf(entries, store) {
  const newest = entries.findLastIndex((one) => !one.undone);
  const steps = entries.map(({ id, at, undone, deltas }, index) => ({ id, index, undone, isNewest: index === newest, age: age(at), ...stepWords(deltas, store) }));
  const start = { id: '', index: -1, undone: false, isNewest: newest < 0, age: '', icon: 'image', text: t('Image opened') };
  return [...steps.slice(-MOST).reverse(), start];
}

/** @param {HTMLElement} host @param {App} app */
export function mountHistory(host, app) {
  const { store } = app;
  const stop = rovingStop();
  return mount(host, () => {
    const entries = store.history.value;
    if (!entries.length) return html`<div class="empty small"><p>${t('No changes yet. Your changes to this image appear here and can be undone, even after a reload.')}</p></div>`;
    const steps = stepsOf(entries, store);
    const tabbed = stop.of(steps.map((one) => one.id), steps.find((one) => one.isNewest)?.id);
    return html`<div class="list scroll steps-list" role="listbox" aria-label=${t('Your changes, newest first')} @keydown=${onListKey} @focusin=${stop.onFocus}>
      ${repeat(steps, (one) => one.id, (one) => html`<div class="item" role="option" data-id=${one.id} tabindex=${one.id === tabbed ? 0 : -1} aria-selected=${String(one.isNewest)} ?data-hidden=${one.undone}
        title=${one.undone ? t('Redo up to here') : t('Undo back to here')} @click=${() => goBackTo(store, entries, one.index)}>${icon(one.icon, 's')}<span class="clip grow">${one.text}${one.undone ? html`<span class="sr">, ${t('undone')}</span>` : nothing}</span><span class="faint small">${one.age}</span></div>`)}</div>`;
  });
}
