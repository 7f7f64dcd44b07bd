/** Digits of classes and what a digit does: digit k is the k-th class in its order. Pure. */

/** @import {Concept} from '../types' */

/** 1 to 9, then 0; empty from the eleventh on. @param {readonly Concept[]} classes @param {string} id */
export function digitOf(classes, id) {
  const at = classes.findIndex((one) => one.id === id);
  return at < 0 || at > 9 ? '' : String((at + 1) % 10);
}

/** Objects of each class. @param {Iterable<{concept: string}>} labels @returns {Map<string, number>} */
export function countByClass(labels) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { concept } of labels) counts.set(concept, (counts.get(concept) ?? 0) + 1);
  return counts;
}
