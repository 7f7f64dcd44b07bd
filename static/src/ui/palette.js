/** The command palette: a combobox over entries that the caller provides. */
import { h, icon } from './dom.js';
import { placeBeside } from './menu.js';
import { ngettext, t } from '../i18n.js';

/**
 * @typedef {{group: string, label: string, run: () => void, icon?: string, mark?: () => Element, keys?: string, more?: string}} Entry
 */

const MAX_ENTRIES = 60;

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
  if (!query) return entries.slice(0, MAX_ENTRIES);
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
  return ranked.slice(0, MAX_ENTRIES).map((one) => one.entry);
}

/** @param {Entry} entry @param {string} query @param {number} index */
function row(entry, query, index) {
  return h(
    'div', { class: 'item', role: 'option', id: `p-${index}`, 'aria-selected': String(index === 0) },
    entry.mark?.() ?? icon(entry.icon ?? 'arrow-right'),
    highlighted(entry.label, query),
    entry.keys ? h('span', { class: 'end' }, h('kbd', { class: 'kbd', text: entry.keys })) : null,
  );
}

/** @param {string} key */
const kbd = (key) => h('kbd', { class: 'kbd', text: key });

class Palette {
  /** @param {Entry[]} entries @param {string} label */
  constructor(entries, label) {
    this.entries = entries;
    /** @type {Entry[]} */
    this.shown = [];
    this.selected = 0;
    this.input = h('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'p-list', 'aria-label': label, 'aria-autocomplete': 'list', placeholder: label, autocomplete: 'off', spellcheck: 'false' });
    this.list = h('div', { class: 'list', role: 'listbox', id: 'p-list', 'aria-label': t('Results') });
    this.count = h('span', { class: 'end', role: 'status' });
    const help = [h('span', { class: 'row tight' }, kbd('↑'), kbd('↓'), t('navigate')), h('span', { class: 'row tight' }, kbd('⏎'), t('open'))];
    this.dialog = h('dialog', { class: 'palette', 'aria-label': label }, h('div', { class: 'ask' }, icon('search'), this.input, kbd('Esc')), this.list, h('div', { class: 'foot' }, ...help, this.count));
    this.input.addEventListener('input', () => this.draw());
    this.dialog.addEventListener('keydown', (event) => this.onKey(event));
    this.dialog.addEventListener('click', (event) => this.onClick(event));
    this.dialog.addEventListener('close', () => this.dialog.remove());
  }

  /** @param {Element} [anchor] */
  open(anchor) {
    document.body.append(this.dialog);
    this.draw();
    if (anchor) this.dialog.classList.add('anchored');
    this.dialog.showModal();
    if (anchor) placeBeside(this.dialog, anchor);
    this.input.focus();
  }

  draw() {
    const query = this.input.value.trim().toLocaleLowerCase();
    this.shown = search(this.entries, this.input.value);
    /** @type {Node[]} */
    const rows = [];
    let group = '';
    for (const [index, entry] of this.shown.entries()) {
      if (entry.group !== group) rows.push(h('div', { class: 'cap', role: 'presentation', text: (group = entry.group) }));
      rows.push(row(entry, query, index));
    }
    if (!rows.length) rows.push(h('p', { class: 'nothing', text: t('No results') }));
    this.list.replaceChildren(...rows);
    const n = this.shown.length;
    this.count.textContent = ngettext('{n} result', '{n} results', n);
    this.choose(0);
  }

  /** @param {number} index */
  choose(index) {
    const { length } = this.shown;
    this.selected = length ? (index + length) % length : 0;
    const id = `p-${this.selected}`;
    for (const option of this.list.querySelectorAll('[role="option"]')) option.setAttribute('aria-selected', String(option.id === id));
    const now = document.getElementById(id);
    this.input.setAttribute('aria-activedescendant', now?.id ?? '');
    now?.scrollIntoView({ block: 'nearest' });
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
