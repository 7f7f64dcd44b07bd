/** Says what an undo or redo did, whether a key, a button, a toast or the history panel asked for it. */
import { ngettext, t } from '../../../i18n.js';
import { stepWords } from '../side/history.js';

/** @import {Announce} from '../../types/announce' */
/** @import {HistoryStep} from '../../types/changes' */
/** @import {Store} from '../../types/store' */

/** The sentence about one step. @param {HistoryStep} step @param {Store} store */
function words({ direction, entry, outcome }, store) {
  const isUndo = direction === 'undo';
  if (outcome === 'asked') return t('Someone changed this object since. Decide whether to keep their change.');
  if (outcome === 'overtaken') return isUndo ? t('Nothing left to undo here: someone changed it since') : t('Nothing left to redo here: someone changed it since');
  const { text: what } = stepWords(entry.deltas, store);
  return isUndo ? t('Undone: {what}', { what }) : t('Redone: {what}', { what });
}

/**
 * Announces every undo and redo; those of one task are counted: going back in the history takes several.
 * Returns the function that ends it.
 * @param {Store} store @param {Announce} announce
 */
export function announceSteps(store, announce) {
  /** @type {HistoryStep[]} */
  let done = [];
  function flush() {
    const steps = done;
    done = [];
    const last = steps[steps.length - 1];
    if (steps.length === 1 || last.outcome !== 'done') return announce(words(last, store));
    const isUndo = last.direction === 'undo';
    announce(isUndo ? ngettext('{n} step undone', '{n} steps undone', steps.length) : ngettext('{n} step redone', '{n} steps redone', steps.length));
  }
  return store.onStep((step) => {
    if (!done.length) queueMicrotask(flush);
    done.push(step);
  });
}
