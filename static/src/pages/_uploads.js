/** Files dropped anywhere on the page or chosen: asked where they go, sent by the queue, shown in the tray. */
import { showDialog } from '../ui/dialog.js';
import { h, postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { chosenFiles, droppedFiles } from './_dropped.js';
import { getJson, words } from './_page.js';
import { Queue } from './_queue.js';
import { sendFile } from './_send.js';
import { Tray } from './_tray.js';

/**
 * @typedef {{dataset: () => string, name?: () => string, clash?: () => string, onChange?: (queue: Queue) => void, onEnd?: (queue: Queue) => void}} Options
 */

/** @type {Queue | null} */
let queue = null;
/** @type {Tray | null} */
let tray = null;

/** Makes the whole page take files. @param {Options} options */
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
    begin(droppedFiles(event.dataTransfer), urls, options);
  });
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const isFolder = target?.closest('[data-choose-folder]');
    if (isFolder || target?.closest('[data-choose-files]')) choose(Boolean(isFolder), urls, options);
  });
  addEventListener('beforeunload', (event) => { if (queue?.isSending) event.preventDefault(); });
}

/** @param {boolean} isFolder @param {Record<string, string>} urls @param {Options} options */
function choose(isFolder, urls, options) {
  const input = h('input', { type: 'file', multiple: true, webkitdirectory: isFolder });
  input.addEventListener('change', () => {
    const found = chosenFiles(/** @type {FileList} */ (input.files));
    async function* groups() { for (let at = 0; at < found.length; at += 500) yield found.slice(at, at + 500); }
    begin(groups(), urls, options);
  });
  input.click();
}

/** @param {AsyncGenerator<import('./_dropped.js').Found[]>} groups @param {Record<string, string>} urls @param {Options} options */
async function begin(groups, urls, options) {
  // Entries of a drop must be read at once: the first group is asked for before anything is awaited.
  const first = groups.next();
  try {
    if (!queue) {
      const dataset = await whereTo(urls, options);
      if (dataset === null) return;
      open(urls, options, dataset);
    }
    for (let step = await first; !step.done; step = await groups.next()) queue?.add(step.value);
  } catch (error) {
    toast(words(error), { bad: true });
  }
}

/** The dataset that files go to: chosen, the only one, a new one, or asked for. Null when the person gives up. @param {Record<string, string>} urls @param {Options} options */
async function whereTo(urls, options) {
  const chosen = options.dataset();
  if (chosen) return chosen;
  /** @type {{id: string, name: string}[]} */
  const known = JSON.parse(document.getElementById('upload-datasets')?.textContent ?? '[]');
  const name = options.name?.();
  if (name || !known.length) return make(urls, name || t('Images'));
  if (known.length === 1) return known[0].id;
  return ask(known);
}

/** @param {Record<string, string>} urls @param {string} name @returns {Promise<string>} */
async function make(urls, name) {
  return (await postJson(urls.newDataset, { name })).id;
}

/** @param {{id: string, name: string}[]} known @returns {Promise<string | null>} */
function ask(known) {
  return new Promise((resolve) => {
    const select = h('select', { class: 'select', id: 'where-to' }, ...known.map((one) => h('option', { value: one.id, text: one.name })));
    const sure = h('button', { class: 'btn primary', type: 'button', text: t('Upload') });
    const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
    const body = h('div', { class: 'field' }, h('label', { for: 'where-to', text: t('Dataset') }), select);
    const dialog = showDialog({ title: t('Choose a dataset'), body, footer: [cancel, sure] });
    let answer = /** @type {string | null} */ (null);
    sure.addEventListener('click', () => {
      answer = select.value;
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(answer));
    select.focus();
  });
}

/** @param {Record<string, string>} urls @param {Options} options @param {string} dataset */
function open(urls, options, dataset) {
  const made = new Queue({
    slots: (count, batch) => postJson(urls.slots, { count, batch, dataset }),
    finish: async (batch, items) => (await postJson(urls.finish, { batch, items: items.map((item) => ({ ...item, dataset })), on_clash: options.clash?.() ?? 'skip' })).jobs,
    report: (batch) => getJson(urls.reports + batch),
    job: (id) => getJson(`/web/jobs/${id}`),
    send: sendFile,
  }, () => {
    tray?.update();
    options.onChange?.(made);
    if (!made.isSending && !made.isReading && made.counts.all && !isEnded) {
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
