/** Members: roles that are saved when chosen, and the address of a new person, shown once. */
import { openDialog } from '../ui/dialog.js';
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { say, settle, startPage, words } from './_page.js';

startPage();

/** Shows the one-time address. @param {{link: string, name: string, days: number}} answer */
function showLink(answer) {
  const dialog = document.getElementById('invited');
  const input = document.getElementById('invited-link');
  if (!(dialog instanceof HTMLDialogElement) || !(input instanceof HTMLInputElement)) return;
  input.value = answer.link;
  const said = dialog.querySelector('[data-said]');
  if (said) said.textContent = t('{name} can sign in with this link once, within {n} days. It will not be shown again.', { name: answer.name, n: answer.days });
  openDialog(dialog);
  input.select();
}

document.addEventListener('invited', (event) => {
  const answer = /** @type {CustomEvent} */ (event).detail;
  const dialog = document.getElementById('invite');
  if (dialog instanceof HTMLDialogElement) dialog.close();
  if (answer.link) showLink(answer);
  else settle(answer);
});

document.addEventListener('change', async (event) => {
  const select = event.target;
  if (!(select instanceof HTMLSelectElement) || !select.dataset.roleUrl) return;
  const before = [...select.options].find((option) => option.defaultSelected)?.value ?? select.value;
  try {
    const answer = await postJson(select.dataset.roleUrl, { role: select.value });
    for (const option of select.options) option.defaultSelected = option.value === select.value;
    say(answer);
  } catch (error) {
    select.value = before;
    toast(words(error), { bad: true });
  }
});

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-link-url]') : null;
  if (!(button instanceof HTMLElement)) return;
  try {
    showLink(await postJson(button.dataset.linkUrl ?? '', {}));
  } catch (error) {
    toast(words(error), { bad: true });
  }
});
