/** What pages with forms share: submitting without leaving the page, field errors, toasts with undo, copying. */
import { confirmDialog, openDialog, showDialog } from '../ui/dialog.js';
import { applyVars, h, icon, requestHeaders, postJson, readResponse, responseError } from '../ui/dom.js';
import { toast, undoLastToast } from '../ui/toast.js';
import { readPageStrings, t } from '../i18n.js';

/**
 * @typedef {{url: string, body: any}} Undo
 * @typedef {{to?: string | null, toast?: string, undo?: Undo | null, job?: string | null, problems?: {name: string, reason: string}[], [more: string]: any}} WriteResponse
 */

const PENDING_TOAST = 'annotator.toast';
/** How long an opened link has to replace this page before a result does, in ms. */
const LEAVING_MS = 5000;

let leftAt = -Infinity;
addEventListener('beforeunload', () => { leftAt = performance.now(); });

/** Runs an undo that the server offered, shows the result and reloads the page. @param {Undo} undo */
export async function runUndo(undo) {
  try {
    const response = await postJson(undo.url, undo.body);
    const isHandled = !document.dispatchEvent(new CustomEvent('undone', { detail: response, cancelable: true }));
    applyResponse(response, { reload: !isHandled });
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

/** The message for a failed request. @param {any} error @returns {string} */
export function errorMessage(error) {
  if (error?.status) return error.message;
  return t('The server cannot be reached. Try again.');
}

/** Shows files that were refused, with the reasons. @param {{name: string, reason: string}[]} problems */
function showProblems(problems) {
  showDialog({ title: t('Not uploaded'), wide: true, body: h('table', { class: 'table' }, problemHead(), h('tbody', {}, ...problems.map(problemRow))) });
}

const problemHead = () => h('thead', {}, h('tr', {}, h('th', { text: t('File') }), h('th', { text: t('Reason') })));

/** A row of a list of files that were not uploaded. @param {{name: string, reason: string}} problem */
export const problemRow = ({ name, reason }) => h('tr', {}, h('td', { class: 'name', text: name }), h('td', { class: 'bad', text: reason }));

/** Shows the toast of a response, with its undo. @param {WriteResponse} response */
export function showResult(response) {
  const { undo, problems } = response;
  if (!response.toast) return;
  toast(response.toast, {
    ...(undo && { undo: () => { runUndo(undo); } }),
    ...(problems?.length && { action: { label: t('Show refused files'), run: () => showProblems(problems) } }),
  });
}

/** Keeps a toast for the next page. @param {WriteResponse} response */
export function keepForNextPage({ toast: text, undo, job, problems }) {
  if (text) sessionStorage.setItem(PENDING_TOAST, JSON.stringify({ toast: text, undo, job, problems }));
}

/**
 * Applies the response of a write: opens another page (with the toast) or shows the toast here.
 * @param {WriteResponse} response @param {{reload?: boolean}} [options] `reload` reloads this page if the response names no other
 */
export function applyResponse(response, { reload = false } = {}) {
  if (!response) return;
  const to = response.to ?? (reload ? location.href : null);
  if (!to) {
    showResult(response);
    if (response.job) waitForJob(response.job);
    return;
  }
  keepForNextPage(response);
  // A link that was opened while the response was on its way wins: going elsewhere now would cancel it.
  setTimeout(openPage, Math.max(0, leftAt + LEAVING_MS - performance.now()), to);
}

/** Opens a page, or this one anew. @param {string} to */
function openPage(to) {
  const url = new URL(to, location.href);
  if (url.pathname + url.search === location.pathname + location.search) location.reload();
  else location.assign(url);
}

/** Follows a job that the page started until it ends, then shows the result with its undo. @param {string} id @param {(state: any) => void} [onStep] */
export async function waitForJob(id, onStep) {
  for (let pause = 400; ; pause = Math.min(3000, pause * 1.3)) {
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    let state;
    try {
      state = await getJson(`/web/jobs/${id}`);
    } catch (error) {
      if (/** @type {any} */ (error)?.status === 404) return; // the job was deleted with its project
      continue;
    }
    onStep?.(state);
    if (state.state === 'DONE') showResult({ toast: state.text ? `${state.name}: ${state.text}` : state.name, undo: state.undo });
    else if (state.state === 'FAILED') toast(`${state.name}: ${state.text}`, { bad: true });
    else if (state.state !== 'CANCELLED') continue;
    document.dispatchEvent(new CustomEvent('jobended', { detail: state }));
    return;
  }
}

/** Returns JSON from this server. @param {string} url @param {RequestInit} [options] @returns {Promise<any>} */
export async function getJson(url, options = {}) {
  const response = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin', ...options });
  return readResponse(response);
}

/** Removes the errors of a form. @param {HTMLElement} form */
export function clearErrors(form) {
  for (const line of form.querySelectorAll('.error[data-live]')) line.remove();
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
    const kept = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && !id.endsWith('-error'));
    if (kept.length) field.setAttribute('aria-describedby', kept.join(' '));
    else field.removeAttribute('aria-describedby');
  }
  const line = form.querySelector('[data-error]');
  if (line) line.textContent = '';
}

