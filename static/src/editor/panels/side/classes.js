/** The tab of classes: search, digits, how many objects each has here, an eye and a lock for them, choosing the class. */
import { computed, signal } from '@preact/signals-core';
import { num, t } from '../../../i18n.js';
import { matches, parseChord } from '../../keymap.js';
import { html, live, nothing, render, repeat, afterNextFrame, vars } from '../live.js';
import { icon, kbd, swatch } from '../templates.js';
import { digitOf, classesNamed, tallyByClass } from './classes-model.js';
import { noClasses, useClass } from './class-picker.js';
import { mountGuidelines } from './guidelines.js';
import { RowWindow } from './row-window.js';

/** @import {Concept} from '../../types/page' */
/** @import {App} from '../app' */
/** @import {Tally} from './classes-model.js' */

/** Keys of a row, as they are for a selected object. */
const ROW_KEYS = /** @type {const} */ ([[parseChord('H'), 'hidden'], [parseChord('L'), 'locked']]);

class ClassList {
  /** @param {HTMLElement} host @param {App} app */
  constructor(host, app) {
    this.app = app;
    const { store } = app;
    this.text = signal('');
    /** Id of the row with the keyboard. */
    this.active = signal(store.activeConcept.peek());
    this.rows = computed(() => classesNamed(store.regionConcepts.value, this.text.value));
    this.tally = computed(() => {
      store.version.value;
      return tallyByClass(store.labels.values(), store.hidden.value, store.locked.value);
    });
    const [list, head, guide, foot] = ['object-list', 'list-head', 'details-place', 'contents'].map((name) => Object.assign(document.createElement('div'), { className: name }));
    this.scroll = Object.assign(document.createElement('div'), { className: 'scroll classes' });
    list.append(head, this.scroll);
    host.replaceChildren(list, guide, foot);
    this.window = new RowWindow(this.scroll, () => this.indexOf(this.active.peek()));
    this.ends = [live(() => render(this.headView(), head)), live(() => render(this.view(), this.scroll)), live(() => render(this.footView(), foot)), mountGuidelines(guide, app)];
    this.window.reveal(this.indexOf(this.active.peek()));
  }

  close() {
    for (const end of this.ends) end();
    this.window.close();
  }

  /** @param {string | null | undefined} id */
  indexOf(id) {
    return this.rows.peek().findIndex((one) => one.id === id);
  }

  // ------------------------------------------------------------- drawing

  headView() {
    return html`<label class="search grow"><span class="sr">${t('Filter classes')}</span>${icon('search', 's')}
      <input class="input s" type="search" placeholder=${t('Filter classes')} .value=${this.text.value}
        @input=${(/** @type {Event} */ event) => { this.text.value = /** @type {HTMLInputElement} */ (event.target).value; }}></label>`;
  }

  view() {
    const { store, boot } = this.app;
    const rows = this.rows.value;
    const total = store.regionConcepts.value.length;
    const page = boot.urls.classes_page;
    if (!total) return html`<div class="empty small"><p>${noClasses()}</p>${page ? html`<div class="row"><a class="btn primary" href=${page}>${icon('plus')}${t('New class')}</a></div>` : nothing}</div>`;
    if (!rows.length) return html`<p class="empty-note">${t('No matching classes.')}</p>`;
    const active = rows.findIndex((one) => one.id === this.active.value);
    const shown = this.window.rows(rows.length, active);
    // one row is always reachable by Tab
    const stop = active < 0 ? shown[0] : active;
    const label = rows.length === total ? t('Classes, {n}', { n: num(total) }) : t('Classes, {n} of {total}', { n: num(rows.length), total: num(total) });
    return html`<div class="list virtual" role="listbox" aria-label=${label} ${vars({ '--rows': rows.length })} @keydown=${this.onKey} @click=${this.onClick} @focusin=${this.onFocus}>
      ${repeat(shown, (i) => rows[i].id, (i) => this.rowView(rows[i], i, i === stop, rows.length))}</div>`;
  }

  /** @param {Concept} concept @param {number} index @param {boolean} isStop @param {number} count */
  rowView(concept, index, isStop, count) {
    const { store, slots } = this.app;
    const tally = this.tally.value.get(concept.id) ?? { count: 0, hidden: 0, locked: 0 };
    const [isHidden, isLocked] = [isAll(tally, 'hidden'), isAll(tally, 'locked')];
    return html`<div class="item" role="option" data-id=${concept.id} id="c-${concept.id}" tabindex=${isStop ? 0 : -1} aria-selected=${String(concept.id === store.activeConcept.value)}
      aria-setsize=${count} aria-posinset=${index + 1} ?data-hidden=${isHidden} ${vars({ '--i': index })}>
      ${swatch(concept)}<span class="clip grow" title=${concept.name}>${concept.name}</span>${this.actsView(tally, isHidden, isLocked)}
      ${isHidden ? html`<span class="sr">${t('hidden')}</span>` : nothing}${isLocked ? html`<span class="sr">${t('locked')}</span>` : nothing}
      <span class="count" title=${t('Objects in this image')}>${num(tally.count)}</span><span class="digit">${kbd(digitOf(slots.value, concept.id))}</span></div>`;
  }

