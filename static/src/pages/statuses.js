/** The statuses of a project; one that images have is deleted with a choice of their new status. */
import { openDialog } from '../ui/dialog.js';
import { ngettext } from '../i18n.js';
import { startPage } from './_page.js';
import { send, wireRows } from './_rows.js';

startPage();

const root = document.getElementById('statuses');
const dialog = document.getElementById('delete-status');

/** @param {HTMLElement} button */
function remove(button) {
  const count = Number(button.dataset.count);
  const url = button.dataset.delete ?? '';
  const row = button.closest('tr');
  if (!count) {
    send(url, {});
    return;
  }
  const form = dialog?.querySelector('form');
  if (!(dialog instanceof HTMLDialogElement) || !form) return;
  form.action = url;
  const text = document.getElementById('delete-text');
  if (text) {
    text.textContent = ngettext('{n} item is in “{name}”. It gets the status that you choose.', '{n} items are in “{name}”. They get the status that you choose.', count, { name: row?.dataset.name ?? '' });
  }
  for (const option of form.querySelectorAll('option')) option.hidden = option.disabled = option.value === row?.dataset.id;
  /** @type {HTMLSelectElement | null} */ (form.querySelector('select'))?.querySelector('option:not([disabled])')?.toggleAttribute('selected', true);
  openDialog(dialog);
}

if (root) wireRows(root, remove);
