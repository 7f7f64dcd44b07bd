/** Compares, patches, composes and merges labels and deltas by field; pure functions, no state. */

import { maskDelta } from '../geom/rows.js';

/**
 * @import {Delta, LabelDelta} from '../types/changes'
 * @import {Label, LabelPatch} from '../types/labels'
 * @import {OutboxOp} from '../types/outbox'
 * @import {WireOp} from '../types/wire'
 * @typedef {keyof LabelPatch} Field
 */

/** What a person may change, in groups: two people who change different groups of a label are in no conflict. */
export const GROUPS = Object.freeze({
  geometry: /** @type {Field[]} */ (['box', 'shape', 'points', 'mask', 'keypoints']),
  concept: /** @type {Field[]} */ (['concept']),
  z: /** @type {Field[]} */ (['z']),
  is_crowd: /** @type {Field[]} */ (['is_crowd']),
});
/** @typedef {keyof typeof GROUPS} Group */

export const EDITABLE = /** @type {Field[]} */ (Object.values(GROUPS).flat());
/** What goes with a creation besides: the tool; for a label that comes back, where it came from. */
const CREATED = /** @type {(keyof Label)[]} */ ([...EDITABLE, 'tool', 'origin', 'score']);

/**
 * Deep equality of JSON values.
 * @param {any} a @param {any} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!same(a[i], b[i])) return false;
    return true;
  }
  const keys = Object.keys(a);
  if (Array.isArray(b) || keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/**
 * True when both labels look the same on the canvas and in the list: only bookkeeping differs.
 * @param {Label} a @param {Label} b
 */
export function looksSame(a, b) {
  return EDITABLE.every((field) => same(a[field], b[field])) && a.origin === b.origin && a.score === b.score;
}

/**
 * The editable fields of a label.
 * @param {Partial<Label>} label @param {readonly string[]} [fields]
 * @returns {Partial<Label>}
 */
export function pick(label, fields = EDITABLE) {
  /** @type {Record<string, any>} */
  const picked = {};
  for (const field of fields) if (field in label) picked[field] = label[/** @type {keyof Label} */ (field)];
  return picked;
}

/**
 * Fields of `to` that differ from `from`, as [before, after].
 * @param {Partial<Label>} from @param {Partial<Label>} to
 * @returns {[Partial<Label>, Partial<Label>]}
 */
export function difference(from, to) {
  /** @type {Record<string, any>} */
  const before = {};
  /** @type {Record<string, any>} */
  const after = {};
  for (const field of EDITABLE) {
    if (!(field in to) || same(from[field], to[field])) continue;
    before[field] = from[field];
    after[field] = to[field];
  }
  // a run list is relative to its box: a new one never goes without it
  if (after.mask && to.box) {
    before.box = from.box;
    after.box = to.box;
  }
  return [before, after];
}

/** True when the delta changes nothing. @param {Delta} delta */
export function isEmpty(delta) {
  if (delta.kind !== 'label') return same(delta.before, delta.after);
  if (delta.before === null) return delta.after === null;
  if (delta.after === null) return false;
  const { before, after } = delta;
  return Object.keys(after).every((f) => same(/** @type {any} */ (before)[f], /** @type {any} */ (after)[f]));
}

/**
 * What the delta is about; deltas with the same key follow each other.
 * @param {Delta} delta
 */
export function keyOf(delta) {
  if (delta.kind === 'label') return `label:${delta.label_id}`;
  if (delta.kind === 'value') return `value:${delta.subject}:${delta.attribute}`;
  if (delta.kind === 'issue') return `issue:${'comment' in delta.after ? delta.after.comment : `${delta.after.issue} ${delta.after.what}`}`;
  if (delta.kind === 'suggestion') return `suggestion:${delta.suggestion}`;
  return delta.kind === 'tag' ? `tag:${delta.tag}` : 'status';
}

/**
 * One delta for two that follow each other on the same key, or null when together they change nothing.
 * It has the op_id and time of the second.
 * @param {Delta} first @param {Delta} second
 * @returns {Delta | null}
 */
export function compose(first, second) {
  if (first.kind === 'label' && second.kind === 'label') return composeLabels(first, second);
  const both = /** @type {Delta} */ ({ ...second, before: first.before });
  return isEmpty(both) ? null : both;
}

/** @param {LabelDelta} first @param {LabelDelta} second @returns {LabelDelta | null} */
function composeLabels(first, second) {
  const { before } = first;
  if (second.after === null) {
    if (before === null) return null;
    // a deletion carries the whole label, as it was before the first
    return { ...second, before: { ...second.before, ...before } };
  }
  if (before === null) return { ...second, before, after: { ...first.after, ...second.after } };
  if (first.after === null) {
    const [from, to] = difference(before, second.after);
    return Object.keys(to).length ? { ...second, before: from, after: to } : null;
  }
  const joined = { ...second, before: { ...second.before, ...before }, after: { ...first.after, ...second.after } };
  const [from, to] = difference(joined.before, joined.after);
  return Object.keys(to).length ? { ...joined, before: from, after: to } : null;
}

/** Groups that a change touches. @param {Partial<Label>} fields @returns {Group[]} */
export function groupsOf(fields) {
  const names = /** @type {Group[]} */ (Object.keys(GROUPS));
  return names.filter((name) => GROUPS[name].some((field) => field in fields));
}

