/** Tables whose rows are sorted, renamed, colored and deleted in place: statuses and activity types. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { applyResponse, errorMessage } from './_page.js';
import { wireRename } from './_rename.js';
import { idsInOrder, sortable } from './_sort.js';

/** Posts and shows the result. @param {string} url @param {unknown} body @param {{reload?: boolean}} [options] */
export async function send(url, body, options) {
  try {
    applyResponse(await postJson(url, body), options);
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

/**
 * Wires the rows of `root`, which has the address of their order; colors are saved when they are chosen.
 * @param {HTMLElement} root @param {(button: HTMLElement) => void} onDelete
 * @param {Record<string, string>} [more] fields that go with every write
 */
export function wireRows(root, onDelete, more = {}) {
  wireRename(() => more);
  for (const list of root.querySelectorAll('[data-sortable]')) {
    if (list instanceof HTMLElement) sortable(list, () => send(root.dataset.orderUrl ?? '', { ...more, ids: idsInOrder(root) }));
  }
  root.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.dataset.color) return;
    send(target.dataset.color, { ...more, color: target.value.toUpperCase() });
    const mark = target.closest('tr')?.querySelector('[data-mark]');
    if (mark instanceof HTMLElement) for (const name of ['--st', '--c']) mark.style.setProperty(name, target.value);
  });
  root.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-delete]') : null;
    if (button instanceof HTMLElement) onDelete(button);
  });
}
