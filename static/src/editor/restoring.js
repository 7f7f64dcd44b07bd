/** Makes the changes that restore what was before one change of the history, whoever made it; it changes nothing itself. */
import { deleteLabels, restoreLabel, setValue, updateLabel } from './commands.js';
import { difference } from './store/fields.js';

/** @import {Delta} from './types/changes' */
/** @import {Label} from './types/labels' */
/** @import {Store} from './types/store' */

/** @param {readonly Label[] | null} list @returns {Map<string, Label>} */
const byId = (list) => new Map((list ?? []).map((one) => [one.id, one]));

/**
 * The fields that the change set get the values they had; what was added goes, what was deleted comes back with its id.
 * Fields that it did not touch stay as they are now.
 * @param {Store} store @param {{kind: string, before: any, after: any}} change as the server recorded it
 * @returns {Delta[]}
 */
export function restoreChange(store, { kind, before, after }) {
  return kind === 'labels.changed' ? ofLabels(store, byId(before), byId(after)) : ofValues(store, before ?? {});
}

/** @param {Store} store @param {Map<string, Label>} before @param {Map<string, Label>} after @returns {Delta[]} */
function ofLabels(store, before, after) {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [was, became, now] = [before.get(id), after.get(id), store.labels.get(id)];
    if (!was) return now ? deleteLabels(store, [id]) : [];
    if (!now) return store.concept(was.concept) ? [restoreLabel(store, was)] : [];
    if (!became) return [];
    const [, fields] = difference(became, was);
    return updateLabel(store, id, fields) ?? [];
  });
}

/** @param {Store} store @param {Record<string, Record<string, any>>} before by subject and attribute @returns {Delta[]} */
function ofValues(store, before) {
  const known = new Set(store.attributes.peek().map((one) => one.id));
  return Object.entries(before).flatMap(([subject, values]) => {
    const isThere = subject === store.media.peek()?.id || store.labels.has(subject);
    return isThere ? Object.entries(values).flatMap(([attribute, value]) => (known.has(attribute) ? setValue(store, subject, attribute, value) : [])) : [];
  });
}
