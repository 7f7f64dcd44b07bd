/** API tokens: a new token is shown once. */
import { startPage } from './_page.js';

startPage();

document.addEventListener('token', (event) => {
  const dialog = document.getElementById('new-token');
  const place = document.getElementById('made');
  if (dialog instanceof HTMLDialogElement) dialog.close();
  if (!place) return;
  document.getElementById('no-tokens')?.remove();
  place.innerHTML = /** @type {CustomEvent} */ (event).detail.html;
  place.focus();
  place.scrollIntoView({ block: 'nearest' });
  place.querySelector('input')?.select();
});
