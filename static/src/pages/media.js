/** The media page: grid, choosing, changing many with undo, others' work as it happens, files dropped anywhere. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { num, t } from '../i18n.js';
import { Grid } from './_grid.js';
import { Live, seldom, showPeople } from './_live.js';
import { isTyping, say, startPage, waitForJob, words } from './_page.js';
import { Picks } from './_picks.js';
import { startUploads } from './_uploads.js';

startPage();

const boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}');
const element = document.getElementById('grid');
const bulk = document.getElementById('bulk');
const size = document.getElementById('size');
const picks = new Picks();
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

/** Shows whether a tile is chosen. @param {HTMLElement} tile @param {string} id */
function show(tile, id) {
  const isPicked = picks.has(id);
  tile.toggleAttribute('data-picked', isPicked);
  const box = tile.querySelector('.pick input');
  if (box instanceof HTMLInputElement) box.checked = isPicked;
}

/** Shows what is chosen: tiles, and the bar with what can be done to them. */
function showPicks() {
  if (!grid || !bulk || !element) return;
  for (const [index, tile] of grid.shown) {
    const item = grid.items.get(index);
    if (item) show(tile, item.id);
  }
  const count = picks.count(grid.total);
  bulk.hidden = count === 0;
  element.toggleAttribute('data-picking', count > 0);
  const said = document.getElementById('picked');
  if (said) said.textContent = count === 1 ? t('1 selected') : t('{n} selected', { n: num(count) });
  const all = document.getElementById('pick-all');
  if (all) {
    all.hidden = count >= grid.total || !count;
    all.textContent = boot.query ? t('Select all {n} matching', { n: num(grid.total) }) : t('Select all {n}', { n: num(grid.total) });
  }
}

/** Chooses everything from the anchor to here. @param {number} index */
async function extendTo(index) {
  if (!grid) return;
  try {
    picks.set(await grid.idsBetween(picks.anchor, index), true);
    showPicks();
  } catch (error) {
    toast(words(error), { bad: true });
  }
}

/** @param {number} index */
function toggle(index) {
  const item = grid?.items.get(index);
  if (!item) return;
  picks.toggle(item.id, index);
  showPicks();
}

/** Changes what is chosen. @param {string} what @param {string} [target] */
async function change(what, target) {
  if (!grid || !picks.count(grid.total)) return;
  try {
    const answer = await postJson(boot.urls['media-change'], { what, target: target || null, ...picks.body(boot.query) });
    say(answer);
    picks.clear();
    showPicks();
    if (answer.job) waitForJob(answer.job);
    await reload();
  } catch (error) {
    toast(words(error), { bad: true });
  }
}

/** How many images the list has, in words. @param {number} total */
function countText(total) {
  if (boot.query) return total === 1 ? t('1 image matches') : t('{n} images match', { n: num(total) });
  return total === 1 ? t('1 image') : t('{n} images', { n: num(total) });
}

/** Reloads the list; a list that was or became empty is another page. */
async function reload() {
  if (!grid) return location.reload();
  const total = await grid.reload().catch(() => grid.total);
  if (!total) return location.reload();
  const line = document.getElementById('count');
  if (line) line.textContent = countText(total);
  showPicks();
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

/** Where an arrow leads. @param {string} key @param {number} at @param {number} cols */
function step(key, at, cols) {
  return { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - cols, ArrowDown: at + cols, Home: 0, End: Number.MAX_SAFE_INTEGER, PageUp: at - 4 * cols, PageDown: at + 4 * cols }[key];
}

addEventListener('keydown', (event) => {
  if (!grid || isTyping(event.target) || document.querySelector('dialog[open], .menu:popover-open')) return;
  const isInGrid = element?.contains(document.activeElement);
  const hasControl = event.ctrlKey || event.metaKey;
  if (hasControl && event.key.toLowerCase() === 'a') {
    picks.chooseAll();
    showPicks();
  } else if (hasControl || event.altKey) return;
  else if (event.key === 'Escape' && picks.count(grid.total)) {
    picks.clear();
    showPicks();
  } else if (event.key === 'Delete' && boot.may.delete) change('delete');
  else if (isInGrid && event.key === ' ') toggle(grid.current);
  else if (isInGrid || (document.activeElement === document.body && event.key.startsWith('Arrow'))) {
    const to = step(event.key, isInGrid ? grid.current : grid.current - 1, Math.max(1, grid.cols));
    if (to === undefined || (!isInGrid && (event.key === 'ArrowUp' || event.key === 'ArrowDown'))) return;
    grid.focus(to);
    if (event.shiftKey) extendTo(grid.current);
    else picks.anchor = grid.current;
  } else return;
  event.preventDefault();
});

bulk?.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest('[data-what]');
  if (button instanceof HTMLElement) change(button.dataset.what ?? '', button.dataset.target);
  if (target?.closest('#unpick')) picks.clear();
  if (target?.closest('#pick-all')) picks.chooseAll();
  if (target?.closest('#unpick, #pick-all')) showPicks();
});
document.addEventListener('jobended', () => { reload(); });
document.addEventListener('undone', (event) => {
  event.preventDefault();
  reload();
});

/** @type {Set<string>} */
const touched = new Set();
let isChanged = false;
const catchUp = seldom(() => {
  if (isChanged) reload();
  else if (touched.size) grid?.touch([...touched]).catch(() => { /* the next time */ });
  isChanged = false;
  touched.clear();
}, 800);
const presence = document.getElementById('presence');
new Live(boot.project, boot.head, {
  onEvents: (events) => {
    for (const event of events) {
      if (['labels.changed', 'tags.changed', 'status.changed', 'media.updated'].includes(event.kind)) {
        for (const id of event.media ? [event.media] : (event.after?.media ?? [])) touched.add(id);
      } else if (event.kind.startsWith('media.') || event.kind.startsWith('dataset.') || event.kind === 'bulk') isChanged = true;
    }
    catchUp();
  },
  onResync: () => {
    isChanged = true;
    catchUp();
  },
  onPeople: (people) => { if (presence) showPeople(presence, people); },
});

if (boot.may.upload) startUploads({ dataset: () => boot.dataset ?? '' });
