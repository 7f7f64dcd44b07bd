/** Digits of classes and what a digit does: digit k is the k-th class in its order, until the person binds it to another. Pure. */

/** @import {Concept} from '../../types/page' */

/** Place 1 to 10 of a digit; 0 comes after 9. @param {number} place */
const digitAt = (place) => String(place % 10);

/**
 * The classes by digit; index 0 is digit 1, index 9 is digit 0.
 * @param {readonly Concept[]} classes in their order @param {Readonly<Record<string, string>>} [bound] ids by digit; a deleted class frees its digit
 * @returns {(Concept | undefined)[]}
 */
export function slotsOf(classes, bound = {}) {
  return Array.from({ length: 10 }, (_, i) => classes.find((one) => one.id === bound[digitAt(i + 1)]) ?? classes[i]);
}

/** The digits of a class as text: "3", or "2, 5" when one was bound besides its own; empty without one. @param {readonly (Concept | undefined)[]} slots @param {string} id */
export function digitOf(slots, id) {
  return slots.flatMap((one, i) => (one?.id === id ? [digitAt(i + 1)] : [])).join(', ');
}

/**
 * The bindings with one more; a digit that is given back to its own class needs none.
 * @param {Readonly<Record<string, string>>} bound @param {readonly Concept[]} classes @param {number} place 1 to 10 @param {string} id
 * @returns {Record<string, string>}
 */
export function withBound(bound, classes, place, id) {
  const next = { ...bound, [digitAt(place)]: id };
  if (classes[place - 1]?.id === id) delete next[digitAt(place)];
  return next;
}

/** Objects of each class. @param {Iterable<{concept: string}>} labels @returns {Map<string, number>} */
export function countByClass(labels) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { concept } of labels) counts.set(concept, (counts.get(concept) ?? 0) + 1);
  return counts;
}
