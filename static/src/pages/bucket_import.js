/** Import from a bucket: its folders to choose from, a new dataset, and the jobs. */
import { h, icon } from '../ui/dom.js';
import { ngettext, t } from '../i18n.js';
import { errorMessage, getJson, startPage } from './_page.js';
import { followJobs } from './_job_rows.js';

startPage();

const form = document.getElementById('bucket-import');
const bucket = document.getElementById('b-bucket');
const prefix = document.getElementById('f-b-prefix');
const list = document.getElementById('b-files');
const status = document.getElementById('b-status');
const SHOWN_FILES = 100;

/** The part of a key below the shown folder. @param {string} key @param {string} above */
const nameBelow = (key, above) => key.slice(above.lastIndexOf('/') + 1);

/** @param {string} text @param {string} kind @param {string} target */
const folderRow = (text, kind, target) => h('li', {}, h('button', { class: 'btn quiet s', type: 'button', data: { prefix: target } }, icon(kind, 's'), text));

/** Says what was found, or what went wrong. @param {string} text @param {boolean} [isBad] */
function say(text, isBad = false) {
  if (!status) return;
  status.textContent = text;
  status.classList.toggle('bad', isBad);
}

/** @param {{folders: string[], files: string[], more: boolean}} found @param {string} above */
function show(found, above) {
  const folder = above.slice(0, above.replace(/\/$/, '').lastIndexOf('/') + 1);
  list?.replaceChildren(
    ...(above ? [folderRow(t('Up'), 'arrow-up', folder)] : []),
    ...found.folders.map((key) => folderRow(nameBelow(key.slice(0, -1), above), 'folder', key)),
    ...found.files.slice(0, SHOWN_FILES).map((key) => h('li', { class: 'row small muted' }, icon('image', 's'), h('span', { class: 'clip', text: nameBelow(key, above) }))),
  );
  const folders = ngettext('{n} folder', '{n} folders', found.folders.length);
  const files = ngettext('{n} file', '{n} files', found.files.length);
  if (!found.folders.length && !found.files.length) say(above ? t('No file begins with this.') : t('The bucket is empty.'));
  else say(found.more ? t('The first {folders} and {files} here', { folders, files }) : `${folders}, ${files}`);
}

let last = 0;

/** Shows what lies directly below the prefix; of two requests only the later one counts. */
async function browse() {
  if (!(bucket instanceof HTMLSelectElement) || !(prefix instanceof HTMLInputElement)) return;
  last += 1;
  const turn = last;
  const above = prefix.value;
  say(t('Reading the bucket …'));
  list?.setAttribute('aria-busy', 'true');
  try {
    const url = bucket.selectedOptions[0]?.dataset.files ?? '';
    const found = await getJson(`${url}?prefix=${encodeURIComponent(above)}`);
    if (turn === last) show(found, above);
  } catch (error) {
    if (turn !== last) return;
    list?.replaceChildren();
    say(errorMessage(error), true);
  } finally {
    if (turn === last) list?.removeAttribute('aria-busy');
  }
}

/** Goes to a folder; the focus stays in the list. @param {string} target */
async function open(target) {
  if (!(prefix instanceof HTMLInputElement)) return;
  prefix.value = target;
  await browse();
  const first = list?.querySelector('button');
  if (first instanceof HTMLElement) first.focus();
  else list?.focus();
}

/** Shows the field for the name of a new dataset while one is selected. */
function showNew() {
  const select = document.getElementById('b-dataset');
  const holder = document.getElementById('f-b-new')?.closest('.field');
  if (holder instanceof HTMLElement) holder.hidden = select instanceof HTMLSelectElement && Boolean(select.value);
}

if (form) {
  list?.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-prefix]') : null;
    if (button instanceof HTMLElement) open(button.dataset.prefix ?? '');
  });
  bucket?.addEventListener('change', () => {
    if (prefix instanceof HTMLInputElement) prefix.value = '';
    browse();
  });
  prefix?.addEventListener('change', browse);
  prefix?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault(); // Enter looks first; the button imports
    browse();
  });
  document.getElementById('b-dataset')?.addEventListener('change', showNew);
  showNew();
  browse();
}
followJobs((rows) => {
  const card = document.getElementById('imports');
  if (card) card.hidden = rows.children.length === 0;
});
