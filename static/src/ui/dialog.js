/** Dialogs on <dialog>: opened by [data-dialog="id"], closed by Esc, the backdrop or [data-close]; the browser returns the focus. */
import { h, icon } from './dom.js';
import { t } from '../i18n.js';

/** @param {HTMLDialogElement} dialog */
export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector('[autofocus], input:not([type="hidden"]), select, textarea, footer .primary');
  if (first instanceof HTMLElement) first.focus();
}

/** Handles [data-dialog] and [data-close] on the whole page, also on elements that are added later. */
export function wireDialogs() {
  document.addEventListener('click', (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const opener = target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.getAttribute('data-dialog') ?? '');
    if (dialog instanceof HTMLDialogElement) openDialog(dialog);
    if (target.closest('[data-close]')) target.closest('dialog')?.close();
    else if (target instanceof HTMLDialogElement && isOutside(target, event)) target.close();
  });
}

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function isOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/**
 * Builds and opens a dialog; it is removed when it is closed.
 * @param {{title: string, body: Node, footer?: Node[], wide?: boolean}} parts
 */
export function showDialog({ title, body, footer = [], wide = false }) {
  const id = `d-${Math.random().toString(36).slice(2)}`;
  const close = h('button', { class: 'btn icon-only quiet', type: 'button', 'aria-label': t('Close'), title: t('Close'), 'data-close': true }, icon('x'));
  const dialog = h(
    'dialog', { class: wide ? 'dialog wide' : 'dialog', 'aria-labelledby': id },
    h('header', {}, h('h2', { id, text: title }), h('span', { class: 'end' }, close)),
    h('div', { class: 'body', tabindex: '0', role: 'region', 'aria-labelledby': id }, body),
    footer.length > 0 && h('footer', {}, ...footer),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks for confirmation; the button repeats the verb and the count.
 * @param {{title: string, text: string, verb: string, danger?: boolean}} texts @returns {Promise<boolean>}
 */
export function confirmDialog({ title, text, verb, danger = false }) {
  return new Promise((resolve) => {
    let isConfirmed = false;
    const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
    const confirm = h('button', { class: danger ? 'btn primary danger' : 'btn primary', type: 'button', text: verb });
confirm.addEventListener('click', () => {
      isConfirmed = true;
      dialog.close();
    });
    const dialog = showDialog({ title, body: h('p', { class: 'muted', text }), footer: [cancel, confirm] });
    dialog.addEventListener('close', () => resolve(isConfirmed));
    cancel.focus();
  });
}
