/** What follows by itself: finished images are locked, the frame follows the settings, the strip what is known here. */
import { effect, untracked } from '@preact/signals-core';
import { t } from '../../i18n.js';

/** @import {App} from './app' */

/**
 * A finished image cannot be changed until it is reopened. The server would take the change; the page does not offer it.
 * @param {App} app
 */
export function keepFinishedLocked({ store, steps }) {
  /** What the server said, while the page says less. @type {import('../types/page').May | null} */
  let given = null;
  return effect(() => {
    const { isFinished } = steps.value;
    const may = store.may.value;
    untracked(() => {
      if (isFinished && may.label) {
        given = may;
        store.may.value = { ...may, label: false, tag: false, code: 'finished', reason: t('This image is finished. Reopen it to edit.') };
      } else if (!isFinished && given && may.code === 'finished') {
        store.may.value = { ...may, label: given.label, tag: given.tag, code: given.code, reason: given.reason };
        given = null;
      }
    });
  });
}

/** Panels shown or hidden, outlines: kept for the person. @param {HTMLElement} editor @param {App} app */
export function keepFrame(editor, { store, settings }) {
  const { bare, outlines } = settings.value;
  store.display.value = { ...store.display.peek(), bare, outlines };
  return effect(() => {
    const display = store.display.value;
    if (display.bare) editor.dataset.panels = 'hidden';
    else delete editor.dataset.panels;
    untracked(() => settings.set({ bare: display.bare, outlines: display.outlines }));
  });
}

/** The shown image's state and count in the strip are those of the store. @param {App} app */
export function keepFilmTrue({ store, film }) {
  return effect(() => {
    store.version.value;
    const media = store.media.value;
    const status = store.status.value;
    film.items.value;
    if (!media || !status) return;
    untracked(() => film.tell(media.id, { status: { name: status.name, base: status.base }, labels: store.labels.size }));
  });
}
