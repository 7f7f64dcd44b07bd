/** Applies the server's answer to a change: done, merged and sent again, shown as a conflict, or parked in the tray. */

import { batch } from '@preact/signals-core';
import { merge, without } from '../../store/fields.js';
import { chainOf, rebased, renewed, total } from './queue.js';

/**
 * @import {Delta, LabelDelta} from '../../types/changes'
 * @import {Label} from '../../types/labels'
 * @import {OutboxOp, Parked, Write} from '../../types/outbox'
 * @import {OpResult} from '../../types/wire'
 * @import {Outbox} from './outbox.js'
 */

export class Answers {
  /** @param {Outbox} outbox @param {(media: string, seq: number) => void} touched */
  constructor(outbox, touched) {
    this.outbox = outbox;
    this.touched = touched;
  }

  /** @param {OutboxOp} op @param {OpResult} result @returns {Write[]} */
  settle(op, result) {
    if (result.status === 'ok') return this.done(op, result.revision ?? undefined, result.seq ?? 0);
    if (result.status === 'conflict') return this.conflict(op, result.label ?? null);
    if (result.code === 'exists') {
      const known = op.media === this.outbox.core.mediaId && op.delta.kind === 'label' ? this.outbox.core.labels.server(op.delta.label_id) : null;
      if (known) return this.conflict(op, known);
    }
    const { code, field = null, message } = result;
    // a server that does not know changed pixels, or for which they do not come out: it gets the whole mask
    if (field === 'mask_delta' && !op.isFull) return this.outbox.replace([op], [{ ...renewed([op], op.delta, op.base), isFull: true }]);
    return this.park(op, { why: 'rejected', code, field, message });
  }

  /** @param {OutboxOp} op @param {number | undefined} revision @param {number} seq @returns {Write[]} */
  done(op, revision, seq) {
    const { outbox } = this;
    outbox.core.acknowledged(op, revision, seq);
    if (seq) this.touched(op.media, seq);
    const writes = outbox.remove(op);
    const next = outbox.queue(op.media).find((other) => chainOf(other) === chainOf(op));
    if (next && revision !== undefined && next.base === null && next.delta.before !== null) {
      next.base = revision;
      writes.push({ in: 'ops', put: next });
    }
    return writes;
  }

  /** @param {OutboxOp} op @param {Label | null} theirs @returns {Write[]} */
  conflict(op, theirs) {
    const { outbox } = this;
    if (op.delta.kind !== 'label') return this.done(op, undefined, 0);
    outbox.core.applyServerLabel(op, theirs);
    // changes that follow were made on this one: what they come to together is merged
    const isNew = op.delta.before === null;
    const chain = isNew ? [op] : outbox.queue(op.media).filter((other) => chainOf(other) === chainOf(op));
    const delta = /** @type {LabelDelta | null} */ (total(chain));
    if (!delta) return outbox.replace(chain, []);
    const outcome = merge(delta, theirs);
    if (outcome.kind === 'equal') return isNew ? this.given(op, theirs) : outbox.replace(chain, []);
    if (outcome.kind === 'clash') return this.park(op, { why: 'conflict', theirs, fields: outcome.fields });
    const merged = { ...delta, before: outcome.before, after: outcome.after };
    return outbox.replace(chain, [renewed(chain, merged, theirs?.revision ?? null)]);
  }

  /** The server has the same content already. @param {OutboxOp} op @param {Label | null} theirs @returns {Write[]} */
  given(op, theirs) {
    const writes = this.outbox.replace([op], []);
    const next = this.outbox.queue(op.media).find((other) => chainOf(other) === chainOf(op));
    if (next && theirs && next.base === null && next.delta.before !== null) {
      next.base = theirs.revision;
      writes.push({ in: 'ops', put: next });
    }
    return writes;
  }

  /** @param {OutboxOp} op @param {Parked} parked @returns {Write[]} */
  park(op, parked) {
    const { outbox } = this;
    const held = { ...op, parked };
    outbox.queues.set(op.media, outbox.queue(op.media).map((other) => (other.op_id === op.op_id ? held : other)));
    return [{ in: 'ops', put: held }];
  }

