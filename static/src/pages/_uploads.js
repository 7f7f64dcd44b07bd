/** Uploads of files that are dropped on the page or chosen: dataset, queue and upload panel. */
import { showDialog } from '../ui/dialog.js';
import { h, postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { chosenFiles, droppedFiles } from './_dropped.js';
import { getJson, errorMessage, keepForNextPage } from './_page.js';
import { resultText } from './_results.js';
import { Queue } from './_queue.js';
import { sendFile } from './_send.js';
import { Tray } from './_tray.js';

/**
 * @typedef {{dataset: () => string, name?: () => string, clash?: () => string, pages?: () => string, onChange?: (queue: Queue) => void, onEnd?: (queue: Queue) => void}} Options
 */

/** So many refused files are named on the next page. */
const MAX_KEPT = 500;

/** @type {Queue | null} */
let queue = null;
/** @type {Tray | null} */
let tray = null;
/** Drops and choices whose files are not all in the queue: their dataset is being chosen or created, or a folder read. */
let adding = 0;

/** Whether files of this page are on their way: the page must not be left by itself. */
export const isUploading = () => Boolean(adding || queue?.isSending || queue?.isProcessing);

/** Shows the page again, now with images; what became of the files is told there. */
export function goOn() {
  if (queue?.counts.all) {
    const { outcome, problems } = queue;
    keepForNextPage({ toast: resultText(outcome), problems: problems.slice(0, MAX_KEPT) });
  }
  location.reload();
}

/** Accepts files on the whole page. @param {Options} options */
export function startUploads(options) {
  const boot = document.getElementById('upload-boot');
  if (!boot) return;
  const urls = /** @type {Record<string, string>} */ ({ ...boot.dataset });
  const zone = document.getElementById('drop') ?? document.body;
  let depth = 0;
  const hasFiles = (/** @type {DragEvent} */ event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  const over = (/** @type {boolean} */ isOver) => zone.toggleAttribute('data-over', isOver);
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    over(true);
  });
  addEventListener('dragleave', (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (!depth) over(false);
  });
  addEventListener('dragover', (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener('drop', (event) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    addFiles(droppedFiles(event.dataTransfer), urls, options);
  });
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const isFolder = target?.closest('[data-choose-folder]');
    if (isFolder || target?.closest('[data-choose-files]')) choose(Boolean(isFolder), urls, options);
  });
  addEventListener('beforeunload', (event) => { if (adding || queue?.isSending) event.preventDefault(); });
}

/** @param {boolean} isFolder @param {Record<string, string>} urls @param {Options} options */
function choose(isFolder, urls, options) {
  const input = h('input', { type: 'file', multiple: true, webkitdirectory: isFolder });
  input.addEventListener('change', () => {
    const found = chosenFiles(/** @type {FileList} */ (input.files));
    async function* groups() { for (let at = 0; at < found.length; at += 500) yield found.slice(at, at + 500); }
    addFiles(groups(), urls, options);
  });
  input.click();
}

/** @param {AsyncGenerator<import('./_dropped.js').Found[]>} groups @param {Record<string, string>} urls @param {Options} options */
async function addFiles(groups, urls, options) {
  // The entries of a drop must be read immediately: the first group is requested before anything is awaited.
  const first = groups.next();
  adding += 1;
  try {
    if (!queue) {
      const dataset = await chooseDataset(urls, options);
      if (dataset === null) return;
      openQueue(urls, options, dataset);
    }
    for (let step = await first; !step.done; step = await groups.next()) queue?.add(step.value);
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  } finally {
    adding -= 1;
  }
}

/** The dataset for the files: selected, the only one, a new one, or chosen in a dialog. Null if the user cancels. @param {Record<string, string>} urls @param {Options} options */
async function chooseDataset(urls, options) {
  const chosen = options.dataset();
  if (chosen) return chosen;
  /** @type {{id: string, name: string}[]} */
  const known = JSON.parse(document.getElementById('upload-datasets')?.textContent ?? '[]');
  const name = options.name?.();
  if (name || !known.length) return createDataset(urls, name || t('Images'));
  if (known.length === 1) return known[0].id;
  return askForDataset(known);
}

/** @param {Record<string, string>} urls @param {string} name @returns {Promise<string>} */
async function createDataset(urls, name) {
  return (await postJson(urls.newDataset, { name })).id;
}

/** @param {{id: string, name: string}[]} known @returns {Promise<string | null>} */
function askForDataset(known) {
  return new Promise((resolve) => {
    const select = h('select', { class: 'select', id: 'where-to' }, ...known.map((one) => h('option', { value: one.id, text: one.name })));
    const confirm = h('button', { class: 'btn primary', type: 'button', text: t('Upload') });
    const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
    const body = h('div', { class: 'field' }, h('label', { for: 'where-to', text: t('Dataset') }), select);
    const dialog = showDialog({ title: t('Choose a dataset'), body, footer: [cancel, confirm] });
    let dataset = /** @type {string | null} */ (null);
    confirm.addEventListener('click', () => {
      dataset = select.value;
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(dataset));
    select.focus();
  });
}

/** @param {Record<string, string>} urls @param {Options} options @param {string} dataset */
function openQueue(urls, options, dataset) {
  const made = new Queue({
    slots: (count, batch) => postJson(urls.slots, { count, batch, dataset }),
    finish: async (batch, items) => (await postJson(urls.finish, { batch, items: items.map((item) => ({ ...item, dataset })), on_clash: options.clash?.() ?? 'skip', pages: options.pages?.() ?? 'first' })).jobs,
    report: (batch) => getJson(urls.reports + batch),
    job: (id) => getJson(`/web/jobs/${id}`),
    send: sendFile,
  }, () => {
    tray?.update();
    options.onChange?.(made);
    if (!made.isSending && !made.isProcessing && made.counts.all && !isEnded) {
      isEnded = true;
      options.onEnd?.(made);
    } else if (made.isSending) isEnded = false;
  });
  let isEnded = false;
  queue = made;
  tray = new Tray(made, () => {
    tray?.remove();
    tray = null;
    queue = null;
  });
}
