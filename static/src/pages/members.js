/** Members: roles that are saved when selected, and invite links, shown once. */
import { openDialog } from '../ui/dialog.js';
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { showResult, applyResponse, startPage, errorMessage } from './_page.js';

startPage();

/** Shows the invite link. @param {{link: string, name: string, days: number, mailed: string}} response */
function showLink(response) {
  const dialog = document.getElementById('invited');
  const input = document.getElementById('invited-link');
  if (!(dialog instanceof HTMLDialogElement) || !(input instanceof HTMLInputElement)) return;
  input.value = response.link;
  const text = dialog.querySelector('[data-said]');
  const facts = { name: response.name, n: response.days, address: response.mailed };
  if (text) text.textContent = response.mailed
    ? t('An invitation was sent to {address}. {name} can also accept with this link, within {n} days. It will not be shown again.', facts)
    : t('{name} can accept with this link once, within {n} days. It will not be shown again.', facts);
  openDialog(dialog);
  input.select();
}

document.addEventListener('invited', (event) => {
  const response = /** @type {CustomEvent} */ (event).detail;
  const dialog = document.getElementById('invite');
  if (dialog instanceof HTMLDialogElement) dialog.close();
  if (response.link) showLink(response);
  else applyResponse(response);
});

document.addEventListener('change', async (event) => {
  const select = event.target;
  if (!(select instanceof HTMLSelectElement) || !select.dataset.roleUrl) return;
  const before = [...select.options].find((option) => option.defaultSelected)?.value ?? select.value;
  try {
    const response = await postJson(select.dataset.roleUrl, { role: select.value });
    for (const option of select.options) option.defaultSelected = option.value === select.value;
    showResult(response);
  } catch (error) {
    select.value = before;
    toast(errorMessage(error), { bad: true });
  }
});

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-link-url]') : null;
  if (!(button instanceof HTMLElement)) return;
  try {
    showLink(await postJson(button.dataset.linkUrl ?? '', {}));
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
});
