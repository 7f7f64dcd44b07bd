/** What a finished gesture comes to when somebody changed its labels while it lasted; pure functions. */

import { merge, pick, same } from './fields.js';

/**
 * @import {CommitOptions, Delta} from '../types/changes'
 * @import {Label} from '../types/labels'
 */

/**
 * The delta on top of the labels as they are shown: merged, where the other change left room. Where it did not, the
 * delta stays as it was made: its base is then outdated and the server's answer makes it a conflict.
 * @param {Delta | null} delta @param {CommitOptions['from']} from @param {ReadonlyMap<string, Label>} shown
 * @returns {Delta[]}
 */
export function onto(delta, from, shown) {
  if (!delta) return [];
  if (delta.kind !== 'label' || !delta.before || !delta.after) return [delta];
  const old = from?.get(delta.label_id);
  const label = shown.get(delta.label_id) ?? null;
  if (!old || old === label) return [delta];
  const outcome = merge(delta, label);
  if (outcome.kind === 'equal') return [];
  if (outcome.kind === 'clean') return [{ ...delta, before: outcome.before, after: outcome.after }];
  // the same revision: one's own change by keys during the gesture, which the gesture follows
  if (label?.revision === old.revision) return [{ ...delta, before: pick(label, Object.keys(delta.after)) }];
  return [delta];
}

/**
 * The label as it was when the gesture began, if somebody changed since what the delta changes.
 * @param {Delta} delta @param {CommitOptions['from']} from @param {Label | undefined} shown
 * @returns {Label | undefined}
 */
export function outdatedBase(delta, from, shown) {
  if (delta.kind !== 'label' || !delta.before) return undefined;
  const before = /** @type {Record<string, any>} */ (delta.before);
  const isCurrent = shown && Object.keys(before).every((field) => same(before[field], shown[/** @type {keyof Label} */ (field)]));
  return isCurrent ? undefined : from?.get(delta.label_id);
}
