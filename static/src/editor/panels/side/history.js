/** The tab of history: the person's own steps on this image, newest first, a click goes back to one; or the changes of everyone. */
import { signal, untracked } from '@preact/signals-core';
import { age, ngettext, t } from '../../../i18n.js';
import { statusName } from '../../../ui/statuses.js';
import { html, live, mount, nothing, repeat } from '../live.js';
import { icon } from '../templates.js';
import { onListKey, rovingStop } from '../roving.js';
import { ICONS, labelWords } from './history-words.js';
import { mountImageHistory, numbersOf } from './image-history.js';
import { valueText } from './attributes-model.js';

/** @import {Delta, HistoryEntry, LabelDelta, ValueDelta} from '../../types/changes' */
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

/** @param {ValueDelta} delta @param {Pick<Store, 'attributes'>} store */
function valueWords({ attribute, after }, store) {
  const known = store.attributes.peek().find((one) => one.id === attribute);
  const name = known?.name ?? t('Attribute deleted');
  return after === null || !known ? t('{name} cleared', { name }) : t('{name} set to {value}', { name, value: valueText(known, after) });
}

/**
 * The text of a step, with its icon.
 * @param {readonly Delta[]} deltas @param {Pick<Store, 'concept' | 'labels' | 'statuses' | 'attributes'>} store
 * @param {ReadonlyMap<string, number>} [numbers] of objects by id
 */
export function stepWords(deltas, store, numbers) {
  const first = deltas.find((one) => one.kind === 'label') ?? deltas[0];
  if (!first || first.kind === 'issue') return { text: '', icon: 'history' };
  if (first.kind === 'tag') {
    const name = store.concept(first.tag)?.name ?? t('deleted');
    return { icon: ICONS.tag, text: first.after ? t('Tag {name} on', { name }) : t('Tag {name} off', { name }) };
  }
  if (first.kind === 'value') return { icon: ICONS.value, text: valueWords(first, store) };
  if (first.kind === 'suggestion') return { icon: 'x', text: ngettext('{n} suggestion rejected', '{n} suggestions rejected', deltas.length) };
  if (first.kind === 'status') {
    if (first.reason) return { icon: 'undo-2', text: t('Sent back: {reason}', { reason: first.reason }) };
    const status = store.statuses.peek().find((one) => one.name === first.after) ?? { name: first.after, base: first.after };
    return { icon: ICONS.status, text: t('Status set to {name}', { name: statusName(status) }) };
  }
  const labels = deltas.flatMap((one) => (one.kind === 'label' ? [one] : []));
  const kind = kindOf(first);
  const concept = first.after?.concept ?? (kind === 'delete' ? first.before?.concept : undefined) ?? store.labels.get(first.label_id)?.concept;
  const name = store.concept(concept ?? null)?.name ?? t('Object');
  return { icon: ICONS[kind], text: labelWords(kind, labels.length, name, numbers?.get(first.label_id)) };
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
  const numbers = numbersOf(store);
  const newest = entries.findLastIndex((one) => !one.undone);
  const steps = entries.map(({ id, at, undone, deltas }, index) => ({ id, index, undone, isNewest: index === newest, age: age(at), ...stepWords(deltas, store, numbers) }));
  const start = { id: '', index: -1, undone: false, isNewest: newest < 0, age: '', icon: 'image', text: t('Image opened') };
  return [...steps.slice(-MOST).reverse(), start];
}

/** @param {HTMLElement} host @param {App} app */
function mountSteps(host, app) {
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

/** The tab: the person's own steps, or the changes of everyone. @param {HTMLElement} host @param {App} app */
export function mountHistory(host, app) {
  const isOfAll = signal(false);
  const [choice, list] = ['div', 'div'].map((name) => document.createElement(name));
  choice.className = 'history-choice';
  list.className = 'history-list';
  host.replaceChildren(choice, list);
  const button = (/** @type {boolean} */ value, /** @type {string} */ text) => html`<button type="button" aria-pressed=${String(isOfAll.value === value)} @click=${() => { isOfAll.value = value; }}>${text}</button>`;
  const endChoice = mount(choice, () => html`<div class="choice" role="group" aria-label=${t('Whose changes')}>${button(false, t('Yours'))}${button(true, t('Everyone'))}</div>`);
  let endList = () => {};
  const end = live(() => {
    const isAll = isOfAll.value;
    untracked(() => {
      endList();
      const inner = document.createElement('div');
      inner.className = 'panel-in';
      list.replaceChildren(inner);
      endList = (isAll ? mountImageHistory : mountSteps)(inner, app);
    });
  });
  return () => {
    end();
    endList();
    endChoice();
  };
}
