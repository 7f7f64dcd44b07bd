/** Makes deltas (changes as data, with what was before) from what a person did; it changes nothing itself. */

import { translate as translateKeypoints } from './geom/keypoints.js';
import { translate } from './geom/poly.js';
import { difference, pick, same } from './store/fields.js';
import { uuid7 } from './store/uuid.js';

/**
 * @import {Delta, LabelDelta} from './types/changes'
 * @import {Box, Part} from './types/geometry'
 * @import {Label, LabelPatch, NewLabel} from './types/labels'
 * @import {AttributeValue, Media, ValuesBySubject} from './types/page'
 * @import {Store} from './types/store'
 */

/** The server's names of what made a label, by the id of our tool; the server's names are accepted too. */
const TOOL_WORDS = Object.freeze(/** @type {Record<string, string>} */ ({ box: 'bbox', wand: 'magic_wand', eraser: 'brush' }));

/** Labels that are equal in these are the same for a person. */
const GEOMETRY = ['concept', 'shape', 'box', 'points', 'mask'];

/** Copies that would hide a shape are shifted by so many image pixels, at most so often. */
const PASTE_STEP = 10;
const MOST_STEPS = 50;

/** @param {Store} store */
function stamp(store) {
  return { op_id: uuid7(), media: store.media.peek()?.id ?? '', at: new Date().toISOString() };
}

/** The z that puts a new label on top of all. @param {Store} store */
function topZ(store) {
  const order = store.order();
  const top = order.length ? store.labels.get(order[order.length - 1]) : undefined;
  return top ? top.z + 1 : 0;
}

/**
 * A new label, on top of all others. Its id is `delta.label_id`.
 * @param {Store} store @param {NewLabel} fields
 * @returns {LabelDelta}
 */
export function createLabel(store, fields) {
  const made = stamp(store);
  const user = store.boot.user.id;
  /** @type {Label} */
  const label = {
    points: null,
    mask: null,
    keypoints: [],
    z: topZ(store),
    origin: 'human',
    score: null,
    is_crowd: false,
    ...fields,
    tool: fields.tool ? (TOOL_WORDS[fields.tool] ?? fields.tool) : null,
    id: fields.id ?? uuid7(),
    revision: 0,
    created_by: user,
    updated_by: user,
    created_at: made.at,
    updated_at: made.at,
  };
  return { kind: 'label', ...made, label_id: label.id, before: null, after: label };
}

/**
 * The label that an accepted suggestion becomes: under the suggestion's id, so that it is made once.
 * @param {Store} store @param {import('./types/suggestions').Suggestion} suggestion
 */
export function acceptSuggestion(store, { id, concept, box, shape, points, mask, score }) {
  return createLabel(store, { id, concept, box, shape, points, mask, score, origin: 'model', tool: shape === 'box' ? 'object_detection' : 'instance_segmentation' });
}

/** A label that was deleted, under its id. @param {Store} store @param {Label} label @returns {LabelDelta} */
export function restoreLabel(store, label) {
  return { kind: 'label', ...stamp(store), label_id: label.id, before: null, after: { ...label, revision: 0 } };
}

/** Something to be written about the image. @param {Store} store @param {import('./types/changes').IssueDelta['after']} after @returns {Delta} */
export function writeIssue(store, after) {
  return { kind: 'issue', ...stamp(store), before: null, after };
}

/** Decides about suggestions, or takes that back. @param {Store} store @param {Iterable<string>} ids @param {boolean} isRejected @returns {Delta[]} */
export function rejectSuggestions(store, ids, isRejected = true) {
  return [...ids].map((id) => ({ kind: 'suggestion', ...stamp(store), suggestion: id, before: !isRejected, after: isRejected }));
}

/**
 * A change of some fields; fields that stay as they are are left out. null when nothing changes or the label is deleted.
 * @param {Store} store @param {string} id @param {LabelPatch} patch
 * @param {Label} [label] as it was when the gesture began, which is then committed with it
 * @returns {LabelDelta | null}
 */
export function updateLabel(store, id, patch, label = store.labels.get(id)) {
  if (!label) return null;
  const [before, after] = difference(label, patch);
  if (!Object.keys(after).length) return null;
  return { kind: 'label', ...stamp(store), label_id: id, before, after };
}

