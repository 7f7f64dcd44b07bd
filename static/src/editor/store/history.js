/** Keeps one person's undo and redo of one medium as data; what to do with an entry is decided in core.js. */

import { compose, isEmpty, keyOf, same } from './fields.js';
import { uuid7 } from './uuid.js';

/** @import {Delta, HistoryEntry} from '../types/changes' */
/** @import {Write} from '../types/outbox' */

/** Commits with the same merge key within this time become one step. */
const MERGE_MS = 500;

/** One delta per key, in the order of the first; changes that cancel out are left out. @param {readonly Delta[]} deltas */
export function composed(deltas) {
  /** @type {Map<string, Delta | null>} */
  const byKey = new Map();
  for (const delta of deltas) {
    const key = keyOf(delta);
    const earlier = byKey.get(key);
    byKey.set(key, earlier ? compose(earlier, delta) : delta);
  }
  return [...byKey.values()].filter((delta) => delta !== null && !isEmpty(delta)).map((delta) => /** @type {Delta} */ (delta));
}

/**
 * The stack of one medium: entries in the order of making; the undone ones are at the end.
 * Methods that change something return what to write, so that the caller can put it into one transaction.
 */
export class History {
  constructor() {
    this.media = '';
    /** @type {HistoryEntry[]} */
    this.entries = [];
  }

  /** Loads the stored entries of a medium. @param {string} media @param {readonly HistoryEntry[]} entries */
  load(media, entries) {
    this.media = media;
    this.entries = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
    // after a new step, undone ones can only stand at the end
    const lastDone = this.entries.findLastIndex((entry) => !entry.undone);
    this.entries = this.entries.filter((entry, i) => i > lastDone || !entry.undone);
  }

  get canUndo() {
    return this.entries.some((entry) => !entry.undone);
  }

  get canRedo() {
    return this.entries.length > 0 && this.entries[this.entries.length - 1].undone;
  }

  /**
   * Adds a step (or joins it with the last); undone steps are dropped for good.
   * @param {readonly Delta[]} deltas @param {string | undefined} merge @param {number} now
   * @returns {Write[]}
   */
  record(deltas, merge, now) {
    const fresh = composed(deltas);
    if (!fresh.length) return [];
    /** @type {Write[]} */
    const writes = [];
    while (this.canRedo) {
      const removed = /** @type {HistoryEntry} */ (this.entries.pop());
      writes.push({ in: 'history', remove: [removed.media, removed.id] });
    }
    const last = this.entries[this.entries.length - 1];
    if (last && merge && last.merge === merge && now - last.at <= MERGE_MS && isContinued(last.deltas, fresh)) {
      const joined = { ...last, at: now, deltas: composed([...last.deltas, ...fresh]) };
      this.entries[this.entries.length - 1] = joined;
      return [...writes, { in: 'history', put: joined }];
    }
    const entry = { media: this.media, id: uuid7(), at: now, merge: merge ?? null, deltas: fresh, undone: false };
    this.entries.push(entry);
    return [...writes, { in: 'history', put: entry }];
  }

  /**
   * The step to undo or redo next. @param {'undo' | 'redo'} direction
   * @returns {HistoryEntry | undefined}
   */
  next(direction) {
    if (direction === 'undo') return this.entries.findLast((entry) => !entry.undone);
    return this.entries.find((entry) => entry.undone);
  }

  /** Marks a step as undone or done again. @param {HistoryEntry} entry @param {boolean} undone @returns {Write[]} */
  move(entry, undone) {
    const at = this.entries.findIndex((e) => e.id === entry.id);
    if (at < 0) return [];
    this.entries[at] = { ...entry, undone, merge: null };
    return [{ in: 'history', put: this.entries[at] }];
  }

  /**
   * Removes changes that were never saved (discarded or given up), so that undo skips them.
   * @param {readonly string[]} opIds @returns {Write[]}
   */
  forget(opIds) {
    const removed = new Set(opIds);
    /** @type {Write[]} */
    const writes = [];
    this.entries = this.entries.flatMap((entry) => {
      const deltas = entry.deltas.filter((delta) => !removed.has(delta.op_id));
      if (deltas.length === entry.deltas.length) return [entry];
      const left = { ...entry, deltas };
      writes.push(deltas.length ? { in: 'history', put: left } : { in: 'history', remove: [entry.media, entry.id] });
      return deltas.length ? [left] : [];
    });
    return writes;
  }
}

/**
 * True when deltas go on exactly where others ended: a change that somebody made between is no part of either.
 * @param {readonly Delta[]} a @param {readonly Delta[]} b
 */
function isContinued(a, b) {
  return a.length === b.length && a.every((delta, i) => keyOf(delta) === keyOf(b[i]) && isReached(delta, b[i]));
}

/** @param {Delta} first @param {Delta} second */
function isReached({ kind, after }, { before }) {
  if (kind !== 'label' || !after || !before) return same(after, before);
  const [reached, expected] = /** @type {Record<string, any>[]} */ ([after, before]);
  return Object.keys(expected).every((field) => !(field in reached) || same(reached[field], expected[field]));
}
