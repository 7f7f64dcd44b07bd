/** Copies of the selected objects on the images that follow in the list; asks for how many. */
import { ngettext, num, t } from '../../i18n.js';
import { h } from '../../ui/dom.js';
import { showDialog } from '../../ui/dialog.js';
import { copyTo, inOrder, valuesOf } from '../commands.js';
import { isFinishedBase } from './bars/workflow.js';

/** @import {App} from './app' */
/** @import {Label} from '../types/labels' */
/** @import {ValuesBySubject} from '../types/page' */

/** Images at once. */
const MOST = 50;

/** @param {App} app */
export function propagateSelected(app) {
  const { store, announce } = app;
  if (!store.may.peek().label) return announce(store.may.peek().reason);
  const labels = inOrder(store, store.selection.peek());
  if (!labels.length) return announce(t('Select an object first'));
  if (document.querySelector('dialog.dialog[open]')) return;
  const values = valuesOf(store, labels);
  const input = h('input', { class: 'input', id: 'propagate-count', type: 'number', min: 1, max: MOST, step: 1, required: true, inputmode: 'numeric', value: 1 });
  const form = h(
    'form', { id: 'propagate', method: 'dialog' },
    h('div', { class: 'field' }, h('label', { for: 'propagate-count', text: t('Number of images after this one, 1 to {most}', { most: num(MOST) }) }), input),
  );
  form.addEventListener('submit', () => propagate(app, labels, values, input.valueAsNumber));
  const title = ngettext('Propagate {n} object', 'Propagate {n} objects', labels.length);
  showDialog({ title, body: form, footer: [h('button', { class: 'btn primary', form: 'propagate', text: t('Propagate') })] });
  input.select();
  input.focus();
}

/** The images that follow in the list, at most so many; undefined when the list cannot be read. @param {App} app @param {number} count */
async function following({ film }, count) {
  const first = film.next.peek();
  if (!first) return first === null ? [] : undefined;
  const frames = [first];
  while (frames.length < count) {
    const frame = await film.at(first.index + frames.length);
    if (!frame) break;
    frames.push(frame);
  }
  return frames;
}

/** @param {App} app @param {readonly Label[]} labels @param {ValuesBySubject} values @param {number} count */
export async function propagate(app, labels, values, count) {
  const { store, session, announce } = app;
  const frames = await following(app, count);
  if (!frames) return announce(t('The image list could not be loaded. Nothing was propagated.'));
  if (!frames.length) return announce(t('This is the last image'));
  const left = { tooLarge: 0, known: 0, closed: 0, unread: 0 };
  /** @type {string[]} */
  const reached = [];
  for (const frame of frames) {
    const state = await session.prefetch(frame.id);
    if (!state) left.unread += 1;
    else if (!state.may.label || isFinishedBase(state.media.status.base)) left.closed += 1;
    else {
      const made = copyTo(store, labels, values, { media: state.media, labels: [...state.labels, ...session.pendingLabels(frame.id)] });
      session.addTo(frame.id, made.deltas);
      left.tooLarge += made.tooLarge;
      left.known += made.known;
      if (made.deltas.length) reached.push(frame.name);
    }
  }
  if (reached.length === 1) announce(t('Propagated to {name}', { name: reached[0] }));
  else if (reached.length) announce(ngettext('Propagated to {n} image', 'Propagated to {n} images', reached.length));
  if (frames.length < count) announce(ngettext('There is only {n} image after this one', 'There are only {n} images after this one', frames.length));
  if (left.known) announce(ngettext('{n} object was there already', '{n} objects were there already', left.known));
  if (left.tooLarge) announce(ngettext('{n} object does not fit', '{n} objects do not fit', left.tooLarge));
  if (left.closed) announce(ngettext('{n} image is finished or cannot be edited', '{n} images are finished or cannot be edited', left.closed));
  if (left.unread) announce(ngettext('{n} image could not be loaded', '{n} images could not be loaded', left.unread));
}
