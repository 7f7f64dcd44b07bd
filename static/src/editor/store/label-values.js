/** Which attribute values go with labels that are made or deleted; pure functions. */

import { uuid7 } from './uuid.js';

/**
 * @import {Delta, LabelDelta, ValueDelta} from '../types/changes'
 * @import {Attribute, AttributeValue} from '../types/page'
 * @import {AttributeValues} from './attribute-values.js'
 */

/** Tools that make a label as another one is: it gets the values of that one, not those of a new label. */
const COPIES = new Set(['copy', 'duplicated']);

/** @param {LabelDelta} delta @param {string} attribute @param {AttributeValue | null} before @param {AttributeValue | null} after @returns {ValueDelta} */
function valueDelta({ media, label_id, at }, attribute, before, after) {
  return { kind: 'value', op_id: uuid7(), media, subject: label_id, attribute, at, before, after };
}

/**
 * The deltas of a person, with the values that go with them: defaults of a label that they make, and, ahead of a
 * deletion, the values that it takes away, so that undo brings them back.
 * @param {readonly Delta[]} deltas @param {readonly Attribute[]} attributes @param {AttributeValues} values
 * @returns {Delta[]}
 */
export function withValues(deltas, attributes, values) {
  return deltas.flatMap((delta) => goingWith(delta, attributes, values));
}

/** @param {Delta} delta @param {readonly Attribute[]} attributes @param {AttributeValues} values @returns {Delta[]} */
function goingWith(delta, attributes, values) {
  if (delta.kind !== 'label') return [delta];
  if (delta.after === null) {
    const gone = Object.entries(values.all(delta.label_id));
    return [...gone.map(([attribute, value]) => valueDelta(delta, attribute, value, null)), delta];
  }
  return delta.before === null ? [delta, ...defaultsOf(delta, attributes)] : [delta];
}

/** @param {LabelDelta} delta @param {readonly Attribute[]} attributes */
function defaultsOf(delta, attributes) {
  const { concept = '', origin, tool } = delta.after ?? {};
  if (origin !== 'human' || (tool && COPIES.has(tool))) return [];
  const offered = attributes.filter((one) => one.default !== null && one.subject === 'LABEL' && concept in one.concepts);
  return offered.map((one) => valueDelta(delta, one.id, null, one.default));
}

/** Without the values of labels that go: they go with them. @param {readonly Delta[]} deltas @returns {Delta[]} */
export function withoutGone(deltas) {
  const gone = new Set(deltas.flatMap((delta) => (delta.kind === 'label' && delta.after === null ? [delta.label_id] : [])));
  return gone.size ? deltas.filter((delta) => delta.kind !== 'value' || !gone.has(delta.subject)) : [...deltas];
}
