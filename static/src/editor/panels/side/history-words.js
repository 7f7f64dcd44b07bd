/** What changes of objects are called in histories. */
import { ngettext, t } from '../../../i18n.js';

export const ICONS = Object.freeze(/** @type {Record<string, string>} */ ({
  create: 'plus', delete: 'trash-2', class: 'shapes', order: 'arrow-up-down', geometry: 't-box', tag: 'tag', value: 'list', status: 'circle-check',
}));

/** @param {string} kind @param {string} name */
function oneWords(kind, name) {
  switch (kind) {
    case 'create': return t('{name} added', { name });
    case 'delete': return t('{name} deleted', { name });
    case 'class': return t('Class set to {name}', { name });
    case 'order': return t('{name} reordered', { name });
    default: return t('{name} changed', { name });
  }
}

/** @param {string} kind @param {number} n */
function manyWords(kind, n) {
  switch (kind) {
    case 'create': return ngettext('{n} object added', '{n} objects added', n);
    case 'delete': return ngettext('{n} object deleted', '{n} objects deleted', n);
    case 'class': return ngettext('Class of {n} object changed', 'Class of {n} objects changed', n);
    case 'order': return t('Order changed');
    default: return ngettext('{n} object changed', '{n} objects changed', n);
  }
}

/**
 * @param {string} kind create, delete, class, order or geometry @param {number} count
 * @param {string} name of the class @param {number} [number] of the object in the list, unless it is gone
 */
export function labelWords(kind, count, name, number) {
  if (count > 1) return manyWords(kind, count);
  if (kind === 'class' && number) return t('Class of object {number} set to {name}', { name, number });
  return oneWords(kind, number ? t('{name} {number}', { name, number }) : name);
}
