/** The command palette: a combobox over entries that the caller provides. Only the rows in view are in the page. */
import { h, icon } from './dom.js';
import { placeBeside } from './menu.js';
import { rowsInView, scrollToRow } from './virtual-rows.js';
import { ngettext, t } from '../i18n.js';

/**
 * @typedef {{group: string, label: string, run: () => void, icon?: string, mark?: () => Element, keys?: string, more?: string,
 *   isCurrent?: boolean}} Entry `isCurrent`: the list opens at this entry
 */

/** Of a row, caption or entry, and of the list's padding on both ends, CSS pixels. */
const ROW = 34;
const PADDING = 12;

/** Highlights the match. @param {string} label @param {string} query */
function highlighted(label, query) {
  const at = query ? label.toLocaleLowerCase().indexOf(query) : -1;
  if (at < 0) return h('span', { class: 'clip', text: label });
  const end = at + query.length;
  return h('span', { class: 'clip' }, label.slice(0, at), h('b', { text: label.slice(at, end) }), label.slice(end));
}

/**
 * The entries that match what was typed, best first within their groups: prefix, word start, substring, then all words in any order.
 * @param {Entry[]} entries @param {string} typed @returns {Entry[]}
 */
export function search(entries, typed) {
  const query = typed.trim().toLocaleLowerCase();
  if (!query) return entries;
  const words = query.split(/\s+/);
  const ranked = [];
  for (const [place, entry] of entries.entries()) {
    const label = entry.label.toLocaleLowerCase();
    const searched = `${label} ${entry.more?.toLocaleLowerCase() ?? ''}`;
    const at = label.indexOf(query);
    if (at < 0 && !words.every((word) => searched.includes(word))) continue;
    const rank = at === 0 ? 0 : at > 0 && /\W/.test(label[at - 1]) ? 1 : at > 0 ? 2 : 3;
    ranked.push({ entry, rank, place });
  }
  const groups = [...new Set(entries.map((one) => one.group))];
  ranked.sort((a, b) => groups.indexOf(a.entry.group) - groups.indexOf(b.entry.group) || a.rank - b.rank || a.place - b.place);
  return ranked.map((one) => one.entry);
}

/**
 * The rows of the list: each group begins with its caption, entries are their indices.
 * @param {readonly Entry[]} entries @returns {(string | number)[]}
 */
export function rowsOf(entries) {
  return entries.flatMap(({ group }, index) => (group === entries[index - 1]?.group ? [index] : [group, index]));
}

/** @param {string} key */
const kbd = (key) => h('kbd', { class: 'kbd', text: key });

