/** Works out what an undo or redo has to change now, and what someone else changed since; pure functions. */

import { EDITABLE, GROUPS, groupsOf, mergedBox, pick, same } from './fields.js';

/**
 * @import {Delta, HistoryEntry, LabelDelta, ValueDelta} from '../types/changes'
 * @import {Label} from '../types/labels'
 * @typedef {{delta: Delta, fields: string[], theirs: Label | null}} Step `fields` empty: nobody else changed it
 * @typedef {{label: (id: string) => Label | null, lastSeen: (id: string) => Label | null, hasTag: (id: string) => boolean, status: () => string, isRejected: (id: string) => boolean | null, value: (subject: string, attribute: string) => any, hasSubject: (id: string) => boolean}} Now
 */

/**
 * The changes that take an entry back (or do it again), each with the groups that someone else changed since.
 * Changes that are already so are left out. The op ids are those of the entry: the caller gives new ones.
 * @param {HistoryEntry} entry @param {'undo' | 'redo'} direction @param {Now} now
 * @returns {Step[]}
 */
export function stepsOf(entry, direction, now) {
  const deltas = direction === 'undo' ? [...entry.deltas].reverse() : entry.deltas;
  return deltas.flatMap((delta) => {
    const [expect, target] = direction === 'undo' ? [delta.after, delta.before] : [delta.before, delta.after];
    if (delta.kind === 'label') return labelStep(delta, /** @type {any} */ (expect), /** @type {any} */ (target), now);
    const current = currentOf(delta, expect, entry, now);
    if (!same(current, expect)) return []; // someone moved it on: nothing of ours is left to take back
    const step = /** @type {Delta} */ ({ ...delta, before: expect, after: target });
    if (step.kind === 'status' && direction === 'undo') delete step.reason; // it went with the step that is taken back
    return [{ delta: step, fields: [], theirs: null }];
  });
}

/** What a change other than of a label has led to by now. @param {Exclude<Delta, LabelDelta>} delta @param {any} expect @param {HistoryEntry} entry @param {Now} now */
function currentOf(delta, expect, entry, now) {
  if (delta.kind === 'tag') return now.hasTag(delta.tag);
  if (delta.kind === 'value') return valueNow(delta, entry, now);
  if (delta.kind === 'suggestion') return now.isRejected(delta.suggestion) ?? expect; // not read yet
  return delta.kind === 'status' ? now.status() : undefined; // what was written to others stays
}

/** The value as it is; nothing can be put on a label that is gone, unless the entry brings it back. @param {ValueDelta} delta @param {HistoryEntry} entry @param {Now} now */
function valueNow({ subject, attribute }, entry, now) {
  const isThere = now.hasSubject(subject) || entry.deltas.some((one) => one.kind === 'label' && one.label_id === subject);
  return isThere ? now.value(subject, attribute) : undefined;
}

/**
 * @param {LabelDelta} delta @param {Partial<Label> | null} expect @param {Partial<Label> | null} target @param {Now} now
 * @returns {Step[]}
 */
function labelStep(delta, expect, target, now) {
  const current = now.label(delta.label_id);
  if (target === null) {
    if (!current) return [];
    return [{ delta: { ...delta, before: current, after: null }, fields: clashes(current, expect), theirs: current }];
  }
  if (!current) return absent(delta, expect, target, now);
  const expected = pick(expect ?? {}, Object.keys(pick(target)));
  // sides that somebody else moved stay where they are
  const box = mergedBox(expected, pick(target), current);
  const wanted = box ? { ...pick(target), box } : pick(target);
  const fields = expect === null ? ['existence'] : clashes(current, box ? { ...expected, box: current.box } : expected);
  if (Object.keys(wanted).every((f) => same(/** @type {any} */ (current)[f], /** @type {any} */ (wanted)[f]))) return [];
  return [{ delta: { ...delta, before: pick(current, Object.keys(wanted)), after: wanted }, fields, theirs: current }];
}

/** @param {LabelDelta} delta @param {Partial<Label> | null} expect @param {Partial<Label>} target @param {Now} now @returns {Step[]} */
function absent(delta, expect, target, now) {
  if (expect === null) return [{ delta: { ...delta, before: null, after: { ...target, revision: 0 } }, fields: [], theirs: null }];
  const last = now.lastSeen(delta.label_id);
  if (!last) return []; // deleted by someone, and what it was is not known any more
  const after = { ...last, ...target, revision: 0 };
  return [{ delta: { ...delta, before: null, after }, fields: ['existence'], theirs: null }];
}

/** Groups in which the label differs from what was expected. @param {Label} current @param {Partial<Label> | null} expect */
function clashes(current, expect) {
  if (!expect) return [];
  return groupsOf(expect).filter((name) =>
    GROUPS[name].some((f) => f in expect && EDITABLE.includes(f) && !same(current[f], expect[f])));
}
