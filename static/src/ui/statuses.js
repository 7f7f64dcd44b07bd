/** The seven statuses and the hatches of class colors, the same as in the server's template tags. */
import { t } from '../i18n.js';

/** The hatch of each palette color: ten hatches, never the same one on two similar colors. */
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

/** The key of data-status and of the icon st-<key>. @param {string | undefined} base one of the seven statuses */
export const statusKey = (base) => KEYS[(base ?? '').toUpperCase()] ?? 'new';

/** @param {string} base */
function baseName(base) {
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

/** The name of a status as every page shows it; a project's own name is unchanged. @param {{name: string, base: string}} status */
export function statusName(status) {
  const base = status.base.toUpperCase();
  return base in KEYS && status.name.toUpperCase() === base ? baseName(base) : status.name;
}
