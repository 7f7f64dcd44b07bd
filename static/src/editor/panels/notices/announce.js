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

/** Announces when saving stops and when it works again, not each change. @param {Store} store @param {(text: string) => void} announce */
export function announceSaving(store, announce) {
  const isGood = (/** @type {string} */ state) => state === 'saved' || state === 'saving';
  let last = 'saved';
  return store.save.subscribe(({ state, text }) => {
    if (state === last) return;
    if (!isGood(state)) announce(text);
    else if (!isGood(last)) announce(state === 'saved' ? t('All changes are saved') : t('Connected again'));
    last = state;
  });
}
