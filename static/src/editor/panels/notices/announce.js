/** Speaks to people who do not see the stage: one polite live region, and the turns of the save state that matter. */
import { t } from '../../../i18n.js';

/** @import {Store} from '../../types/store' */

/** Words that follow each other this fast are said together. */
const JOIN_MS = 60;

/** @param {HTMLElement} region an element with aria-live="polite" @returns {(text: string) => void} */
export function createAnnouncer(region) {
  /** @type {string[]} */
  let waiting = [];
  let timer = /** @type {ReturnType<typeof setTimeout> | null} */ (null);
  let last = '';
  return (text) => {
    if (!text) return;
    waiting.push(text);
    timer ??= setTimeout(() => {
      timer = null;
      const words = waiting.join('. ');
      waiting = [];
      // the same words twice are said twice: they differ by a space that nobody hears
      region.textContent = words === last ? `${words}\u00a0` : words;
      last = region.textContent;
    }, JOIN_MS);
  };
}

/** Tells when saving stops and when it goes again; not each change. @param {Store} store @param {(text: string) => void} say */
export function announceSaving(store, say) {
  const isGood = (/** @type {string} */ state) => state === 'saved' || state === 'saving';
  let last = 'saved';
  return store.save.subscribe(({ state, text }) => {
    if (state === last) return;
    if (!isGood(state)) say(text);
    else if (!isGood(last)) say(state === 'saved' ? t('All changes are saved') : t('Connected again'));
    last = state;
  });
}