/** Those of some labels that this person may delete. @param {Store} store @param {Iterable<string>} ids @param {boolean} [alsoLocked] */
export function deletable(store, ids, alsoLocked = false) {
  return [...ids].filter((id) => (alsoLocked ? store.may.peek().label && store.labels.has(id) : store.isEditable(id)));
}

/** @param {Store} store @param {Iterable<string>} ids @returns {LabelDelta[]} */
export function deleteLabels(store, ids) {
  return [...ids].flatMap((id) => {
    const label = store.labels.get(id);
    return label ? [{ kind: /** @type {const} */ ('label'), ...stamp(store), label_id: id, before: label, after: null }] : [];
  });
}

/** @param {Store} store @param {Iterable<string>} ids @param {string} concept @returns {LabelDelta[]} */
export function setConcept(store, ids, concept) {
  return existing([...ids].map((id) => updateLabel(store, id, { concept })));
}

/** @param {Store} store @param {string} concept @param {boolean} on @returns {Delta[]} */
export function setTag(store, concept, on) {
  const before = store.tags.peek().has(concept);
  return before === on ? [] : [{ kind: 'tag', ...stamp(store), tag: concept, before, after: on }];
}

/** @param {Store} store @param {string} name of the status @param {string} [reason] why the image is sent back @returns {Delta[]} */
export function setStatus(store, name, reason) {
  const before = store.status.peek()?.name ?? '';
  return before === name ? [] : [{ kind: 'status', ...stamp(store), before, after: name, ...(reason && { reason }) }];
}

/** @param {Store} store @param {string} subject a label or the medium @param {string} attribute @param {AttributeValue | null} value @returns {Delta[]} */
export function setValue(store, subject, attribute, value) {
  const before = store.valueOf(subject, attribute);
  return same(before, value) ? [] : [{ kind: 'value', ...stamp(store), subject, attribute, before, after: value }];
}

/** @template T @param {(T | null)[]} list @returns {T[]} */
function existing(list) {
  return list.flatMap((item) => (item === null ? [] : [item]));
}

// ------------------------------------------------------------------- geometry

/**
 * The geometry of a label moved by (dx, dy). A mask lies on whole pixels: it moves by whole pixels.
 * @param {Label} label @param {number} dx @param {number} dy
 * @returns {LabelPatch}
 */
export function moved(label, dx, dy) {
  if (label.shape === 'mask' || label.mask) {
    dx = Math.round(dx);
    dy = Math.round(dy);
  }
  const [x0, y0, x1, y1] = label.box;
  /** @type {LabelPatch} */
  const patch = { box: [x0 + dx, y0 + dy, x1 + dx, y1 + dy] };
  if (label.points) patch.points = translate(label.points, dx, dy);
  if (label.keypoints.length) patch.keypoints = translateKeypoints(label.keypoints, dx, dy);
  return patch;
}

/**
 * How far labels may move by (dx, dy) so that none leaves the image further than it does.
 * @param {readonly Label[]} labels @param {{width: number, height: number} | null} media @param {number} dx @param {number} dy
 * @returns {[number, number]}
 */