/** Shows an error beside the field it names, otherwise in the form's error line. @param {HTMLElement} form @param {any} error */
export function showError(form, error) {
  clearErrors(form);
  const name = error?.body?.field ?? '';
  const field = name ? form.querySelector(`[name="${CSS.escape(name)}"]:not([type="hidden"])`) : null;
  if (!(field instanceof HTMLElement) || !field.offsetParent) {
    const line = form.querySelector('[data-error]');
    if (line) line.textContent = errorMessage(error);
    else toast(errorMessage(error), { bad: true });
    return;
  }
  const id = `${field.id || name}-error`;
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), id].filter(Boolean).join(' '));
  (field.closest('.field') ?? field.parentElement)?.append(h('span', { class: 'error', id, 'data-live': true, role: 'alert' }, icon('circle-alert', 's'), withFieldLabel(form, field, name, errorMessage(error))));
  field.focus();
}

/** An error message for its field: it begins with the field's label instead of its name. @param {HTMLElement} form @param {HTMLElement} field @param {string} name @param {string} text */
function withFieldLabel(form, field, name, text) {
  if (!text.startsWith(`${name} `)) return text;
  const label = field.id ? form.querySelector(`label[for="${CSS.escape(field.id)}"]`) : null;
  const copy = /** @type {Element | undefined} */ (label?.cloneNode(true));
  copy?.querySelector('.req')?.remove();
  const labelText = copy?.textContent?.trim();
  return labelText ? labelText + text.slice(name.length) : text;
}

/** Submits a form and returns the response; errors are shown in the form and return null. @param {HTMLFormElement} form @returns {Promise<WriteResponse | null>} */
export async function sendForm(form) {
  const buttons = [...form.querySelectorAll('button[type="submit"], button:not([type])')];
  for (const button of buttons) button.setAttribute('disabled', '');
  try {
    const fields = new FormData(form);
    fields.delete('csrfmiddlewaretoken'); // it takes precedence over the header's and may be older
    const response = await fetch(form.getAttribute('action') ?? '', { method: 'POST', body: fields, credentials: 'same-origin', headers: requestHeaders() });
    const body = await readResponse(response);
    if (!body) throw responseError(response.status);
    clearErrors(form);
    return body;
  } catch (error) {
    showError(form, error);
    return null;
  } finally {
    for (const button of buttons) button.removeAttribute('disabled');
  }
}

/** Submits forms with [data-form]; if the attribute has a value, an event of that name is dispatched with the response. @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-form')) return;
  event.preventDefault();
  const response = await sendForm(form);
  if (!response) return;
  // Not form.dataset: a field named "dataset" would shadow it.
  const name = form.getAttribute('data-form');
  if (name) form.dispatchEvent(new CustomEvent(name, { detail: response, bubbles: true }));
  else {
    form.closest('dialog')?.close();
    applyResponse(response);
  }
}

/** Buttons with [data-post] send a POST; [data-confirm] asks first where there is no undo. @param {HTMLElement} button */
async function onPost(button) {
  const { post, confirm, confirmTitle, body } = button.dataset;
  if (!post) return;
  if (confirm) {
    const isConfirmed = await confirmDialog({ title: confirmTitle ?? '', text: confirm, verb: confirmTitle ?? t('Yes'), danger: button.hasAttribute('data-danger') });
    if (!isConfirmed) return;
  }
  button.setAttribute('disabled', '');
  try {
    const response = await postJson(post, body ? JSON.parse(body) : {});
    const isHandled = !button.dispatchEvent(new CustomEvent('posted', { detail: response, bubbles: true, cancelable: true }));
    if (!isHandled) applyResponse(response, { reload: true });
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  } finally {
    button.removeAttribute('disabled');
  }
}

/** Copies the text of an element to the clipboard. @param {HTMLElement} button */
async function onCopy(button) {
  const source = document.getElementById(button.dataset.copy ?? '');
  if (!source) return;
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '');
  try {
    await navigator.clipboard.writeText(text);
    toast(t('Copied'), { seconds: 3 });
  } catch {
    if (source instanceof HTMLInputElement) source.select();
    else getSelection()?.selectAllChildren(source);
    toast(t('Press Ctrl+C to copy.'), { seconds: 5 });
  }
}

