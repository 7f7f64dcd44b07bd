/** The seven work states and the hatches of class colours, as the server's template tags draw them; no drawing here. */
import { t } from '../i18n.js';

/** Which hatch lies over each colour of the palette: ten hatches, never one on two that look alike. */
export const HATCHES = Object.freeze([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 10, 9, 5, 1, 3, 7, 8, 4, 6]);

const KEYS = Object.freeze(/** @type {Record<string, string>} */ ({
  NEW: 'new',
  'IN PROGRESS': 'progress',
  'TO REVIEW': 'review',
  DONE: 'done',
  SKIPPED: 'skipped',
  'AUTO-LABELLED': 'auto',
  COMPLETED: 'completed',
}));

/** The key of data-status and of the icon st-<key>. @param {string | undefined} base one of the seven words */
export const stateOf = (base) => KEYS[(base ?? '').toUpperCase()] ?? 'new';

/** @param {string} base */
function baseWord(base) {
  switch (base) {
    case 'IN PROGRESS': return t('In progress');
    case 'TO REVIEW': return t('To review');
    case 'DONE': return t('Done');
    case 'SKIPPED': return t('Skipped');
    case 'AUTO-LABELLED': return t('Auto-labeled');
    case 'COMPLETED': return t('Completed');
    default: return t('New');
  }
}

/** The state in words: the same everywhere; a project's own name as it is. @param {{name: string, base: string}} status */
export function wordOf(status) {
  const base = status.base.toUpperCase();
  return base in KEYS && status.name.toUpperCase() === base ? baseWord(base) : status.name;
}
