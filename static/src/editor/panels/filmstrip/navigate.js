/** Opens another image without loading the page: address, prefetching, what stays of the view. */
import { t } from '../../../i18n.js';

/** @import {View} from '../../types/store' */
/** @import {App} from '../app' */

const AHEAD = 3;
const BEHIND = 1;
/** An image that takes longer than this shows the loading banner. */
const SLOW_MS = 300;

/** @param {App['boot']} boot @param {string} id */
export const addressOf = (boot, id) => boot.urls.label_page.replace('{id}', id) + (boot.filter ? `?${boot.filter}` : '');

/** The list the person came from, with its filter. @param {App['boot']} boot */
export const backTo = (boot) => boot.urls.media_page + (boot.filter ? `?${boot.filter}` : '');

/** Status and text for a load that failed. @param {{status?: number, message?: string}} error */
export function troubleOf({ status = 0, message = '' }) {
  if (status === 0) return { status, text: t('The server does not answer. Check the connection, then try again.') };
  if (status === 404) return { status, text: message || t('It was moved or deleted, or you have no access to it.') };
  if (status === 403) return { status, text: message || t('Your role does not allow it.') };
  if (status === 401) return { status, text: t('You are signed out. Sign in again, then reload this page.') };
  return { status, text: message || t('The server could not respond. Try again in a moment.') };
}

/** States and images of the neighbors, so that F and D show at once. @param {App} app */
export async function fetchAhead({ session, film, stage, store }) {
  const ids = film.around(AHEAD, BEHIND);
  const current = store.media.peek()?.id;
  session.retainCached(current ? [current, ...ids] : ids);
  const media = [];
  for (const id of ids) {
    if (film.current.peek() !== current) return; // someone went on meanwhile
    const state = await session.prefetch(id);
    if (state) media.push(state.media);
    stage.preload(media);
  }
}

/**
 * Makes `open`: shows an image; the newest call wins.
 * @param {App} app all but `open`
 */
export function createNavigation(app) {
  const { boot, session, store, stage, film, trouble, settings, loading, shown } = app;
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let slow;
  /** @param {string} media */
  const arrived = (media) => {
    clearTimeout(slow);
    loading.value = false;
    shown.value = { media, at: performance.now() };
  };

  /** @param {string} id @param {{isFirst?: boolean, push?: boolean}} [how] */
  const open = async (id, { isFirst = false, push = true } = {}) => {
    stage.drawing.finishOrKeep();
    turn += 1;
    const mine = turn;
    const view = settings.value.keepView && !isFirst ? stage.view : undefined;
    clearTimeout(slow);
    slow = setTimeout(() => { loading.value = true; }, SLOW_MS);
    film.current.value = id;
    shown.value = null;
    stage.expect();
    if (!isFirst && push) history.pushState({ media: id }, '', addressOf(boot, id));
    try {
      await session.load(id);
    } catch (error) {
      if (mine !== turn) return;
      arrived(id);
      trouble.value = troubleOf(/** @type {any} */ (error));
      return;
    }
    const media = store.media.peek();
    if (mine !== turn || !media || media.id !== id) return;
    trouble.value = null;
    const drawn = stage.setMedia({ media, view });
    const listed = film.show(id).then(() => { if (mine === turn) return drawn; });
    await drawn;
    if (mine !== turn) return;
    arrived(id);
    if (stage.failure) trouble.value = { status: -1, text: media.health_reason || t('The file could not be loaded. Try again. If that does not help, the file is damaged.') };
    listed.then(() => { if (mine === turn) fetchAhead(app); });
  };
  addEventListener('popstate', () => {
    const id = (history.state?.media ?? mediaOf(location.pathname)) || boot.media;
    if (id !== film.current.peek()) open(id, { push: false });
  });
  return open;
}

/** The id in an address of this page. @param {string} path */
export const mediaOf = (path) => /\/label\/([0-9a-f-]{36})/i.exec(path)?.[1] ?? null;
