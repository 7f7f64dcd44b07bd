/** What pages with forms share: sending them without leaving the page, errors beside fields, toasts with undo, copying. */
import { confirmDialog, openDialog } from '../ui/dialog.js';
import { applyVars, h, icon, ownHeaders, postJson, readAnswer, refused } from '../ui/dom.js';
import { toast, undoLastToast } from '../ui/toast.js';
import { readPageStrings, t } from '../i18n.js';

/**
 * @typedef {{url: string, body: any}} Undo
 * @typedef {{to?: string | null, toast?: string, undo?: Undo | null, job?: string | null, [more: string]: any}} Answer
 */

const CARRIED = 'annotator.toast';

/** Runs an undo that a server named, and shows what it says; the page is shown anew. @param {Undo} undo */
export async function runUndo(undo) {
  try {
    const answer = await postJson(undo.url, undo.body);
    const isHandled = !document.dispatchEvent(new CustomEvent('undone', { detail: answer, cancelable: true }));
    settle(answer, { again: !isHandled });
  } catch (error) {
    toast(words(error), { bad: true });
  }
}

/** What to tell a person about a failed call. @param {any} error @returns {string} */
export function words(error) {
  if (error?.status) return error.message;
  return t('The server cannot be reached. Try again.');
}

/** Shows a toast with the undo of an answer. @param {Answer} answer */
export function say(answer) {
  const { undo } = answer;
  if (answer.toast) toast(answer.toast, undo ? { undo: () => { runUndo(undo); } } : {});
}

/** Lets a toast appear on the next page. @param {Answer} answer */
function carry(answer) {
  if (answer.toast) sessionStorage.setItem(CARRIED, JSON.stringify({ toast: answer.toast, undo: answer.undo, job: answer.job }));
}

/**
 * Does what an answer asks for: goes to another page (the toast goes along) or says it here.
 * @param {Answer} answer @param {{again?: boolean}} [options] `again` shows this page anew when there is no other to go to
 */
export function settle(answer, { again = false } = {}) {
  if (!answer) return;
  const to = answer.to ?? (again ? location.href : null);
  if (!to) {
    say(answer);
    if (answer.job) waitForJob(answer.job);
    return;
  }
  carry(answer);
  const url = new URL(to, location.href);
  if (url.pathname + url.search === location.pathname + location.search) location.reload();
  else location.assign(url);
}

/** Follows a job that a page started until it ends; then says so, with its undo. @param {string} id @param {(state: any) => void} [onStep] */
export async function waitForJob(id, onStep) {
  for (let pause = 400; ; pause = Math.min(3000, pause * 1.3)) {
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    let state;
    try {
      state = await getJson(`/web/jobs/${id}`);
    } catch (error) {
      if (/** @type {any} */ (error)?.status === 404) return; // it was deleted with its project
      continue;
    }
    onStep?.(state);
    if (state.state === 'DONE') say({ toast: state.text ? `${state.name}: ${state.text}` : state.name, undo: state.undo });
    else if (state.state === 'FAILED') toast(`${state.name}: ${state.text}`, { bad: true });
    else if (state.state !== 'CANCELLED') continue;
    document.dispatchEvent(new CustomEvent('jobended', { detail: state }));
    return;
  }
}

/** Reads JSON from our own server. @param {string} url @param {RequestInit} [options] @returns {Promise<any>} */
export async function getJson(url, options = {}) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin', ...options });
  return readAnswer(answer);
}

/** Takes away the errors of a form. @param {HTMLElement} form */
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

/** Shows a refusal beside the field it names, else in the form's error line. @param {HTMLElement} form @param {any} error */
export function showError(form, error) {
  clearErrors(form);
  const name = error?.body?.field ?? '';
  const field = name ? form.querySelector(`[name="${CSS.escape(name)}"]:not([type="hidden"])`) : null;
  if (!(field instanceof HTMLElement) || !field.offsetParent) {
    const line = form.querySelector('[data-error]');
    if (line) line.textContent = words(error);
    else toast(words(error), { bad: true });
    return;
  }
  const id = `${field.id || name}-error`;
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), id].filter(Boolean).join(' '));
  (field.closest('.field') ?? field.parentElement)?.append(h('span', { class: 'error', id, 'data-live': true, role: 'alert' }, icon('circle-alert', 's'), named(form, field, name, words(error))));
  field.focus();
}