  /**
   * The person edited a rejected change (or deleted a label in conflict): the chain becomes one new op.
   * @param {OutboxOp[]} chain in order, the newest not in the queue yet
   * @returns {Write[]}
   */
  settleBy(chain) {
    const parked = chain.find((op) => op.parked)?.parked;
    const theirs = parked?.why === 'conflict' ? parked.theirs : undefined;
    const delta = total(chain);
    if (!delta || theirs === null) return this.giveUp(chain);
    return this.outbox.replace(chain, [this.again(chain, delta, theirs)]);
  }

  /** @param {OutboxOp[]} chain @param {Delta} delta @param {Label | undefined} theirs */
  again(chain, delta, theirs) {
    if (!theirs) return renewed(chain, delta, chain[0].base);
    return renewed(chain, rebased(delta, theirs), theirs.revision);
  }

  /** @param {OutboxOp[]} chain @returns {Write[]} */
  giveUp(chain) {
    const writes = this.outbox.replace(chain, []);
    const [{ delta, media }] = chain;
    // the values of a label that is not made
    const values = delta.kind === 'label' && delta.before === null ? this.outbox.queue(media).filter((op) => op.delta.kind === 'value' && op.delta.subject === delta.label_id) : [];
    if (values.length) writes.push(...this.giveUp(values));
    return [...writes, ...this.outbox.core.forget(chain.flatMap((op) => [op.op_id, ...op.replaces]))];
  }

  // ------------------------------------------------------------- the person decides

  /** Retries a parked op. @param {OutboxOp} op */
  retry(op) {
    this.decide(op, (chain) => {
      const delta = total(chain);
      return delta ? this.outbox.replace(chain, [this.again(chain, delta, undefined)]) : this.giveUp(chain);
    });
  }

  /** Discards a parked op, and those built on it. @param {OutboxOp} op */
  discard(op) {
    this.decide(op, (chain) => this.giveUp(chain));
  }

  /** @param {OutboxOp} op @param {'mine' | 'theirs'} choice */
  resolve(op, choice) {
    this.decide(op, (chain, parked) => {
      if (parked.why !== 'conflict') return [];
      return choice === 'mine' ? this.keepMine(chain, parked.theirs) : this.takeTheirs(chain, parked);
    });
  }

  /** @param {OutboxOp[]} chain @param {Label | null} theirs @returns {Write[]} */
  keepMine(chain, theirs) {
    const delta = /** @type {LabelDelta | null} */ (total(chain));
    if (!delta) return this.giveUp(chain);
    if (theirs) return this.outbox.replace(chain, [this.again(chain, delta, theirs)]);
    const whole = chain[chain.length - 1].whole;
    if (delta.after === null || !whole) return this.giveUp(chain);
    // they deleted it: it comes back under its id
    const created = { ...delta, before: null, after: { ...whole, ...delta.after, revision: 0 } };
    return this.outbox.replace(chain, [renewed(chain, created, null)]);
  }

  /** @param {OutboxOp[]} chain @param {Parked & {why: 'conflict'}} parked @returns {Write[]} */
  takeTheirs(chain, { theirs, fields }) {
    const delta = /** @type {LabelDelta | null} */ (total(chain));
    const left = delta && theirs ? without(delta, fields) : null;
    if (!left || !theirs) return this.giveUp(chain);
    const writes = this.outbox.core.forget(chain.flatMap((op) => [op.op_id, ...op.replaces]));
    return [...writes, ...this.outbox.replace(chain, [this.again(chain, left, theirs)])];
  }

  /**
   * @param {OutboxOp} op
   * @param {(chain: OutboxOp[], parked: Parked) => Write[]} decision
   */
  decide(op, decision) {
    const { outbox } = this;
    const chain = outbox.queue(op.media).filter((other) => chainOf(other) === chainOf(op));
    const held = chain.find((other) => other.op_id === op.op_id);
    if (!held?.parked) return; // decided in the meantime
    const { parked } = held;
    batch(() => {
      outbox.persist(decision(chain, parked));
      outbox.count();
    });
    outbox.kick(op.media);
  }
}
