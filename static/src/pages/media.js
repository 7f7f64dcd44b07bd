/** The media page: grid, selection, bulk changes with undo, live updates, uploads by drop. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { eventKind, mediaOf } from '../event-kinds.js';
import { ngettext, num, t } from '../i18n.js';
import { Grid } from './_grid.js';
import { Live, throttle, showPeople } from './_live.js';
import { isTyping, showResult, startPage, waitForJob, errorMessage } from './_page.js';
import { Selection } from './_selection.js';
import { goOn, isUploading, startUploads } from './_uploads.js';

startPage();

const boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}');
const element = document.getElementById('grid');
const bulk = document.getElementById('bulk');
const size = document.getElementById('size');
const selection = new Selection();
const SIZE = 'annotator.thumb';

if (size instanceof HTMLInputElement) {
  const held = localStorage.getItem(SIZE);
  if (held) size.value = held;
  const apply = () => element?.style.setProperty('--thumb', `${size.value}px`);
  if (held) apply();
  size.addEventListener('input', () => {
    apply();
    localStorage.setItem(SIZE, size.value);
  });
}

const grid = element ? new Grid(element, boot, show) : null;

/** Shows whether a tile is selected. @param {HTMLElement} tile @param {string} id */
function show(tile, id) {
  const isSelected = selection.has(id);
  tile.toggleAttribute('data-picked', isSelected);
  const box = tile.querySelector('.pick input');
  if (box instanceof HTMLInputElement) box.checked = isSelected;
}

/** Shows the selection: its tiles, and the bar with the actions for them. */
function showSelection() {
  if (!grid || !bulk || !element) return;
  for (const [index, tile] of grid.shown) {
    const item = grid.items.get(index);
    if (item) show(tile, item.id);
  }
  const count = selection.count(grid.total);
  bulk.hidden = count === 0;
  element.toggleAttribute('data-picking', count > 0);
  const counter = document.getElementById('picked');
  if (counter) counter.textContent = ngettext('{n} selected', '{n} selected', count);
  const all = document.getElementById('pick-all');
  if (all) {
    all.hidden = count >= grid.total || !count;
    all.textContent = boot.filtered ? t('Select all {n} matching', { n: num(grid.total) }) : t('Select all {n}', { n: num(grid.total) });
  }
}

/** Selects everything from the anchor to an index. @param {number} index */
async function extendTo(index) {
  if (!grid) return;
  try {
    selection.set(await grid.idsBetween(selection.anchor, index), true);
    showSelection();
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

/** @param {number} index */
function toggle(index) {
  const item = grid?.items.get(index);
  if (!item) return;
  selection.toggle(item.id, index);
  showSelection();
}

/** Changes the selected images. @param {string} what @param {string} [target] */
async function change(what, target) {
  if (!grid || !selection.count(grid.total)) return;
  try {
    const response = await postJson(boot.urls['media-change'], { what, target: target || null, ...selection.body(boot.query) });
    showResult(response);
    selection.clear();
    showSelection();
    if (response.job) waitForJob(response.job);
    await reload();
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

/** How many images the list has, as text. @param {number} total */
function countText(total) {
  if (boot.videos) return boot.filtered ? ngettext('{n} video matches', '{n} videos match', total) : ngettext('{n} video', '{n} videos', total);
  return boot.filtered ? ngettext('{n} image matches', '{n} images match', total) : ngettext('{n} image', '{n} images', total);
}

/** Reloads the list; a list that was or became empty needs another page. */
async function reload() {
  if (!grid) return isUploading() ? undefined : goOn();
  const total = await grid.reload().catch(() => grid.total);
  if (!total) return location.reload();
  const line = document.getElementById('count');
  if (line) line.textContent = countText(total);
  showSelection();
  return undefined;
}

element?.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const index = grid?.indexOf(target) ?? -1;
  if (!grid || index < 0 || !target) return;
  const box = target.closest('.pick');
  if (event.shiftKey && !event.ctrlKey) {
    event.preventDefault();
    extendTo(index);
  } else if (box) {
    event.preventDefault();
    setTimeout(() => toggle(index));
  }
});
element?.addEventListener('focusin', (event) => {
  const index = grid?.indexOf(/** @type {Element} */ (event.target)) ?? -1;
  if (grid && index >= 0 && index !== grid.current) {
    grid.shown.get(grid.current)?.querySelector('.pic')?.setAttribute('tabindex', '-1');
    grid.current = index;
    grid.shown.get(index)?.querySelector('.pic')?.setAttribute('tabindex', '0');
  }
});

/** The index that a key leads to. @param {string} key @param {number} at @param {number} cols */
function step(key, at, cols) {
  return { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - cols, ArrowDown: at + cols, Home: 0, End: Number.MAX_SAFE_INTEGER, PageUp: at - 4 * cols, PageDown: at + 4 * cols }[key];
}

addEventListener('keydown', (event) => {
  if (!grid || isTyping(event.target) || document.querySelector('dialog[open], .menu:popover-open')) return;
  const isInGrid = element?.contains(document.activeElement);
  const hasControl = event.ctrlKey || event.metaKey;
  if (hasControl && event.key.toLowerCase() === 'a') {
    selection.selectAll();
    showSelection();
  } else if (hasControl || event.altKey) return;
  else if (event.key === 'Escape' && selection.count(grid.total)) {
    selection.clear();
    showSelection();
  } else if (event.key === 'Delete' && boot.may.delete) change('delete');
  else if (isInGrid && event.key === ' ') toggle(grid.current);
  else if (isInGrid || (document.activeElement === document.body && event.key.startsWith('Arrow'))) {
    const to = step(event.key, isInGrid ? grid.current : grid.current - 1, Math.max(1, grid.cols));
    if (to === undefined || (!isInGrid && (event.key === 'ArrowUp' || event.key === 'ArrowDown'))) return;
    grid.focus(to);
    if (event.shiftKey) extendTo(grid.current);
    else selection.anchor = grid.current;
  } else return;
  event.preventDefault();
});

bulk?.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest('[data-what]');
  if (button instanceof HTMLElement) change(button.dataset.what ?? '', button.dataset.target);
  if (target?.closest('#unpick')) selection.clear();
  if (target?.closest('#pick-all')) selection.selectAll();
  if (target?.closest('#unpick, #pick-all')) showSelection();
});
document.addEventListener('jobended', () => { reload(); });
document.addEventListener('undone', (event) => {
  event.preventDefault();
  reload();
});

/** @type {Set<string>} */
const touched = new Set();
let isChanged = false;
const catchUp = throttle(() => {
  if (isChanged) reload();
  else if (touched.size) grid?.refresh([...touched]).catch(() => { /* retried with the next event */ });
  isChanged = false;
  touched.clear();
}, 800);
const presence = document.getElementById('presence');
new Live(boot.project, boot.head, {
  onEvents: (events) => {
    for (const event of events) {
      const { grid: change } = eventKind(event.kind);
      if (change === 'list') isChanged = true;
      else if (change === 'tiles') for (const id of mediaOf(event) ?? []) touched.add(id);
    }
    catchUp();
  },
  onResync: () => {
    isChanged = true;
    catchUp();
  },
  onPeople: (people) => { if (presence) showPeople(presence, people); },
});

if (boot.may.upload) startUploads({ dataset: () => boot.dataset ?? '', onEnd: (queue) => { if (queue.outcome.uploaded) reload(); } });