/** A refusal as it stands beside its field: it begins with what the page calls the field. @param {HTMLElement} form @param {HTMLElement} field @param {string} name @param {string} text */
function named(form, field, name, text) {
  if (!text.startsWith(`${name} `)) return text;
  const label = field.id ? form.querySelector(`label[for="${CSS.escape(field.id)}"]`) : null;
  const copy = /** @type {Element | undefined} */ (label?.cloneNode(true));
  copy?.querySelector('.req')?.remove();
  const called = copy?.textContent?.trim();
  return called ? called + text.slice(name.length) : text;
}

/** Sends a form as it is and returns the answer; errors are shown in it and give null. @param {HTMLFormElement} form @returns {Promise<Answer | null>} */
export async function sendForm(form) {
  const buttons = [...form.querySelectorAll('button[type="submit"], button:not([type])')];
  for (const button of buttons) button.setAttribute('disabled', '');
  try {
    const fields = new FormData(form);
    fields.delete('csrfmiddlewaretoken'); // it counts before the header's, and may be older
    const answer = await fetch(form.getAttribute('action') ?? '', { method: 'POST', body: fields, credentials: 'same-origin', headers: ownHeaders() });
    const body = await readAnswer(answer);
    if (!body) throw refused(answer.status);
    clearErrors(form);
    return body;
  } catch (error) {
    showError(form, error);
    return null;
  } finally {
    for (const button of buttons) button.removeAttribute('disabled');
  }
}

/** Sends forms marked [data-form]; one with a name there is answered by an event of that name. @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-form')) return;
  event.preventDefault();
  const answer = await sendForm(form);
  if (!answer) return;
  // Not form.dataset: a field called "dataset" would hide it.
  const name = form.getAttribute('data-form');
  if (name) form.dispatchEvent(new CustomEvent(name, { detail: answer, bubbles: true }));
  else {
    form.closest('dialog')?.close();
    settle(answer);
  }
}

/** Buttons marked [data-post] send their address; [data-confirm] asks first where there is no undo. @param {HTMLElement} button */
async function onPost(button) {
  const { post, confirm, confirmTitle, body } = button.dataset;
  if (!post) return;
  if (confirm) {
    const isSure = await confirmDialog({ title: confirmTitle ?? '', text: confirm, verb: confirmTitle ?? t('Yes'), danger: button.hasAttribute('data-danger') });
    if (!isSure) return;
  }
  button.setAttribute('disabled', '');
  try {
    const answer = await postJson(post, body ? JSON.parse(body) : {});
    const isHandled = !button.dispatchEvent(new CustomEvent('posted', { detail: answer, bubbles: true, cancelable: true }));
    if (!isHandled) settle(answer, { again: true });
  } catch (error) {
    toast(words(error), { bad: true });
  } finally {
    button.removeAttribute('disabled');
  }
}

/** Puts the text of an element into the clipboard. @param {HTMLElement} button */
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

/** Replaces what has changed in a part of the page by new markup; elements with the same data-key and text stay. @param {Element} old @param {Element} fresh */
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
 * Runs `draw` now, or when the pointer that presses something in `element` is released: a click counts only where
 * it began, so what is pressed must stay. @param {Element} element @param {() => void} draw
 */
export function drawWhenReleased(element, draw) {
  if (!element.matches(':active')) draw();
  else requestAnimationFrame(() => drawWhenReleased(element, draw));
}

/** Fetches a part of the page and shows what changed in it. @param {Element} element with data-live = its address */
export async function refreshPart(element) {
  const url = element.getAttribute('data-live');
  if (!url) return;
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const fresh = document.createElement(element.tagName);
  const holder = document.createElement('template');
  holder.innerHTML = await answer.text();
  fresh.append(holder.content);
  await new Promise((resolve) => { drawWhenReleased(element, () => resolve(patch(element, fresh))); });
}

/** Opens the dialog that the address names after #. */
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

/** Shows the toast that came from the page before. */
function showCarried() {
  const held = sessionStorage.getItem(CARRIED);
  sessionStorage.removeItem(CARRIED);
  if (!held) return;
  const answer = JSON.parse(held);
  say(answer);
  if (answer.job) waitForJob(answer.job);
}

/** @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select'));

/** Starts all of it; called once by each page's module. */
export function startPage() {
  readPageStrings();
  document.addEventListener('submit', onSubmit);
  document.addEventListener('click', onClick);
  addEventListener('keydown', (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'z';
    if (isUndo && !isTyping(event.target) && undoLastToast()) event.preventDefault();
  });
  showCarried();
  openByHash();
}