  /** Eye and lock, for the mouse; the keys are those of objects. @param {Tally} tally @param {boolean} isHidden @param {boolean} isLocked */
  actsView({ count }, isHidden, isLocked) {
    if (!count) return nothing;
    const { keys } = this.app;
    return html`<span class="acts" aria-hidden="true"><span data-act="hidden" title=${`${isHidden ? t('Show') : t('Hide')}  ${keys('hide')}`} ?data-on=${isHidden}>${icon(isHidden ? 'eye-off' : 'eye', 's')}</span><span
      data-act="locked" title=${`${isLocked ? t('Unlock') : t('Lock')}  ${keys('lock')}`} ?data-on=${isLocked}>${icon(isLocked ? 'lock' : 'lock-open', 's')}</span></span>`;
  }

  footView() {
    const { store, boot } = this.app;
    if (!store.regionConcepts.value.length) return nothing;
    const page = boot.urls.classes_page;
    return html`<p class="foot-note">${t('Keys 1–0 set the class of the selected object, otherwise of the next. Ctrl+digit rebinds.')}${page ? html` <a href=${page}>${t('Edit classes')}</a>` : nothing}</p>`;
  }

  // ------------------------------------------------------------- what people do

  /** Hides or locks all objects of a class in this image, or none of them when all are already. @param {string} id @param {'hidden' | 'locked'} what */
  toggle(id, what) {
    const { store, announce } = this.app;
    const tally = this.tally.peek().get(id);
    if (!tally) return;
    const isOn = !isAll(tally, what);
    const ids = [...store.labels.values()].filter((one) => one.concept === id).map((one) => one.id);
    if (what === 'hidden') store.setHidden(ids, isOn);
    else store.setLocked(ids, isOn);
    announce(toggledText(what, isOn, store.concept(id)?.name ?? ''), { spokenOnly: true });
  }

  /** @param {string} id */
  focusRow(id) {
    this.active.value = id;
    this.window.reveal(this.indexOf(id));
    afterNextFrame(() => document.getElementById(`c-${id}`)?.focus({ preventScroll: true }));
  }

  /** @param {EventTarget | null} target */
  rowOf(target) {
    const row = target instanceof Element ? target.closest('[role="option"]') : null;
    return row instanceof HTMLElement ? row.dataset.id ?? null : null;
  }

  onClick = (/** @type {MouseEvent} */ event) => {
    const id = this.rowOf(event.target);
    if (!id) return;
    this.active.value = id;
    const act = /** @type {Element} */ (event.target).closest('[data-act]')?.getAttribute('data-act');
    if (act) this.toggle(id, /** @type {'hidden' | 'locked'} */ (act));
    else useClass(this.app, id);
  };

  onFocus = (/** @type {FocusEvent} */ event) => {
    const id = this.rowOf(event.target);
    if (id) this.active.value = id;
  };

  onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const rows = this.rows.peek();
    const id = this.rowOf(event.target);
    const at = this.indexOf(id);
    if (!id || at < 0) return;
    const { page } = this.window;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 }[event.key];
    const what = ROW_KEYS.find(([chord]) => matches(chord, event))?.[1];
    if (to !== undefined) this.focusRow(rows[Math.min(rows.length - 1, Math.max(0, to))].id);
    else if (what) this.toggle(id, what);
    else if (event.key === 'Enter' || event.key === ' ') useClass(this.app, id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** @param {Tally} tally @param {'hidden' | 'locked'} what */
const isAll = (tally, what) => tally.count > 0 && tally[what] === tally.count;

/** @param {'hidden' | 'locked'} what @param {boolean} isOn @param {string} name */
function toggledText(what, isOn, name) {
  if (what === 'hidden') return isOn ? t('All objects of class {name} hidden', { name }) : t('All objects of class {name} shown', { name });
  return isOn ? t('All objects of class {name} locked', { name }) : t('All objects of class {name} unlocked', { name });
}

/** @param {HTMLElement} host @param {App} app */
export function mountClasses(host, app) {
  const list = new ClassList(host, app);
  return () => list.close();
}
