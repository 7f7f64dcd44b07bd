/** Asks a reviewer why they send an image back. */
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { showDialog } from '../../../ui/dialog.js';

/** The server's limit. */
const MOST = 1000;

/**
 * Return the reason; null when the dialog was closed.
 * @param {string} name of the image @returns {Promise<string | null>}
 */
export function askForReason(name) {
  if (document.querySelector('dialog.dialog[open]')) return Promise.resolve(null);
  const field = h('textarea', { class: 'input', id: 'reject-reason', rows: 3, maxlength: MOST, required: true, 'aria-describedby': 'reject-hint' });
  const form = h(
    'form', { id: 'reject', method: 'dialog' },
    h('div', { class: 'field' },
      h('label', { for: 'reject-reason', text: t('What has to be changed?') }), field,
      h('span', { class: 'hint', id: 'reject-hint', text: t('The labeler sees this on the image until they submit it again.') })),
  );
  const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
  const dialog = showDialog({
    title: t('Reject {name}', { name }), body: form,
    footer: [cancel, h('button', { class: 'btn primary danger', form: 'reject', text: t('Reject') })],
  });
  field.addEventListener('input', () => field.setCustomValidity(field.value.trim() ? '' : t('Enter a reason.')));
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.focus();
  return new Promise((resolve) => {
    let reason = /** @type {string | null} */ (null);
    form.addEventListener('submit', () => { reason = field.value.trim(); });
    dialog.addEventListener('close', () => resolve(reason));
  });
}
