/** Effects between the panels and the store: locks finished images, saves display settings, updates the filmstrip. */
import { effect, untracked } from '@preact/signals-core';
import { ngettext, t } from '../../i18n.js';
import { toast } from '../../ui/toast.js';

/** @import {App} from './app' */

/**
 * Locks a finished image until it is reopened. The server accepts such changes, so the page itself withholds them.
 * Returns the function that ends it.
 * @param {App} app
 */
export function lockFinishedImage({ store, steps }) {
  /** The permissions given by the server, while the page grants fewer. @type {import('../types/page').May | null} */
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

/** What of the display is kept with the person's settings. @param {import('./settings.js').Settings | import('../types/store').Display} from */
const kept = ({ bare, outlines, names, snap, crosshair, doubleClick, wheelPans, colorBy, palette }) => ({ bare, outlines, names, snap, crosshair, doubleClick, wheelPans, colorBy, palette });

/** Shows or hides panels, outlines and name tags and snaps points by the person's settings, and saves changes of them. @param {HTMLElement} editor @param {App} app */
export function syncDisplaySettings(editor, { store, settings }) {
  store.display.value = { ...store.display.peek(), ...kept(settings.value) };
  return effect(() => {
    const display = store.display.value;
    if (display.bare) editor.dataset.panels = 'hidden';
    else delete editor.dataset.panels;
    untracked(() => settings.set(kept(display)));
  });
}

/** Where the pixels of an image come from, without signatures. @param {import('../types/page').Media} media */
const sourcesOf = ({ detail_url, tiles }) => [detail_url, ...(tiles?.layers ?? [])].map((address) => address?.split('?')[0]).join(' ');

/** Shows the pixels of the open image again when it was replaced or its tiles have come, and has missing tiles made. @param {App} app */
export function followFile({ store, stage, session, announce }) {
  const asked = new Set();
  /** @type {import('../types/page').Media | null} */
  let before = null;
  return effect(() => {
    const media = store.media.value;
    untracked(() => {
      const { tiles } = media ?? {};
      if (media && tiles && !tiles.layers.length && !tiles.problem && !asked.has(media.id)) {
        asked.add(media.id);
        void session.requestTiles(media.id);
      }
      if (media && before && media.id === before.id && media.id === stage.image.media?.id && sourcesOf(media) !== sourcesOf(before)) {
        const isSame = media.detail_url.split('?')[0] === before.detail_url.split('?')[0];
        announce(isSame ? t('All pixels of the image are shown now') : t('The image was replaced'));
        const { width, height } = before;
        // of the same size: what is being drawn goes on
        void (media.width === width && media.height === height ? stage.image.show(media) : stage.setMedia({ media }));
      }
      before = media;
    });
  });
}

/** Gives the tools the brush of this person's settings. @param {App} app */
export function syncBrush({ store, settings }) {
  return effect(() => {
    const { brushSize: size, brushPressure: pressure } = settings.value;
    store.brush.value = { size, pressure };
  });
}

/** Gives the wand the tolerance of this person's settings, and saves changes of it. @param {App} app */
export function syncWand({ store, settings }) {
  store.wandTolerance.value = settings.value.wandTolerance;
  return effect(() => {
    const wandTolerance = store.wandTolerance.value;
    untracked(() => settings.set({ wandTolerance }));
  });
}

/** Offers to continue the unfinished polygon of an image when it is opened with another tool. @param {App} app */
export function offerDraft({ store, stage }) {
  let shown = '';
  let close = () => {};
  return effect(() => {
    const id = store.media.value?.id ?? '';
    if (id === shown) return;
    shown = id;
    untracked(() => {
      close();
      const draft = store.draft.peek();
      const count = draft?.points.length;
      const tool = draft?.tool ?? 'polygon';
      if (!count || store.tool.peek() === tool || !store.may.peek().label) return;
      const resume = () => {
        store.tool.value = tool;
        stage.focus();
      };
      const text = tool === 'polyline'
        ? ngettext('An unfinished line with {n} point is kept for this image', 'An unfinished line with {n} points is kept for this image', count)
        : ngettext('An unfinished polygon with {n} point is kept for this image', 'An unfinished polygon with {n} points is kept for this image', count);
      close = toast(text, { action: { label: t('Continue'), run: resume } });
    });
  });
}

/** Updates status and count of the shown image in the filmstrip from the store. @param {App} app */
export function syncFilmItem({ store, film }) {
  return effect(() => {
    store.version.value;
    const media = store.media.value;
    const status = store.status.value;
    film.items.value;
    if (!media || !status) return;
    untracked(() => film.updateItem(media.id, { status: { name: status.name, base: status.base }, labels: store.labels.size }));
  });
}