class Palette {
  /** @param {Entry[]} entries @param {string} label */
  constructor(entries, label) {
    this.entries = entries;
    /** @type {Entry[]} */
    this.shown = [];
    /** @type {(string | number)[]} */
    this.rows = [];
    /** Elements by row, of what is in view. @type {Map<number, Element>} */
    this.drawn = new Map();
    this.selected = 0;
    this.input = h('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'p-list', 'aria-label': label, 'aria-autocomplete': 'list', placeholder: label, autocomplete: 'off', spellcheck: 'false' });
    this.list = h('div', { class: 'rows', role: 'presentation' });
    this.scroll = h('div', { class: 'list', role: 'listbox', id: 'p-list', 'aria-label': t('Results') }, this.list);
    this.count = h('span', { class: 'end', role: 'status' });
    const help = [h('span', { class: 'row tight' }, kbd('↑'), kbd('↓'), t('navigate')), h('span', { class: 'row tight' }, kbd('⏎'), t('open'))];
    this.dialog = h('dialog', { class: 'palette', 'aria-label': label }, h('div', { class: 'ask' }, icon('search'), this.input, kbd('Esc')), this.scroll, h('div', { class: 'foot' }, ...help, this.count));
    this.input.addEventListener('input', () => this.draw());
    this.scroll.addEventListener('scroll', () => this.drawRows(), { passive: true });
    this.dialog.addEventListener('keydown', (event) => this.onKey(event));
    this.dialog.addEventListener('click', (event) => this.onClick(event));
    this.dialog.addEventListener('close', () => this.dialog.remove());
  }

  /** @param {Element} [anchor] */
  open(anchor) {
    document.body.append(this.dialog);
    if (anchor) this.dialog.classList.add('anchored');
    this.dialog.showModal();
    this.draw();
    if (anchor) placeBeside(this.dialog, anchor);
    this.input.focus();
  }

  draw() {
    this.shown = search(this.entries, this.input.value);
    this.rows = rowsOf(this.shown);
    this.drawn.clear();
    this.list.style.setProperty('--rows', String(this.rows.length));
    this.scroll.querySelector('.nothing')?.remove();
    if (!this.rows.length) this.scroll.append(h('p', { class: 'nothing', text: t('No results') }));
    const n = this.shown.length;
    this.count.textContent = ngettext('{n} result', '{n} results', n);
    this.choose(this.input.value ? 0 : Math.max(0, this.shown.findIndex((one) => one.isCurrent)));
  }

  drawRows() {
    const { scroll, rows, drawn } = this;
    const active = rows.indexOf(this.selected);
    const wanted = rowsInView({ count: rows.length, rowHeight: ROW, scrollTop: scroll.scrollTop, height: scroll.clientHeight, active });
    for (const row of drawn.keys()) if (!wanted.includes(row)) drawn.delete(row);
    for (const row of wanted) if (!drawn.has(row)) drawn.set(row, this.rowAt(row));
    this.list.replaceChildren(...wanted.map((row) => /** @type {Element} */ (drawn.get(row))));
    for (const option of this.list.querySelectorAll('[role="option"]')) option.setAttribute('aria-selected', String(option.id === `p-${this.selected}`));
  }

  /** @param {number} place */
  rowAt(place) {
    const row = this.rows[place];
    const made = typeof row === 'number' ? this.option(row) : h('div', { class: 'cap', role: 'presentation', text: row });
    made.style.setProperty('--i', String(place));
    return made;
  }

  /** @param {number} index */
  option(index) {
    const entry = this.shown[index];
    return h(
      'div', { class: 'item', role: 'option', id: `p-${index}`, 'aria-setsize': this.shown.length, 'aria-posinset': index + 1 },
      entry.mark?.() ?? icon(entry.icon ?? 'arrow-right'),
      highlighted(entry.label, this.input.value.trim().toLocaleLowerCase()),
      entry.keys ? h('span', { class: 'end' }, h('kbd', { class: 'kbd', text: entry.keys })) : null,
    );
  }

  /** @param {number} index */
  choose(index) {
    const { length } = this.shown;
    this.selected = length ? (index + length) % length : 0;
    const row = this.rows.indexOf(this.selected);
    this.reveal(typeof this.rows[row - 1] === 'string' ? row - 1 : row); // the caption of a group is seen with its first entry
    this.reveal(row);
    this.drawRows();
    this.input.setAttribute('aria-activedescendant', length ? `p-${this.selected}` : '');
  }

  /** @param {number} row */
  reveal(row) {
    const { scroll } = this;
    const to = scrollToRow({ index: Math.max(0, row), rowHeight: ROW, scrollTop: scroll.scrollTop, height: scroll.clientHeight - PADDING });
    if (to !== scroll.scrollTop) scroll.scrollTop = to;
  }

  /** Goes a page on or back, not around the ends. @param {1 | -1} way */
  page(way) {
    const rows = Math.max(1, Math.floor(this.scroll.clientHeight / ROW) - 1);
    this.choose(Math.min(this.shown.length - 1, Math.max(0, this.selected + way * rows)));
  }

  run() {
    const entry = this.shown[this.selected];
    if (!entry) return;
    this.dialog.close();
    entry.run();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') this.choose(this.selected + 1);
    else if (event.key === 'ArrowUp') this.choose(this.selected - 1);
    else if (event.key === 'PageDown') this.page(1);
    else if (event.key === 'PageUp') this.page(-1);
    else if (event.key === 'Enter') this.run();
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
    if (event.target === this.dialog) this.dialog.close();
    if (!option) return;
    this.choose(Number(option.id.slice(2)));
    this.run();
  }
}

/**
 * Opens the palette over the page, or beside an element.
 * @param {Entry[]} entries @param {{label?: string, anchor?: Element}} [options]
 */
export function openPalette(entries, { label = t('Search or run a command'), anchor } = {}) {
  if (!document.querySelector('dialog.palette[open]')) new Palette(entries, label).open(anchor);
}

/** What a page offers by itself: its tabs, crumbs, account menu and everything highlighted [data-command]. @returns {Entry[]} */
export function pageEntries() {
  /** @type {Entry[]} */
  const entries = [];
  const seen = new Set();
  const add = (/** @type {string} */ group, /** @type {Element} */ element) => {
    const label = (element.getAttribute('data-command') || element.getAttribute('aria-label') || element.textContent || '').trim().replace(/\s+/g, ' ');
    if (!label || seen.has(label) || element.closest('[hidden]')) return;
    seen.add(label);
    const name = element.querySelector('use')?.getAttribute('href')?.split('#')[1];
    entries.push({ group, label, icon: name, run: () => /** @type {HTMLElement} */ (element).click() });
  };
  for (const element of document.querySelectorAll('[data-command], .p-head .btn, .page > .row .btn.primary')) add(t('Commands'), element);
  for (const element of document.querySelectorAll('.p-head .tabs a, .crumbs a, .top .end-row > a')) add(t('Go to'), element);
  for (const element of document.querySelectorAll('#account-menu [role^="menuitem"]')) add(t('Account'), element);
  return entries;
}