export function limited(labels, media, dx, dy) {
  if (!media || !labels.length) return [dx, dy];
  const x0 = Math.min(...labels.map((l) => l.box[0]));
  const y0 = Math.min(...labels.map((l) => l.box[1]));
  const x1 = Math.max(...labels.map((l) => l.box[2]));
  const y1 = Math.max(...labels.map((l) => l.box[3]));
  const clamp = (/** @type {number} */ d, /** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ size) =>
    d < 0 ? Math.max(d, Math.min(0, -low)) : Math.min(d, Math.max(0, size - high));
  return [clamp(dx, x0, x1, media.width), clamp(dy, y0, y1, media.height)];
}

/**
 * The geometry of labels that all move by the same, inside the image. Masks lie on whole pixels: with one of them all
 * move by whole pixels.
 * @param {readonly Label[]} labels @param {{width: number, height: number} | null} media @param {number} dx @param {number} dy
 * @returns {{label: Label, patch: LabelPatch}[]}
 */
export function movedTogether(labels, media, dx, dy) {
  const by = limited(labels, media, dx, dy);
  const [x, y] = labels.some((label) => label.mask?.length) ? by.map(Math.trunc) : by;
  return labels.map((label) => ({ label, patch: moved(label, x, y) }));
}

/**
 * Moves labels together by image pixels, inside the image.
 * @param {Store} store @param {Iterable<string>} ids @param {number} dx @param {number} dy
 * @returns {LabelDelta[]}
 */
export function nudge(store, ids, dx, dy) {
  const labels = [...ids].flatMap((id) => store.labels.get(id) ?? []);
  return existing(movedTogether(labels, store.media.peek(), dx, dy).map(({ label, patch }) => updateLabel(store, label.id, patch)));
}

/**
 * Copies of labels, at the same place where they can be: shifted into an image that is smaller, and off shapes that they
 * would hide, by 10 px each way. The new ids are in the deltas.
 * @param {Store} store @param {readonly Label[]} labels @param {ValuesBySubject} values of attributes, by the ids of the labels
 * @param {'copy' | 'duplicated'} [tool]
 * @returns {{deltas: LabelDelta[], values: Delta[], tooLarge: number, withoutClass: number}} how many were left out: larger than the
 *   image, or of a class that is not in this project
 */
export function paste(store, labels, values = {}, tool = /** @type {'copy' | 'duplicated'} */ ('copy')) {
  const known = labels.filter((label) => store.concept(label.concept));
  const fitting = known.flatMap((label) => fitted(store, label) ?? []);
  const [dx, dy] = uncovered(store, fitting);
  let z = topZ(store);
  const deltas = fitting.map((label) => {
    const fields = structuredClone({ ...pick(label, ['concept', 'shape', 'points', 'mask', 'keypoints', 'is_crowd']), ...moved(label, dx, dy) });
    const keypoints = (fields.keypoints ?? []).map((k) => ({ ...k, id: uuid7() }));
    const delta = createLabel(store, /** @type {NewLabel} */ ({ ...fields, keypoints, z, tool }));
    z += 1;
    return delta;
  });
  const copied = deltas.flatMap((delta, i) => copiedValues(store, delta.label_id, values[fitting[i].id] ?? {}));
  return { deltas, values: copied, tooLarge: known.length - fitting.length, withoutClass: labels.length - known.length };
}

/**
 * Copies of labels for another image, at the same place (shifted inside, when it is smaller), above what is there.
 * @param {Store} store @param {readonly Label[]} labels @param {ValuesBySubject} values of attributes, by the ids of the labels
 * @param {{media: Media, labels: readonly Label[]}} target
 * @returns {{deltas: Delta[], tooLarge: number, known: number}} how many were left out: larger than the image, or there already
 */
export function copyTo(store, labels, values, { media, labels: there }) {
  const fitting = labels.flatMap((label) => intoImage(label, media) ?? []);
  const fresh = fitting.filter((label) => !there.some((other) => same(pick(other, GEOMETRY), pick(label, GEOMETRY))));
  let z = there.reduce((top, label) => Math.max(top, label.z), -1);
  const deltas = fresh.flatMap((label) => {
    const fields = structuredClone(pick(label, [...GEOMETRY, 'keypoints', 'is_crowd']));
    const keypoints = label.keypoints.map((k) => ({ ...k, id: uuid7() }));
    z += 1;
    const made = createLabel(store, /** @type {NewLabel} */ ({ ...fields, keypoints, z, tool: 'copy' }));
    return [made, ...copiedValues(store, made.label_id, values[label.id] ?? {})].map((delta) => ({ ...delta, media: media.id }));
  });
  return { deltas, tooLarge: labels.length - fitting.length, known: fitting.length - fresh.length };
}

/** The values for a copy; those of another project's attributes are left out. @param {Store} store @param {string} id @param {ValuesBySubject[string]} values */
export function copiedValues(store, id, values) {
  const known = new Set(store.attributes.peek().map((one) => one.id));
  return Object.entries(values).flatMap(([attribute, value]) => (known.has(attribute) ? setValue(store, id, attribute, value) : []));
}

/** The values of labels, by their ids. @param {Store} store @param {readonly Label[]} labels @returns {ValuesBySubject} */
export function valuesOf(store, labels) {
  const attributes = store.attributes.peek();
  return Object.fromEntries(labels.map(({ id }) => [id, Object.fromEntries(attributes.flatMap((one) => {
    const value = store.valueOf(id, one.id);
    return value === null ? [] : [[one.id, value]];
  }))]));
}

/** The label shifted into the image; null when it is larger. One of this image may stay as it is. @param {Store} store @param {Label} label @returns {Label | null} */
function fitted(store, label) {
  const media = store.media.peek();
  return !media || store.labels.has(label.id) ? label : intoImage(label, media);
}

/** The label shifted into an image; null when it is larger. @param {Label} label @param {{width: number, height: number}} media @returns {Label | null} */
function intoImage(label, media) {
  const [x0, y0, x1, y1] = label.box;
  if (x1 - x0 > media.width || y1 - y0 > media.height) return null;
  const into = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ size) => (low < 0 ? -low : Math.min(0, size - high));
  const [dx, dy] = [into(x0, x1, media.width), into(y0, y1, media.height)];
  return dx || dy ? { ...label, ...moved(label, dx, dy) } : label;
}

/** How far labels move together so that none has the very box of a label that is there. @param {Store} store @param {readonly Label[]} labels @returns {[number, number]} */
function uncovered(store, labels) {
  const taken = new Set([...store.labels.values()].map((label) => label.box.join()));
  const media = store.media.peek();
  const hasMask = labels.some((label) => label.mask?.length);
  for (const way of [PASTE_STEP, -PASTE_STEP]) {
    for (let n = 0; n <= MOST_STEPS; n += 1) {
      const by = limited(labels, media, n * way, n * way);
      const [dx, dy] = hasMask ? by.map(Math.trunc) : by;
      if (!labels.some(({ box: [x0, y0, x1, y1] }) => taken.has([x0 + dx, y0 + dy, x1 + dx, y1 + dy].join()))) return [dx, dy];
    }
  }
  return [0, 0];
}

/** The labels as they are drawn, lowest first. @param {Store} store @param {ReadonlySet<string>} ids @returns {Label[]} */
export function inOrder(store, ids) {
  return store.order().flatMap((id) => (ids.has(id) ? (store.labels.get(id) ?? []) : []));
}

/** @param {Store} store @param {ReadonlySet<string>} ids @returns {{deltas: LabelDelta[], values: Delta[]}} */
export function duplicate(store, ids) {
  const labels = inOrder(store, ids);
  return paste(store, labels, valuesOf(store, labels), 'duplicated');
}

// ------------------------------------------------------------------- order

/**
 * Moves labels one step in the order of all objects of the image.
 * Where z values are equal, the shorter side of the order is shifted to make room.
 * @param {Store} store @param {ReadonlySet<string>} ids @param {1 | -1} step 1 = forward, to the viewer
 * @returns {LabelDelta[]}
 */
export function reorder(store, ids, step) {
  const old = store.order();
  const next = [...old];
  const places = old.flatMap((id, i) => (ids.has(id) ? [i] : []));
  if (step > 0) places.reverse();
  for (const i of places) {
    const to = i + step;
    if (to < 0 || to >= next.length || ids.has(next[to])) continue;
    [next[i], next[to]] = [next[to], next[i]];
  }
  const wanted = zFor(store, old, next);
  return existing(next.map((id, i) => updateLabel(store, id, { z: wanted[i] })));
}

/**
 * Values of z that give the order `next`: those of `old` place by place, raised (or lowered) where equal values would not do.
 * @param {Store} store @param {readonly string[]} old @param {readonly string[]} next
 * @returns {number[]}
 */
function zFor(store, old, next) {
  const labels = next.map((id) => /** @type {Label} */ (store.labels.get(id)));
  const up = old.map((id) => /** @type {Label} */ (store.labels.get(id)).z);
  const down = [...up];
  for (let i = 1; i < up.length; i += 1) {
    up[i] = Math.max(up[i], up[i - 1] + (isBefore(labels[i - 1], labels[i]) ? 0 : 1));
  }
  for (let i = down.length - 2; i >= 0; i -= 1) {
    down[i] = Math.min(down[i], down[i + 1] - (isBefore(labels[i], labels[i + 1]) ? 0 : 1));
  }
  const cost = (/** @type {number[]} */ zs) => zs.reduce((n, z, i) => n + (z === labels[i].z ? 0 : 1), 0);
  return cost(up) <= cost(down) ? up : down;
}

/** True when with equal z the first is drawn before the second. @param {Label} a @param {Label} b */
function isBefore(a, b) {
  return a.created_at !== b.created_at ? a.created_at < b.created_at : a.id < b.id;
}
