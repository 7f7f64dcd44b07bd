/** The trash of a project or a workspace: selection with mouse and keys, restoring, deleting now, live updates. */
import { confirmDialog, openDialog } from '../ui/dialog.js';
import { refreshAges } from '../ui/ages.js';
import { applyVars, postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { eventKind } from '../event-kinds.js';
import { ngettext, num, t } from '../i18n.js';
import { checkTypedName, wireConfirmNames } from './_confirm_name.js';
import { Live, throttle } from './_live.js';
import { errorMessage, isTyping, refreshPart, showResult, startPage, waitForJob } from './_page.js';

startPage();
wireConfirmNames();

const POLL_MS = 10_000;
const list = /** @type {HTMLElement} */ (document.getElementById('trash'));
const bar = document.getElementById('bulk');
/** The selected rows by key. @type {Set<string>} */
const selected = new Set();
/** Whether everything in the trash is selected, also what is on other pages. */
let isAll = false;
/** The row from which Shift extends the selection. */
let anchor = 0;

const rows = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll('tr[data-kind]')]);
const keyOf = (/** @type {HTMLElement} */ row) => row.dataset.key ?? '';
const boxOf = (/** @type {Element | undefined} */ row) => /** @type {HTMLInputElement | null} */ (row?.querySelector('[data-pick]') ?? null);
const rowOf = (/** @type {EventTarget | null} */ target) => /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest('tr[data-kind]') : null);
const total = () => Number(list.querySelector('[data-total]')?.getAttribute('data-total') || rows().length);

/** Shows the selection: the boxes of the rows, and the bar with what can be done. */
function showSelection() {
  const shown = rows();
  for (const key of [...selected]) if (!shown.some((row) => keyOf(row) === key)) selected.delete(key);
  for (const row of shown) {
    const box = boxOf(row);
    if (box) box.checked = isAll || selected.has(keyOf(row));
    row.toggleAttribute('data-picked', isAll || selected.has(keyOf(row)));
  }
  const count = isAll ? total() : selected.size;
  const all = document.getElementById('pick-page');
  if (all instanceof HTMLInputElement) {
    all.checked = shown.length > 0 && (isAll || selected.size === shown.length);
    all.indeterminate = !all.checked && selected.size > 0;
  }
  if (!bar) return;
  bar.hidden = count === 0 || !bar.querySelector('[data-act]');
  const counter = document.getElementById('picked');
  if (counter) counter.textContent = ngettext('{n} selected', '{n} selected', count);
  const more = document.getElementById('pick-all');
  if (more) {
    more.hidden = isAll || selected.size < shown.length || total() <= shown.length;
    more.textContent = t('Select all {n}', { n: num(total()) });
  }
}

function clear() {
  isAll = false;
  selected.clear();
  showSelection();
}

/** Selects or clears rows; from "everything" on, those of this page count. @param {HTMLElement[]} some @param {boolean} on */
function select(some, on) {
  if (isAll) for (const row of rows()) selected.add(keyOf(row));
  isAll = false;
  for (const row of some) {
    if (on) selected.add(keyOf(row));
    else selected.delete(keyOf(row));
  }
  showSelection();
}

/** Selects everything from the anchor to a row. @param {number} to */
function extendTo(to) {
  select(rows().slice(Math.min(anchor, to), Math.max(anchor, to) + 1), true);
}

/** The fields that name some rows. @param {HTMLElement[] | null} some null = everything */
function body(some) {
  if (!some) return { all: true };
  const of = (/** @type {string} */ kind) => some.filter((row) => row.dataset.kind === kind).map((row) => row.dataset.id);
  return list.dataset.project ? { datasets: of('dataset'), media: of('image') } : { projects: of('project') };
}

/** Fetches the list again. The focus goes to the row that is in the place of the one that had it. */
async function reload() {
  const at = rows().findIndex((row) => row.contains(document.activeElement));
  await refreshPart(list).catch(() => { /* retried with the next event */ });
  applyVars(list);
  refreshAges(list);
  showSelection();
  if (at >= 0 && !list.contains(document.activeElement)) (boxOf(rows()[Math.min(at, rows().length - 1)]) ?? document.getElementById('main'))?.focus();
}

