/** The list of objects: the image's accessible mirror. Only the rows in view are in the page. */
import { computed, effect, signal } from '@preact/signals-core';
import { num, t } from '../../../i18n.js';
import { html, live, nothing, render, repeat, afterNextFrame, vars } from '../live.js';
import { icon, iconButton, shapeIcon, shapeWord, swatch } from '../templates.js';
import { noClasses } from './class-picker.js';
import { SORTS, neighbor, rowsOf } from './objects-model.js';
import { RowWindow } from './row-window.js';

/** @import {Label} from '../../types/labels' */
/** @import {App} from '../app' */
/** @import {Row} from './objects-model.js' */

/** @param {string} sort */
function sortWord(sort) {
  switch (sort) {
    case 'class': return t('by class');
    case 'area': return t('largest first');
    case 'score': return t('by score');
    case 'newest': return t('newest first');
    default: return t('by number');
  }
}

/** The label of a row for screen readers. @param {App} app @param {Label} label @param {number} n */
function rowWords({ store }, label, n) {
  const words = [`${n} ${store.concept(label.concept)?.name ?? t('Class deleted')}`, shapeWord(label)];
  if (label.origin === 'model') words.push(label.score === null ? t('suggested') : t('suggested, score {score}', { score: num(label.score, 2) }));
  if (store.isHidden(label.id)) words.push(t('hidden'));
  if (store.isLocked(label.id)) words.push(t('locked'));
  return words.join(', ');
}

/** The score beside the class: ".91". @param {Label} label */
const scoreText = ({ score }) => (score === null ? '' : score >= 1 ? '1' : score.toFixed(2).replace(/^0/, ''));

export class ObjectList {
  /** @param {HTMLElement} host @param {App} app */
  constructor(host, app) {
    this.host = host;
    this.app = app;
    this.text = signal('');
    /** Id of the row with the keyboard. */
    this.active = signal(/** @type {string | null} */ (null));
    this.anchor = /** @type {string | null} */ (null);
    const { store, settings, names } = app;
    this.rows = computed(() => {
      store.version.value;
      const text = this.text.value;
      return rowsOf(store.order(), store.labels, {
        text,
        sort: settings.signal.value.sort,
        concept: (id) => store.concept(id),
        author: (id) => (text ? names.of(id)?.name ?? '' : ''),
        words: shapeWord,
      });
    });
    host.innerHTML = '';
    this.top = document.createElement('div');
    this.top.className = 'list-head';
    this.scroll = document.createElement('div');
    this.scroll.className = 'scroll objects';
    host.append(this.top, this.scroll);
    this.window = new RowWindow(this.scroll, () => this.indexOf(this.active.peek()));
    this.ends = [live(() => render(this.headView(), this.top)), live(() => render(this.view(), this.scroll)), this.followSelection(), this.followRemovals()];
  }

  close() {
    for (const end of this.ends) end();
    this.window.close();
  }

  // ------------------------------------------------------------- drawing