/** Replaces the changed elements of a part of the page; elements with the same data-key and text stay. @param {Element} old @param {Element} fresh */
export function patch(old, fresh) {
  for (const next of [...fresh.children]) {
    const key = next.getAttribute('data-key');
    const present = key && [...old.children].find((child) => child.getAttribute('data-key') === key);
    if (!present) old.append(next.cloneNode(true));
    else if (next.querySelector(':scope > [data-key]')) patch(present, next);
    else replaceKeepingFocus(present, next);
  }
  const keys = [...fresh.children].map((child) => child.getAttribute('data-key'));
  for (const child of [...old.children]) if (!keys.includes(child.getAttribute('data-key'))) child.remove();
  keys.forEach((key, place) => {
    const child = [...old.children].find((one) => one.getAttribute('data-key') === key);
    if (child && old.children[place] !== child) old.insertBefore(child, old.children[place]);
  });
}

/** @param {Element} present @param {Element} next */
function replaceKeepingFocus(present, next) {
  if (normal(present) === normal(next)) return;
  const active = document.activeElement;
  const places = active && present.contains(active) ? [...present.querySelectorAll('a, button, input, select, summary')].indexOf(active) : -1;
  const isOpen = present.querySelector('details[open]') !== null;
  for (const { name, value } of [...next.attributes]) present.setAttribute(name, value);
  for (const { name } of [...present.attributes]) if (!next.hasAttribute(name)) present.removeAttribute(name);
  present.innerHTML = next.innerHTML;
  if (isOpen) present.querySelector('details')?.setAttribute('open', '');
  applyVars(present);
  const back = places >= 0 ? present.querySelectorAll('a, button, input, select, summary')[places] : null;
  if (back instanceof HTMLElement) back.focus();
}

/** The markup of an element without what scripts put in: styles from data-vars, ages. @param {Element} element */
function normal(element) {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const styled of copy.querySelectorAll('[style]')) styled.removeAttribute('style');
  for (const time of copy.querySelectorAll('time[data-age]')) time.textContent = '';
  for (const details of copy.querySelectorAll('details')) details.removeAttribute('open');
  return copy.innerHTML;
}

/**
 * Runs `draw` now, or when the pointer that presses something in `element` is released: a click needs the element
 * that was pressed, so it must not be replaced. @param {Element} element @param {() => void} draw
 */
export function drawWhenReleased(element, draw) {
  if (!element.matches(':active')) draw();
  else requestAnimationFrame(() => drawWhenReleased(element, draw));
}

/** Fetches a part of the page and patches it. @param {Element} element with data-live = the URL of the part */
export async function refreshPart(element) {
  const url = element.getAttribute('data-live');
  if (!url) return;
  const response = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!response.ok || response.redirected) return;
  const fresh = document.createElement(element.tagName);
  const holder = document.createElement('template');
  holder.innerHTML = await response.text();
  fresh.append(holder.content);
  await new Promise((resolve) => { drawWhenReleased(element, () => resolve(patch(element, fresh))); });
}

/** Opens the dialog that is named in the URL fragment. */
function openByHash() {
  const dialog = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (dialog instanceof HTMLDialogElement) openDialog(dialog);
}

/** @param {MouseEvent} event */
function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  const post = target?.closest('[data-post]');
  const copy = target?.closest('[data-copy]');
  const opener = target?.closest('[data-dialog][data-choose]');
  if (post instanceof HTMLElement) onPost(post);
  if (copy instanceof HTMLElement) onCopy(copy);
  if (opener instanceof HTMLElement) {
    const select = document.getElementById(opener.dataset.dialog ?? '')?.querySelector('select');
    if (select) select.value = opener.dataset.choose ?? '';
  }
  if (target?.closest('[data-reload]')) location.reload();
}

/** Shows the toast that the previous page kept. */
function showPendingToast() {
  const stored = sessionStorage.getItem(PENDING_TOAST);
  sessionStorage.removeItem(PENDING_TOAST);
  if (!stored) return;
  const response = JSON.parse(stored);
  showResult(response);
  if (response.job) waitForJob(response.job);
}

/** @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select'));

/** Starts everything; called once by each page's module. */
export function startPage() {
  readPageStrings();
  document.addEventListener('submit', onSubmit);
  document.addEventListener('click', onClick);
  addEventListener('keydown', (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'z';
    if (isUndo && !isTyping(event.target) && undoLastToast()) event.preventDefault();
  });
  showPendingToast();
  openByHash();
}
