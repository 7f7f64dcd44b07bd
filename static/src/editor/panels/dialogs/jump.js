/** Going to an image by its number in the list, as the header shows it. */
import { num, t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { showDialog } from '../../../ui/dialog.js';
import { toast } from '../../../ui/toast.js';

/** @import {App} from '../app' */

/**
 * Opens the image with a number; notifies when there is none.
 * @param {Pick<App, 'film' | 'open'>} app @param {number} n 1 the first @param {(text: string) => void} [notify]
 */
export async function goTo({ film, open }, n, notify = toast) {
  const before = film.current.peek();
  const frame = await film.at(n - 1);
  if (film.current.peek() !== before) return; // somebody went on meanwhile
  if (frame) open(frame.id);
  else if (frame === null) notify(t('There is no image {n}: the list has {total}', { n: num(n), total: num(film.total.peek()) }));
  else notify(t('The image list could not be loaded. You are still on this image.'));
}

/** Asks for the number. @param {App} app */
export function askForNumber(app) {
  if (document.querySelector('dialog.dialog[open]')) return;
  const place = app.film.place.peek() ?? app.store.position.peek();
  const now = place && place.index !== null ? place.index + 1 : '';
  const input = h('input', { class: 'input', id: 'jump-to', type: 'number', min: 1, max: place?.total || null, step: 1, required: true, inputmode: 'numeric', value: now });
  const form = h(
    'form', { id: 'jump', method: 'dialog' },
    h('div', { class: 'field' }, h('label', { for: 'jump-to', text: place ? t('Number of the image, 1 to {total}', { total: num(place.total) }) : t('Number of the image') }), input),
  );
  form.addEventListener('submit', () => goTo(app, input.valueAsNumber));
  showDialog({ title: t('Go to an image'), body: form, footer: [h('button', { class: 'btn primary', form: 'jump', text: t('Go') })] });
  input.select();
  input.focus();
}
