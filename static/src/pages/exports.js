/** Exports and imports: both forms, the upload of an import's file, live job rows. */
import { postJson, readResponse, requestHeaders } from '../ui/dom.js';
import { followJobs } from './_job_rows.js';
import { clearErrors, showResult, showError, startPage } from './_page.js';
import { sendFile } from './_send.js';

startPage();

const refreshJobs = followJobs((rows) => {
  const none = document.getElementById('none');
  if (none) none.hidden = rows.children.length > 0;
});

const exporting = document.getElementById('export');
const size = document.getElementById('e-size');
const since = document.getElementById('e-since');
let asked = 0;
let timer = 0;

/** Shows the options that the chosen format has; those of others are not sent. */
function showOptions() {
  const format = document.getElementById('e-format');
  const value = format instanceof HTMLSelectElement ? format.value : '';
  const map = document.getElementById('e-map');
  if (map instanceof HTMLFieldSetElement) map.hidden = map.disabled = value !== 'semantic_png';
  offer('e-with', value !== 'images' && value !== 'videos');
  offer('e-links', ['json_coco', 'json_v1.1', 'pascal'].includes(value));
}

/** @param {string} id @param {boolean} isOffered */
function offer(id, isOffered) {
  const holder = document.getElementById(id);
  const box = holder?.querySelector('input');
  if (!holder || !box) return;
  holder.hidden = !isOffered;
  box.disabled = !isOffered;
}

/** Shows how many images and objects, or videos and segments, the selection has; an answer that is overtaken is dropped. */
async function showSize() {
  if (!(exporting instanceof HTMLFormElement) || !size) return;
  const number = ++asked;
  // Not exporting.dataset: the field of that name shadows it.
  const url = exporting.getAttribute('data-preview') ?? '';
  const body = new FormData(exporting);
  body.delete('csrfmiddlewaretoken'); // it takes precedence over the header's and may be older
  const answer = await fetch(url, { method: 'POST', headers: requestHeaders(), credentials: 'same-origin', body })
    .then(readResponse).catch(() => null);
  if (number === asked) size.textContent = answer?.text ?? '';
}

/** Keeps the chosen local time as a moment with its zone, which the server reads. */
function keepMoment() {
  if (!(since instanceof HTMLInputElement) || !(exporting instanceof HTMLFormElement)) return;
  const name = since.getAttribute('data-moment') ?? '';
  let hidden = exporting.querySelector(`input[name="${name}"]`);
  if (!(hidden instanceof HTMLInputElement)) {
    hidden = Object.assign(document.createElement('input'), { type: 'hidden', name });
    exporting.append(hidden);
  }
  if (hidden instanceof HTMLInputElement) hidden.value = since.value ? new Date(since.value).toISOString() : '';
}

exporting?.addEventListener('change', () => {
  keepMoment();
  showOptions();
  clearTimeout(timer);
  timer = window.setTimeout(showSize, 150);
});
showOptions();
showSize();

const select = document.getElementById('i-dataset');
const field = document.getElementById('i-new');
const chosen = document.getElementById('i-file');

/** Shows the name field for a new dataset and suggests the file's name. */
function showNew() {
  const isNew = select instanceof HTMLSelectElement && !select.value;
  const name = document.getElementById('f-i-new');
  if (!(name instanceof HTMLInputElement)) return;
  const holder = name.closest('.field');
  if (holder instanceof HTMLElement) holder.hidden = !isNew;
  name.required = isNew;
  const file = chosen instanceof HTMLInputElement ? chosen.files?.[0] : null;
  if (isNew && file && !name.value) name.value = file.name.replace(/\.(json|json\.gz|zip)$/i, '');
}
select?.addEventListener('change', showNew);
chosen?.addEventListener('change', showNew);
field?.addEventListener('input', showNew);
showNew();

/**
 * Uploads the file of a form and starts its job.
 * @param {HTMLFormElement} target @param {HTMLElement | null} bar @param {(fields: FormData) => object} read what the job needs besides the file
 */
async function sendForm(target, bar, read) {
  const fields = new FormData(target);
  const file = fields.get('file');
  const button = target.querySelector('button[type="submit"]');
  if (!(file instanceof File) || !(bar instanceof HTMLProgressElement)) return;
  clearErrors(target);
  button?.setAttribute('disabled', '');
  bar.hidden = false;
  bar.value = 0;
  try {
    const slot = await postJson(target.getAttribute('data-slot') ?? '', {});
    await sendFile(file, slot.url, new AbortController().signal, (sent) => { bar.value = sent / Math.max(1, file.size); });
    showResult(await postJson(target.getAttribute('data-start') ?? '', { upload: slot.id, name: file.name, ...read(fields) }));
    target.reset();
    showNew();
    await refreshJobs();
  } catch (error) {
    const named = /** @type {any} */ (error);
    if (named?.body?.field === 'name') named.body.field = 'new_dataset';
    showError(target, error);
  } finally {
    bar.hidden = true;
    button?.removeAttribute('disabled');
  }
}

/** @param {string} id @param {string} bar @param {(fields: FormData) => object} read */
function wireUpload(id, bar, read) {
  document.getElementById(id)?.addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) sendForm(event.target, document.getElementById(bar), read);
  });
}

wireUpload('import', 'i-progress', (fields) => ({ dataset: fields.get('dataset') || null, new_dataset: fields.get('dataset') ? '' : fields.get('new_dataset') }));
wireUpload('suggest', 's-progress', (fields) => ({ model: fields.get('model') }));
