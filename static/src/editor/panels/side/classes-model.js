/** Digits of classes and what a digit does: digit k is the k-th class in its order, until the person binds it to another; search, and what there is of each class. Pure. */

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

/**
 * @typedef {{count: number, hidden: number, locked: number}} Tally objects of a class: all, and how many of them are hidden and locked
 */

/**
 * What there is of each class.
 * @param {Iterable<{id: string, concept: string}>} labels @param {ReadonlySet<string>} hidden ids @param {ReadonlySet<string>} locked ids
 * @returns {Map<string, Tally>}
 */
export function tallyByClass(labels, hidden, locked) {
  /** @type {Map<string, Tally>} */
  const tallies = new Map();
  for (const { id, concept } of labels) {
    const tally = tallies.get(concept) ?? { count: 0, hidden: 0, locked: 0 };
    tally.count += 1;
    tally.hidden += Number(hidden.has(id));
    tally.locked += Number(locked.has(id));
    tallies.set(concept, tally);
  }
  return tallies;
}

/** The classes whose name holds a text, in their order; all for an empty one. @template {{name: string}} C @param {readonly C[]} classes @param {string} text @returns {readonly C[]} */
export function classesNamed(classes, text) {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted ? classes.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)) : classes;
}
