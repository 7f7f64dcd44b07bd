/** The tray of open decisions: conflicts with other people, and changes the server rejected. Nothing is lost until decided. */
import { signal } from '@preact/signals-core';
import { age, ngettext, num, t } from '../../../i18n.js';
import { toast } from '../../../ui/toast.js';
import { html, mount, nothing, repeat } from '../live.js';
import { icon, shapeWord, swatch } from '../templates.js';

/** Discarding can be undone for this long. */
const UNDO_MS = 10_000;

/** @import {Label} from '../../types/labels' */
/** @import {Conflict, Rejected} from '../../types/saving' */
/** @import {App} from '../app' */

/** @param {string} field */
function fieldWord(field) {
  switch (field) {
    case 'concept': return t('class');
    case 'z': return t('order');
    case 'is_crowd': return t('crowd flag');
    case 'existence': return t('deletion');
    default: return t('geometry');
  }
}

/** What happened, in a sentence. @param {Conflict} conflict @param {string} by */
export function conflictWords({ during, mine, theirs, fields }, by) {
  if (during !== 'save') {
    if (!theirs) return t('{by} deleted this object. Restore it?', { by });
    return during === 'undo' ? t('{by} changed this object after you. Undo anyway?', { by }) : t('{by} changed this object after you. Redo anyway?', { by });
  }
  if (!theirs) return t('{by} deleted this object while you changed it.', { by });
  if (!mine) return t('{by} changed this object while you deleted it.', { by });
  return t('{by} also changed this object: {what}.', { by, what: fields.map(fieldWord).join(', ') });
}

/** True when the image shows both versions. @param {Conflict} conflict */
function isDrawn({ during, mine, theirs, fields }) {
  return during === 'save' && mine !== null && theirs !== null && fields.includes('geometry');
}

/** The names of the two buttons: one's own change first. @param {Conflict['during']} during */
function choicesOf(during) {
  switch (during) {
    case 'undo': return [t('Undo anyway'), t('Keep current')];
    case 'redo': return [t('Redo anyway'), t('Keep current')];
    default: return [t('Keep mine'), t('Take theirs')];
  }
}

/** @param {App} app @param {Label | null} label */
function objectWords({ store }, label) {
  if (!label) return { concept: undefined, name: t('Object') };
  const concept = store.concept(label.concept);
  const n = store.order().indexOf(label.id) + 1;
  return { concept, name: `${concept?.name ?? t('Class deleted')}${n ? ` ${n}` : ''}` };
}

/** @param {App} app @param {Conflict} conflict */
function conflictView(app, conflict) {
  const { store, names } = app;
  const label = conflict.theirs ?? conflict.mine;
  const { concept, name } = objectWords(app, label);
  const by = (conflict.by && names.of(conflict.by)?.name) || t('Someone');
  const isHere = conflict.media === store.media.value?.id;
  const [mine, theirs] = choicesOf(conflict.during);
  return html`<li class="tray-item" data-kind="conflict">
    <div class="row">${swatch(concept)}<b class="strong clip grow">${name}</b>${label ? html`<span class="faint small">${shapeWord(label)}</span>` : nothing}</div>
    <p>${conflictWords(conflict, by)}${isHere && isDrawn(conflict) ? ` ${t('Their version is dashed.')}` : nothing}</p>
    <div class="row">
      <button class="btn s primary" type="button" @click=${() => conflict.resolve('mine')}>${mine}</button>
      <button class="btn s" type="button" @click=${() => conflict.resolve('theirs')}>${theirs}</button>
      ${isHere ? nothing : html`<button class="btn s quiet end" type="button" @click=${() => app.open(conflict.media)}>${t('Open the image')}</button>`}
      ${isHere && conflict.theirs ? html`<button class="btn s quiet end" type="button" @click=${() => app.stage.showLabel(conflict.label_id)}>${t('Show')}</button>` : nothing}
    </div></li>`;
}

/** Changes whose removal can still be cancelled. @type {import('@preact/signals-core').Signal<ReadonlySet<string>>} */
const leaving = signal(new Set());

/** @param {string} id @param {boolean} on */
function setLeaving(id, on) {
  const next = new Set(leaving.peek());
  if (on) next.add(id);
  else next.delete(id);
  leaving.value = next;
}

/** Discards a change once the toast closes, so that it can be undone until then. @param {Rejected} item */
function discardSoon(item) {
  setLeaving(item.id, true);
  const timer = setTimeout(() => {
    setLeaving(item.id, false);
    item.discard();
  }, UNDO_MS);
  toast(t('{what} discarded', { what: item.what }), {
    undo: () => {
      clearTimeout(timer);
      setLeaving(item.id, false);
    },
  });
}

/** @param {App} app @param {Rejected} item */
function rejectedView(app, item) {
  const isHere = item.media === app.store.media.value?.id;
  return html`<li class="tray-item" data-kind="rejected">
    <div class="row">${icon('circle-alert', 's bad')}<b class="strong clip grow">${item.what}</b><span class="faint small">${age(item.at)}</span></div>
    <p>${item.message}</p>
    <div class="row">
      <button class="btn s" type="button" @click=${() => item.retry()}>${icon('refresh-cw', 's')}${t('Try again')}</button>
      <button class="btn s danger" type="button" @click=${() => discardSoon(item)}>${t('Discard')}</button>
      ${isHere ? nothing : html`<button class="btn s quiet end" type="button" @click=${() => app.open(item.media)}>${t('Open the image')}</button>`}
    </div></li>`;
}

/** @param {HTMLElement} host @param {App} app */
export function mountTrays(host, app) {
  const { store } = app;
  const isOpen = signal(true);
  return mount(host, () => {
    const conflicts = store.conflicts.value;
    const refused = store.rejected.value.filter((one) => !leaving.value.has(one.id));
    const count = conflicts.length + refused.length;
    host.hidden = count === 0;
    if (!count) return nothing;
    const title = conflicts.length ? ngettext('{n} conflict', '{n} conflicts', conflicts.length) : t('Could not save');
    const more = conflicts.length && refused.length ? t('and {n} not saved', { n: num(refused.length) }) : '';
    const fold = isOpen.value ? t('Collapse') : t('Expand');
    return html`<header><b class="strong">${title}</b><span class="faint small grow">${more}</span>
        <button class="btn icon-only quiet s" type="button" aria-expanded=${String(isOpen.value)} aria-label=${fold} title=${fold} @click=${() => { isOpen.value = !isOpen.peek(); }}>${icon(isOpen.value ? 'chevron-down' : 'chevron-right')}</button></header>
      ${isOpen.value ? html`<ul>${repeat(conflicts, (one) => one.id, (one) => conflictView(app, one))}${repeat(refused, (one) => one.id, (one) => rejectedView(app, one))}</ul>` : nothing}`;
  });
}
