/** Announces texts to people who do not see the stage: one polite live region, and the important changes of the save state. */
import { t } from '../../../i18n.js';

/** @import {Store} from '../../types/store' */

/** Texts that follow each other within this time are announced together. */
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
      const joined = waiting.join('. ');
      waiting = [];
      // a screen reader announces a repeated text only when it differs: by a no-break space
      region.textContent = joined === last ? `${joined}\u00a0` : joined;
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