  headView() {
    const { app } = this;
    const { store, settings } = app;
    const display = store.display.value;
    const { sort } = settings.value;
    const nextSort = SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length];
    return html`
      <label class="search grow"><span class="sr">${t('Filter objects')}</span>${icon('search', 's')}
        <input class="input s" type="search" placeholder=${t('Filter objects')} .value=${this.text.value}
          @input=${(/** @type {Event} */ event) => { this.text.value = /** @type {HTMLInputElement} */ (event.target).value; }}></label>
      ${iconButton({ name: t('Sort: {how}', { how: sortWord(sort) }), icon: 'arrow-up-down', kind: 's', run: () => settings.set({ sort: nextSort }) })}
      ${iconButton({ name: t('Hide all'), icon: display.hideAll ? 'eye-off' : 'eye', kind: 's', keys: app.keys('view.hide'), pressed: display.hideAll, run: () => app.run('view.hide') })}
      ${iconButton({ name: t('Lock all'), icon: display.lockAll ? 'lock' : 'lock-open', kind: 's', keys: app.keys('view.lock'), pressed: display.lockAll, run: () => app.run('view.lock') })}`;
  }

  view() {
    const rows = this.rows.value;
    const { store } = this.app;
    if (!store.media.value) return nothing;
    if (!rows.length) return this.emptyView();
    const active = rows.findIndex((row) => row.id === this.active.value);
    const shown = this.window.rows(rows.length, active);
    // one row is always reachable by Tab
    const stop = active < 0 ? shown[0] : active;
    const label = rows.length === store.labels.size ? t('Objects, {n}', { n: num(rows.length) }) : t('Objects, {n} of {total}', { n: num(rows.length), total: num(store.labels.size) });
    return html`<div class="list virtual" role="listbox" aria-label=${label} aria-multiselectable="true" ${vars({ '--rows': rows.length, '--digits': String(store.labels.size).length })}
      @keydown=${this.onKey} @click=${this.onClick} @dblclick=${this.onDouble} @pointerover=${this.onOver} @pointerleave=${this.onLeave} @focusin=${this.onFocus}>
      ${repeat(shown, (i) => rows[i].id, (i) => this.rowView(rows[i], i, i === stop, rows.length))}</div>`;
  }

  /** @param {Row} row @param {number} index @param {boolean} isStop @param {number} count */
  rowView({ id, n }, index, isStop, count) {
    const { store } = this.app;
    const label = store.labels.get(id);
    if (!label) return nothing;
    const concept = store.concept(label.concept);
    const own = this.app.stage.colorOf(label);
    const isHidden = store.isHidden(id);
    const isLocked = store.isLocked(id);
    return html`<div class="item obj" role="option" data-id=${id} id="o-${id}" tabindex=${isStop ? 0 : -1} aria-selected=${String(store.selection.value.has(id))}
      aria-setsize=${count} aria-posinset=${index + 1} ?data-hidden=${isHidden} ?data-hover=${store.hover.value === id} ${vars({ '--i': index })}>
      ${swatch(own && concept ? { ...concept, color: own, label_slot: 0 } : concept)}<span class="n" aria-hidden="true">${n}</span>${icon(shapeIcon(label), 's kind')}
      <span class="clip grow" aria-hidden="true" title=${concept?.name ?? ''}>${concept?.name ?? t('Class deleted')}</span><span class="sr">${rowWords(this.app, label, n)}</span>
      ${label.origin === 'human' ? nothing : html`<span class="score" aria-hidden="true">${scoreText(label)}</span>${icon(label.origin === 'model' ? 'bot' : 'download', 's faint')}`}
      <span class="acts" aria-hidden="true"><span data-act="hide" title=${`${isHidden ? t('Show') : t('Hide')}  ${this.app.keys('hide')}`} ?data-on=${isHidden}>${icon(isHidden ? 'eye-off' : 'eye', 's')}</span><span
        data-act="lock" title=${`${isLocked ? t('Unlock') : t('Lock')}  ${this.app.keys('lock')}`} ?data-on=${isLocked}>${icon(isLocked ? 'lock' : 'lock-open', 's')}</span></span></div>`;
  }

  emptyView() {
    const { store, boot } = this.app;
    if (store.labels.size) return html`<p class="empty-note">${t('No matching objects.')}</p>`;
    if (!store.regionConcepts.value.length) {
      return html`<div class="empty small"><p>${noClasses()}</p><div class="row"><a class="btn primary" href=${boot.urls.classes_page}>${icon('plus')}${t('New class')}</a></div></div>`;
    }
    return html`<div class="empty small"><p>${store.may.value.label ? t('No objects yet. Press B to draw a box.') : t('No objects yet.')}</p>${store.may.value.label ? html`<div class="row"><button class="btn" type="button" @click=${() => this.app.run('tool.box')}>${icon('t-box')}${t('Draw a box')}</button></div>` : nothing}</div>`;
  }

  // ------------------------------------------------------------- what people do

  /** A shape that is selected on the stage is shown here. */
  followSelection() {
    return this.app.store.selection.subscribe((selection) => {
      const id = [...selection].at(-1);
      if (!id) return;
      this.active.value = id;
      afterNextFrame(() => this.reveal(id)); // the row of a new shape is in the list only then
    });
  }

  /** The focus stays in the list when its row is removed: it moves to the next one. */
  followRemovals() {
    const { store } = this.app;
    let before = this.rows.peek();
    const keep = effect(() => { before = this.rows.value; });
    const stop = store.onPatch(({ removed }) => {
      const active = this.active.peek();
      if (!active || !removed.includes(active)) return;
      const next = neighbor(before, new Set(removed));
      this.active.value = next;
      if (next && this.scroll.contains(document.activeElement)) this.focusRow(next);
    });
    return () => {
      keep();
      stop();
    };
  }

  /** @param {string | null} id */
  indexOf(id) {
    return this.rows.peek().findIndex((row) => row.id === id);
  }

  /** @param {string} id */
  reveal(id) {
    this.window.reveal(this.indexOf(id));
  }

  /** @param {EventTarget | null} target */
  rowOf(target) {
    const row = target instanceof Element ? target.closest('.obj') : null;
    return row instanceof HTMLElement ? row.dataset.id ?? null : null;
  }

  onClick = (/** @type {MouseEvent} */ event) => {
    const id = this.rowOf(event.target);
    if (!id) return;
    const { store } = this.app;
    const act = /** @type {Element} */ (event.target).closest('[data-act]')?.getAttribute('data-act');
    if (act === 'hide') store.setHidden([id], !store.hidden.peek().has(id));
    else if (act === 'lock') store.setLocked([id], !store.locked.peek().has(id));
    else if (event.shiftKey) this.selectTo(id);
    else {
      store.select([id], event.ctrlKey || event.metaKey ? 'toggle' : 'replace');
      this.anchor = id;
    }
    this.active.value = id;
    this.reveal(id);
  };

  onDouble = (/** @type {MouseEvent} */ event) => {
    const id = this.rowOf(event.target);
    if (id && !(event.target instanceof Element && event.target.closest('[data-act]'))) this.app.stage.showLabel(id);
  };

  onOver = (/** @type {PointerEvent} */ event) => {
    this.app.store.hover.value = this.rowOf(event.target);
  };

  onLeave = () => {
    this.app.store.hover.value = null;
  };

  onFocus = (/** @type {FocusEvent} */ event) => {
    const id = this.rowOf(event.target);
    if (id) this.active.value = id;
  };

  onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.altKey || event.isComposing) return;
    const rows = this.rows.peek();
    const at = rows.findIndex((row) => row.id === this.active.peek());
    const { page } = this.window;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 }[event.key];
    const { store } = this.app;
    if (to !== undefined) {
      const next = rows[Math.min(rows.length - 1, Math.max(0, to))];
      if (next && !event.ctrlKey) {
        if (event.shiftKey) this.selectTo(next.id);
        else store.select([(this.anchor = next.id)]);
      }
      if (next) this.focusRow(next.id);
    } else if (event.key === ' ' && at >= 0) store.select([rows[at].id], event.ctrlKey ? 'toggle' : 'replace');
    else if (event.key === 'Enter' && at >= 0) {
      if (!store.selection.peek().has(rows[at].id)) store.select([rows[at].id]);
      this.app.run('details');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Everything between the last selected row and this one. @param {string} id */
  selectTo(id) {
    const rows = this.rows.peek();
    const from = Math.max(0, rows.findIndex((row) => row.id === (this.anchor ?? this.active.peek())));
    const to = rows.findIndex((row) => row.id === id);
    this.app.store.select(rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id));
    this.active.value = id;
  }

  /** @param {string} id */
  focusRow(id) {
    this.active.value = id;
    this.reveal(id);
    afterNextFrame(() => document.getElementById(`o-${id}`)?.focus({ preventScroll: true }));
  }
}
