/** API tokens: a new token is shown once, and stands in the list at once. */
import { startPage } from './_page.js';
import { startTabs } from './_tabs.js';

startPage();
startTabs();

document.addEventListener('token', (event) => {
  const dialog = document.getElementById('new-token');
  const place = document.getElementById('made');
  if (dialog instanceof HTMLDialogElement) dialog.close();
  if (!place) return;
  const { html, list } = /** @type {CustomEvent} */ (event).detail;
  const tokens = document.getElementById('tokens');
  if (tokens) tokens.innerHTML = list;
  place.innerHTML = html;
  place.focus();
  place.scrollIntoView({ block: 'nearest' });
  place.querySelector('input')?.select();
});
