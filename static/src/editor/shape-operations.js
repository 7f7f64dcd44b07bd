/** Makes deltas of operations on shapes: several combined, one taken apart, one turned into another kind. Changes nothing itself. */
import { copiedValues, createLabel, deleteLabels, inOrder, updateLabel, valuesOf } from './commands.js';
import { asMask, asPolygon, combined, hasArea, overlap, parts, sliced } from './geom/regions.js';

/**
 * @import {Delta} from './types/changes'
 * @import {Point} from './types/geometry'
 * @import {Label} from './types/labels'
 * @import {Store} from './types/store'
 * @import {Geometry} from './geom/regions.js'
 * @import {Operation} from './geom/boolean.js'
 * @typedef {{deltas: Delta[], ids: string[], left: number}} Outcome  what to commit, the labels that are changed or made, and how many stay as they are
 */

/** What an operation can be done with: what the person selected first comes first. @param {Store} store @returns {{labels: Label[], locked: number, flat: number}} */
export function operands(store) {
  const selected = [...store.selection.peek()].flatMap((id) => store.labels.get(id) ?? []);
  const free = selected.filter(({ id }) => store.isEditable(id));
  const labels = free.filter(hasArea);
  return { labels, locked: selected.length - free.length, flat: free.length - labels.length };
}

/**
 * The first label becomes the union (or the intersection) of all; the others are deleted. null: they have nothing in common.
 * @param {Store} store @param {Operation} operation 'join' or 'intersect' @param {readonly [Label, ...Label[]]} labels
 * @returns {Outcome | null}
 */
export function merge(store, operation, labels) {
  const geometry = combined(operation, labels);
  if (!geometry) return null;
  const [first, ...others] = labels;
  const change = updateLabel(store, first.id, geometry);
  return { deltas: [...(change ? [change] : []), ...deleteLabels(store, others.map(({ id }) => id))], ids: [first.id], left: 0 };
}

/**
 * Takes from the first label what the others cover; they stay. null: nothing of it would be left.
 * @param {Store} store @param {readonly [Label, ...Label[]]} labels
 * @returns {Outcome | null} without deltas when they do not overlap
 */
export function subtract(store, [first, ...others]) {
  const over = others.filter((other) => overlap(first, other));
  if (!over.length) return { deltas: [], ids: [], left: 1 };
  const geometry = combined('subtract', [first, ...over]);
  return geometry && changes(store, [{ label: first, geometry }]);
}

/**
 * Takes from each label what those above it cover. Labels that are covered whole stay as they are.
 * @param {Store} store @param {readonly Label[]} labels
 * @returns {Outcome & {covered: number}}
 */
export function removeOverlap(store, labels) {
  const sorted = inOrder(store, new Set(labels.map(({ id }) => id)));
  let covered = 0;
  const found = sorted.flatMap((label, i) => {
    const over = sorted.slice(i + 1).filter((other) => overlap(label, other));
    if (!over.length) return [];
    const geometry = combined('subtract', [label, ...over]);
    if (!geometry) covered += 1;
    return geometry ? [{ label, geometry }] : [];
  });
  return { ...changes(store, found), covered };
}

/** Most vertices of a polygon; as on the server. */
const MAX_VERTICES = 100_000;

/**
 * Turns labels into masks or polygons. Those that are one, and those that cannot be, stay as they are.
 * @param {Store} store @param {readonly Label[]} labels @param {'mask' | 'polygon'} kind
 * @returns {Outcome & {same: number, detailed: number}} `left`: without a pixel; `detailed`: with too many corners
 */
export function convert(store, labels, kind) {
  const others = labels.filter((label) => (kind === 'mask' ? !label.mask : label.mask || label.shape !== 'polygon'));
  const turn = kind === 'mask' ? asMask : asPolygon;
  const turned = others.flatMap((label) => {
    const geometry = turn(label);
    return geometry ? [{ label, geometry }] : [];
  });
  const found = turned.filter(({ geometry }) => vertices(geometry) <= MAX_VERTICES);
  const left = others.length - turned.length;
  return { ...changes(store, found), left, same: labels.length - others.length, detailed: turned.length - found.length };
}

/** @param {Geometry} geometry */
function vertices({ points }) {
  return (points ?? []).flat().reduce((sum, ring) => sum + ring.length, 0);
}

/** Makes an object of each part. @param {Store} store @param {readonly Label[]} labels @returns {Outcome} */
export function split(store, labels) {
  return divided(store, labels.map((label) => ({ label, pieces: parts(label) })));
}

/** Cuts labels along the line from a to b. @param {Store} store @param {readonly Label[]} labels @param {Point} a @param {Point} b @returns {Outcome} */
export function cut(store, labels, a, b) {
  return divided(store, labels.map((label) => ({ label, pieces: sliced(label, a, b) ?? [] })));
}

/** @param {Store} store @param {readonly {label: Label, geometry: Partial<Geometry>}[]} found @returns {Outcome} */
function changes(store, found) {
  const deltas = found.flatMap(({ label, geometry }) => updateLabel(store, label.id, geometry) ?? []);
  return { deltas, ids: deltas.map((one) => one.label_id), left: found.length - deltas.length };
}

/**
 * The first piece keeps id, author and keypoints; the others are new, of the same class, with the same values, above it.
 * @param {Store} store @param {readonly {label: Label, pieces: readonly Geometry[]}[]} all
 * @returns {Outcome}
 */
function divided(store, all) {
  const found = all.filter(({ pieces }) => pieces.length > 1);
  const values = valuesOf(store, found.map(({ label }) => label));
  const made = found.map(({ label, pieces: [first, ...rest] }) => {
    const { concept, z, is_crowd } = label;
    const created = rest.map((geometry) => createLabel(store, { concept, z, is_crowd, ...geometry, tool: 'duplicated' }));
    return {
      deltas: [updateLabel(store, label.id, first), ...created].flatMap((one) => one ?? []),
      values: created.flatMap((one) => copiedValues(store, one.label_id, values[label.id] ?? {})),
      ids: [label.id, ...created.map((one) => one.label_id)],
    };
  });
  return {
    deltas: [...made.flatMap((one) => one.deltas), ...made.flatMap((one) => one.values)],
    ids: made.flatMap((one) => one.ids),
    left: all.length - found.length,
  };
}
