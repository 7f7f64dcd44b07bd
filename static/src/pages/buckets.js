/** Buckets: the fields of the selected provider, and the result of a test. */
import { startPage, applyResponse } from './_page.js';

startPage();

/** Shows the fields of the selected provider alone; the others are not sent. @param {HTMLFormElement} form */
function showProvider(form) {
  const select = form.querySelector('select[name="cloud_provider"]');
  if (!(select instanceof HTMLSelectElement)) return;
  for (const fields of form.querySelectorAll('fieldset[data-provider]')) {
    if (!(fields instanceof HTMLFieldSetElement)) continue;
    const isShown = fields.dataset.provider === select.value;
    fields.hidden = !isShown;
    fields.disabled = !isShown;
  }
}

for (const form of document.querySelectorAll('form[data-bucket-form]')) {
  if (!(form instanceof HTMLFormElement)) continue;
  showProvider(form);
  form.addEventListener('change', () => { showProvider(form); });
}

document.addEventListener('posted', (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (!detail?.is_tested) return;
  event.preventDefault(); // the page stays, and so does the focus
  applyResponse(detail);
});
