/** Toasts: one line with an optional Undo, shown for 10 s; hovering or focus stops the clock. Not used for the save status. */
import { h, icon } from './dom.js';
import { t } from '../i18n.js';

const SECONDS = 10;

/** The container of toasts; created if the page has none. */
function area() {
  const found = document.getElementById('toasts');
  if (found) return found;
  const made = h('div', { class: 'toast-area', id: 'toasts', role: 'status', 'aria-live': 'polite' });
  document.body.append(made);
  return made;
}

/** @type {(() => void) | null} */
let undoOfLast = null;

/** Runs the Undo of the newest toast, if there is one. Returns whether it did. */
export function undoLastToast() {
  if (!undoOfLast) return false;
  undoOfLast();
  return true;
}

/**
 * Removes a toast after its time; hovering or focus stops the clock. Returns the function that closes it.
 * @param {HTMLElement} toast @param {number} seconds @param {() => void} gone
 */
function countDown(toast, seconds, gone) {
  const bar = h('span', { class: 'time', 'aria-hidden': 'true' });
  toast.append(bar);
  let left = seconds * 1000;
  let last = performance.now();
  let isHeld = false;
  for (const [on, off] of [['pointerenter', 'pointerleave'], ['focusin', 'focusout']]) {
    toast.addEventListener(on, () => { isHeld = true; });
    toast.addEventListener(off, () => { isHeld = false; });
  }
  const timer = setInterval(() => {
    const now = performance.now();
    if (!isHeld) left -= now - last;
    last = now;
    bar.style.setProperty('--left', String(Math.max(0, left / (seconds * 1000))));
    if (left <= 0) close();
  }, 200);
  const close = () => {
    clearInterval(timer);
    toast.remove();
    gone();
  };
  return close;
}

/**
 * Shows a toast; with `undo`, it has an Undo button (Ctrl Z through `undoLastToast`). Returns the function that closes it.
 * @param {string} text
 * @param {{undo?: () => void, action?: {label: string, run: () => void}, bad?: boolean, seconds?: number}} [options]
 */
export function toast(text, { undo, action, bad = false, seconds = SECONDS } = {}) {
  const element = h('div', { class: 'toast' }, bad && icon('circle-alert'), h('span', { text }));
  const run = undo && (() => {
    close();
    undo();
  });
  if (run) element.append(h('button', { class: 'btn s', type: 'button', on: { click: run } }, t('Undo'), h('kbd', { class: 'kbd', text: 'Ctrl Z' })));
  if (action) {
    element.append(h('button', { class: 'btn s', type: 'button', text: action.label, on: { click: () => { close(); action.run(); } } }));
  }
  element.append(h('button', { class: 'btn icon-only', type: 'button', 'aria-label': t('Close'), title: t('Close'), on: { click: () => close() } }, icon('x', 's')));
  const close = countDown(element, seconds, () => { if (undoOfLast === run) undoOfLast = null; });
  if (run) undoOfLast = run;
  area().append(element);
  return close;
}

/** Starts the clock of the toasts that were rendered with the page (messages of the server). */
export function adoptServerToasts() {
  for (const element of document.querySelectorAll('[data-toast]')) {
    if (element instanceof HTMLElement) countDown(element, SECONDS, () => {});
  }
}
