/** What goes into the next request, and how changes of the same thing become one; pure functions on lists of ops. */

import { compose, keyOf, pick } from '../../store/fields.js';
import { uuid7 } from '../../store/uuid.js';

/** @import {Delta} from '../../types/changes' */
/** @import {Label} from '../../types/labels' */
/** @import {OutboxOp} from '../../types/outbox' */

export const MAX_OPS = 200;
/** Below the server's 8 MB, with room for the envelope. */
const MAX_BYTES = 6e6;

/** @param {OutboxOp} op */
export const chainOf = (op) => keyOf(op.delta);

/** Sorts in the order of making. @param {OutboxOp} a @param {OutboxOp} b */
export const byOrder = (a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0);

/**
 * An op that replaces others, under a new id: the server would repeat its stored results for the old ids.
 * @param {readonly OutboxOp[]} ops of one chain, in order
 * @param {Delta} delta what they come to @param {number | null} base
 * @returns {OutboxOp}
 */
export function renewed(ops, delta, base) {
  const [first] = ops;
  const last = ops[ops.length - 1];
  const op_id = uuid7();
  const replaces = ops.flatMap((op) => [op.op_id, ...op.replaces]);
  return { ...last, op_id, order: first.order, base, delta: { ...delta, op_id }, tried: false, parked: null, replaces };
}

/** What ops of one chain come to; null when together they change nothing. @param {readonly OutboxOp[]} ops @returns {Delta | null} */
export function total(ops) {
  /** @type {Delta | null} */
  let delta = ops[0].delta;
  for (const op of ops.slice(1)) delta = delta === null ? op.delta : compose(delta, op.delta);
  return delta;
}

/**
 * Runs of ops that may become one: same chain, never sent, no status between them (it must not be overtaken).
 * @param {readonly OutboxOp[]} queue
 * @returns {OutboxOp[][]}
 */
export function runs(queue) {
  /** @type {Map<string, OutboxOp[]>} */
  let open = new Map();
  /** @type {OutboxOp[][]} */
  const found = [];
  for (const op of queue) {
    if (op.delta.kind === 'status') {
      open = new Map();
      continue;
    }
    const key = chainOf(op);
    if (op.parked || op.tried) {
      open.delete(key);
      continue;
    }
    // an op with a base of its own was not made on the one before it
    const run = op.base === null ? open.get(key) : undefined;
    if (run) run.push(op);
    else open.set(key, [op]);
    if (run?.length === 2) found.push(run);
  }
  // nothing may be joined behind an op that the person must decide about
  const held = new Set(queue.filter((op) => op.parked).map(chainOf));
  return found.filter((run) => !held.has(chainOf(run[0])));
}

/**
 * The ops for the next request: in order, the first of each chain (the second needs the revision that the first gets),
 * a status last (what was done before it goes before it).
 * @param {readonly OutboxOp[]} queue @param {number} [limit]
 * @returns {OutboxOp[]}
 */
export function nextBatch(queue, limit = MAX_OPS) {
  /** @type {OutboxOp[]} */
  const batch = [];
  const taken = new Set();
  const held = new Set();
  /** Labels that are not on the server yet, and not in this request. */
  const missing = new Set();
  let bytes = 0;
  let isBehind = false;
  for (const op of queue) {
    const key = chainOf(op);
    const { delta } = op;
    if (op.parked) held.add(key);
    if (delta.kind === 'label' && delta.before === null && (held.has(key) || taken.has(key))) missing.add(delta.label_id);
    if (delta.kind === 'value' && missing.has(delta.subject)) {
      held.add(key);
      continue;
    }
    if (held.has(key)) continue;
    if (taken.has(key)) {
      isBehind = true;
      continue;
    }
    const isStatus = op.delta.kind === 'status';
    if (isStatus && isBehind) break;
    bytes += JSON.stringify(op.delta.after).length + 200;
    if (batch.length && (batch.length >= limit || bytes > MAX_BYTES)) break;
    batch.push(op);
    taken.add(key);
    if (isStatus) break;
  }
  return batch;
}

/**
 * The same change, made on top of what the server has: `before` is theirs.
 * @param {Delta} delta @param {Label} theirs
 * @returns {Delta}
 */
export function rebased(delta, theirs) {
  if (delta.kind !== 'label') return delta;
  if (delta.after === null) return { ...delta, before: theirs };
  const after = delta.before === null ? pick(delta.after) : delta.after;
  return { ...delta, before: pick(theirs, Object.keys(after)), after };
}
