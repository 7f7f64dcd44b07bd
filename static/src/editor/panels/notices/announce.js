/**
 * Notices: what happened, in a short sentence that is seen over the stage and spoken by screen readers.
 *
 * `announce(text)` is the one way to say so on the labeling page; panels have it as `app.announce`, tools as
 * `context.announce`. Every notice replaces the one before. It takes no pointer and no focus and has no buttons: use
 * `toast` where something can be done about it (Undo), without announcing it too, since toasts are spoken as well.
 * `{ spokenOnly: true }` is for what the page shows anyway: a box that was drawn, a class that changed.
 */
import { t } from '../../../i18n.js';

/** @import {Announce} from '../../types/announce' */
/** @import {Store} from '../../types/store' */

/** Texts that follow each other within this time become one notice. */
const JOIN_MS = 60;
/** A notice is seen for this long, and longer by each letter. */
const LEAST_MS = 2500;
const LETTER_MS = 60;

/**
 * Return the function that announces. A text that is not to be seen, or was seen long enough, stays for screen readers.
 * @param {HTMLElement} region the live region (aria-live="polite") over the stage
 * @returns {Announce}
 */
export function createAnnouncer(region) {
  /** @type {string[]} */
  let waiting = [];
  let isSeen = false;
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let hiding = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let last = '';

  function show() {
    timer = undefined;
    const joined = waiting.join('. ');
    waiting = [];
    // a screen reader announces a repeated text only when it differs: by a no-break space
    region.textContent = joined === last ? `${joined}\u00a0` : joined;
    last = region.textContent;
    region.classList.toggle('sr', !isSeen);
    clearTimeout(hiding);
    if (isSeen) hiding = setTimeout(() => region.classList.add('sr'), LEAST_MS + LETTER_MS * joined.length);
    isSeen = false;
  }

  return (text, { spokenOnly = false } = {}) => {
    if (!text) return;
    if (!waiting.includes(text)) waiting.push(text);
    isSeen ||= !spokenOnly;
    timer ??= setTimeout(show, JOIN_MS);
  };
}

/**
 * Announces when saving stops and when it works again, not each change. Head and banner show the same.
 * @param {Store} store @param {Announce} announce
 */
export function announceSaving(store, announce) {
  const isGood = (/** @type {string} */ state) => state === 'saved' || state === 'saving';
  let last = 'saved';
  return store.save.subscribe(({ state, text }) => {
    if (state === last) return;
    if (!isGood(state)) announce(text, { spokenOnly: true });
    else if (!isGood(last)) announce(state === 'saved' ? t('All changes are saved') : t('Connected again'), { spokenOnly: true });
    last = state;
  });
}