/** Sends a change and shows what came of it. @param {string} url @param {any} fields */
async function send(url, fields) {
  try {
    const response = await postJson(url, fields);
    showResult(response);
    clear();
    if (response.job) waitForJob(response.job);
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
  await reload();
}

/** Asks before something is deleted for good. @param {HTMLElement[] | null} some */
async function purge(some) {
  const url = list.dataset.purge;
  if (!url) return;
  const count = some ? some.length : total();
  const only = some?.length === 1 ? some[0].querySelector('.strong')?.textContent ?? '' : '';
  const isConfirmed = await confirmDialog({
    title: only ? t('Delete {name} now', { name: only }) : ngettext('Delete {n} item now', 'Delete {n} items now', count),
    text: t('Images are permanently deleted with their labels. They cannot be restored.'),
    verb: t('Delete now'),
    danger: true,
  });
  if (isConfirmed) await send(url, body(some));
}

/** Asks for the name of a project before it is deleted for good. @param {HTMLElement} row @param {string} name */
function purgeProject(row, name) {
  const dialog = document.getElementById('purge-project');
  const form = dialog?.querySelector('form');
  if (!(dialog instanceof HTMLDialogElement) || !form) return;
  form.dataset.confirmName = name;
  /** @type {HTMLInputElement} */ (form.elements.namedItem('project')).value = row.dataset.id ?? '';
  const shown = form.querySelector('[data-name-to-type]');
  if (shown) shown.textContent = name;
  checkTypedName(form);
  openDialog(dialog);
}

/** Does what a button or key says. @param {string} what @param {HTMLElement[] | null} some */
function act(what, some) {
  if (some && !some.length) return;
  if (what === 'restore' && list.dataset.restore) send(list.dataset.restore, body(some));
  else if (what === 'purge' && list.dataset.purge) purge(some);
  else if (what === 'purge' && some?.length === 1) purgeProject(some[0], some[0].querySelector('.strong')?.textContent ?? '');
}

const picked = () => (isAll ? null : rows().filter((row) => selected.has(keyOf(row))));

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest('[data-act]');
  const row = rowOf(target);
  if (button instanceof HTMLElement) act(button.dataset.act ?? '', row ? [row] : picked());
  else if (target?.closest('#unpick')) clear();
  else if (target?.closest('#pick-all')) {
    isAll = true;
    showSelection();
  } else if (target instanceof HTMLInputElement && target.id === 'pick-page') select(rows(), target.checked);
  else if (target instanceof HTMLInputElement && row) {
    const at = rows().indexOf(row);
    if (event.shiftKey) extendTo(at);
    else {
      anchor = at;
      select([row], target.checked);
    }
  }
});

addEventListener('keydown', (event) => {
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const hasControl = event.ctrlKey || event.metaKey;
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (hasControl && event.key.toLowerCase() === 'a') select(all, true);
  else if (hasControl || event.altKey) return;
  else if (event.key === 'Escape' && (isAll || selected.size)) clear();
  else if (event.key === 'Delete') act('purge', isAll || selected.size || at < 0 ? picked() : [all[at]]);
  else if (to !== undefined && all.length && (at >= 0 || (document.activeElement === document.body && event.key.startsWith('Arrow')))) {
    const next = Math.max(0, Math.min(all.length - 1, to));
    boxOf(all[next])?.focus();
    if (!event.shiftKey) anchor = next;
    else {
      if (!selected.size) anchor = Math.max(0, at);
      extendTo(next);
    }
  } else return;
  event.preventDefault();
});

document.addEventListener('purging', (event) => {
  const response = /** @type {CustomEvent} */ (event).detail;
  const dialog = document.getElementById('purge-project');
  if (dialog instanceof HTMLDialogElement) dialog.close();
  showResult(response);
  if (response.job) waitForJob(response.job);
  reload();
});
document.addEventListener('jobended', () => { reload(); });

const catchUp = throttle(reload, 800);
if (list.dataset.project) {
  new Live(list.dataset.project, Number(list.dataset.head), {
    onEvents: (events) => { if (events.some((event) => eventKind(event.kind).grid === 'list' || event.kind === 'job.changed')) catchUp(); },
    onResync: catchUp,
  });
} else setInterval(() => { if (!document.hidden) reload(); }, POLL_MS);
showSelection();