/** True for a label that is nothing but its box. @param {Partial<Label>} label */
function isPlainBox({ shape, points, mask, keypoints }) {
  return shape === 'box' && !points?.length && !mask?.length && !keypoints?.length;
}

/**
 * Merges a change of a box by sides: those that only one of the two changed. null when both changed a side (or together
 * they would turn the box over), and when more than a box is concerned.
 * @param {Partial<Label>} before @param {Partial<Label>} after @param {Label} theirs
 * @returns {Label['box'] | null}
 */
export function mergedBox(before, after, theirs) {
  const isMore = GROUPS.geometry.some((field) => field in after && field !== 'box');
  const { box: from } = before;
  const { box: to } = after;
  if (isMore || !from || !to || !isPlainBox(theirs)) return null;
  const isClash = theirs.box.some((side, i) => to[i] !== from[i] && side !== from[i] && side !== to[i]);
  if (isClash) return null;
  const box = /** @type {Label['box']} */ (theirs.box.map((side, i) => (to[i] === from[i] ? side : to[i])));
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

/**
 * Three-way merge of a change made on `before` with the label as the server has it now.
 * `equal`: the server has it already; `clean`: `after` is what is left to send on top of theirs;
 * `clash`: the same group was changed by both (or one deleted what the other changed).
 * @param {LabelDelta} delta @param {Label | null} theirs
 * @returns {{kind: 'equal'} | {kind: 'clean', before: Partial<Label>, after: Partial<Label> | null} | {kind: 'clash', fields: string[]}}
 */
export function merge(delta, theirs) {
  const { before, after } = delta;
  if (after === null) {
    if (theirs === null) return { kind: 'equal' };
    // z is what others shift when they reorder: no reason to keep what was to be deleted
    const fields = ['geometry', 'concept', 'is_crowd'].filter((name) =>
      GROUPS[/** @type {Group} */ (name)].some((f) => before && f in before && !same(before[f], theirs[f])));
    return fields.length ? { kind: 'clash', fields } : { kind: 'clean', before: theirs, after: null };
  }
  if (theirs === null) return { kind: 'clash', fields: ['existence'] };
  /** @type {Record<string, any>} */
  const left = {};
  /** @type {string[]} */
  const clashes = [];
  for (const name of groupsOf(after)) {
    const fields = GROUPS[name].filter((f) => f in after);
    if (fields.every((f) => same(theirs[f], after[f]))) continue;
    const isUntouched = before !== null && fields.every((f) => same(theirs[f], before[f]));
    const box = name === 'geometry' && before && !isUntouched ? mergedBox(before, after, theirs) : null;
    if (box && same(box, theirs.box)) continue;
    if (!isUntouched && !box) clashes.push(name);
    for (const f of fields) left[f] = after[f];
    if (box) left.box = box;
  }
  if (clashes.length) return { kind: 'clash', fields: clashes };
  if (!Object.keys(left).length) return { kind: 'equal' };
  return { kind: 'clean', before: pick(theirs, Object.keys(left)), after: left };
}

/**
 * The change without the named groups, or null when nothing is left.
 * @param {LabelDelta} delta @param {readonly string[]} groups
 * @returns {LabelDelta | null}
 */
export function without(delta, groups) {
  if (delta.before === null || delta.after === null) return null;
  const excluded = new Set(groups.flatMap((g) => GROUPS[/** @type {Group} */ (g)] ?? []));
  const fields = Object.keys(delta.after).filter((f) => !excluded.has(/** @type {Field} */ (f)));
  if (!fields.length) return null;
  return { ...delta, before: pick(delta.before, fields), after: pick(delta.after, fields) };
}

/**
 * The operation in the format of the server.
 * @param {OutboxOp} op @param {number | null} base
 * @returns {WireOp}
 */
export function toWire(op, base) {
  const { op_id, at, delta } = op;
  if (delta.kind === 'tag') return { op_id, at, tag: delta.tag, on: delta.after };
  if (delta.kind === 'value') return { op_id, at, subject: delta.subject, attribute: delta.attribute, value: delta.after };
  if (delta.kind === 'issue') return { op_id, at, ...delta.after };
  if (delta.kind === 'suggestion') return { op_id, at, prediction: delta.suggestion, is_rejected: delta.after };
  if (delta.kind === 'status') return { op_id, at, status: delta.after, ...(delta.reason && { reason: delta.reason }) };
  if (delta.after === null) return { op_id, at, label_id: delta.label_id, base, patch: null };
  const isNew = delta.before === null;
  const patch = pick(delta.after, isNew ? CREATED : EDITABLE);
  return { op_id, at, label_id: delta.label_id, base: isNew ? null : base, patch: op.isFull ? patch : shortened(delta.before, patch) };
}

/** With the pixels of a mask that change in place of all its pixels, when that is shorter. @param {Partial<Label> | null} before @param {Partial<Label>} patch */
function shortened(before, patch) {
  const { mask, ...rest } = patch;
  if (!mask || !patch.box || !before?.mask || !before.box) return patch;
  const delta = maskDelta({ box: before.box, mask: before.mask }, { box: patch.box, mask });
  return delta && delta.mask.length < mask.length ? { ...rest, mask_delta: delta } : patch;
}
