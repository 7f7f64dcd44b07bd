/**
 * Stores finished changes until the server has acknowledged them, and sends them: one request at a time per medium,
 * the first at once, those made meanwhile together in the next. What an answer means for a change is in answers.js.
 */

import { batch, signal } from '@preact/signals-core';
import { toWire } from '../../store/fields.js';
import { Answers } from './answers.js';
import { MAX_OPS, byOrder, chainOf, nextBatch, renewed, runs, total } from './queue.js';

/**
 * @import {OutboxOp, Persistence, Write} from '../../types/outbox'
 * @import {OpResult} from '../../types/wire'
 * @import {Core} from '../../store/core.js'
 * @import {Connection} from '../connection.js'
 * @typedef {{status: number, body: any, afterMs: number}} Answer status 0: no answer came
 * @typedef {(media: string, ops: object[]) => Promise<Answer>} Post
 */

/** Media that are sent at the same time, the shown one not counted. */
const PARALLEL = 2;
/** A single op that makes the server fail this often is parked, so that it does not block the others. */
const BREAKS = 3;

export class Outbox {
  /**
   * @param {{core: Core, persistence: Persistence, post: Post, connection: Connection, client: string, now: () => number,
   *   touched?: (media: string, seq: number) => void}} parts `touched` is called with each acknowledgement
   */
  constructor({ core, persistence, post, connection, client, now, touched = () => {} }) {
    this.core = core;
    this.persistence = persistence;
    this.post = post;
    this.connection = connection;
    this.client = client;
    this.now = now;
    /** @type {Map<string, OutboxOp[]>} */
    this.queues = new Map();
    this.running = new Set();
    /** @type {Map<string, number>} */
    this.limits = new Map();
    /** How often the server failed at an op. @type {Map<string, number>} */
    this.breaks = new Map();
    /** Unacknowledged ops that nobody has to decide about. */
    this.pending = signal(0);
    this.parked = signal(/** @type {readonly OutboxOp[]} */ ([]));
    this.savedAt = signal(/** @type {number | null} */ (null));
    /** False once the browser refused to keep something: it is in this tab only. */
    this.isPersisted = signal(persistence.isDurable);
    this.answers = new Answers(this, touched);
    connection.retries.add(() => this.kickAll());
  }

  /** @param {string} media */
  queue(media) {
    return this.queues.get(media) ?? [];
  }

  // ------------------------------------------------------------- adding changes

  /**
   * Adds finished changes: persisted in this task together with `writes`, then sent.
   * @param {OutboxOp[]} ops @param {Write[]} writes
   */
  add(ops, writes) {
    /** @type {Write[]} */
    const all = [...writes];
    const media = new Set(ops.map((op) => op.media));
    for (const op of ops) all.push(...this.enqueue(op));
    this.persist(all);
    this.count();
    for (const id of media) this.kick(id);
  }

  /** Writes what is not work: what is hidden, a step of history that changed nothing. @param {Write[]} writes */
  write(writes) {
    this.persist(writes, false);
  }

  /** @param {OutboxOp} op @returns {Write[]} */
  enqueue(op) {
    const queue = this.queue(op.media);
    this.queues.set(op.media, queue);
    const key = chainOf(op);
    const parked = this.parked.peek().find((other) => other.media === op.media && chainOf(other) === key)?.parked;
    const isDelete = op.delta.kind === 'label' && op.delta.after === null;
    // the person corrected what the server refused, or gave the label up: that settles it
    if (parked && (parked.why === 'rejected' || isDelete)) {
      const chain = [...queue.filter((other) => chainOf(other) === key), op];
      const writes = this.answers.settleBy(chain);
      this.count();
      return writes;
    }
    queue.push(op);
    return [{ in: 'ops', put: op }];
  }

  /**
   * Takes over ops that an earlier page or a closed tab left behind. They may have reached the server already.
   * @param {OutboxOp[]} ops
   * @returns {OutboxOp[]} those that it did not know yet
   */
  restore(ops) {
    const known = new Set([...this.queues.values()].flat().map((op) => op.op_id));
    const fresh = ops.filter((op) => !known.has(op.op_id)).map((op) => ({ ...op, tried: !op.parked }));
    for (const media of new Set(fresh.map((op) => op.media))) {
      this.queues.set(media, [...this.queue(media), ...fresh.filter((op) => op.media === media)].sort(byOrder));
    }
    this.count();
    this.kickAll();
    return fresh;
  }

  // ------------------------------------------------------------- sending

  kickAll() {
    this.kick(this.core.mediaId);
    for (const media of this.queues.keys()) this.kick(media);
  }

  /** Sends what waits for a medium, unless that is being done or the server cannot be reached. @param {string} media */
  kick(media) {
    const isShown = media === this.core.mediaId;
    if (this.running.has(media) || !this.connection.isOpen() || !nextBatch(this.queue(media), 1).length) return;
    if (!isShown && this.running.size >= PARALLEL) return;
    this.running.add(media);
    this.run(media).finally(() => {
      this.running.delete(media);
      this.kickAll();
    });
  }

  /** @param {string} media */
  async run(media) {
    while (nextBatch(this.queue(media), 1).length && this.connection.mayTry()) {
      if (!(await this.sendOnce(media))) return;
    }
  }

  /** One request. True when the next may follow at once. @param {string} media @returns {Promise<boolean>} */
  async sendOnce(media) {
    await this.squash(media);
    if (this.connection.isClosed) return false;
    const ops = nextBatch(this.queue(media), this.limits.get(media) ?? MAX_OPS);
    if (!ops.length) {
      this.connection.release();
      return true;
    }
    for (const op of ops) {
      op.tried = true;
      op.base ??= this.guessedBase(op);
    }
    const wire = ops.map((op) => toWire(op, op.base));
    return this.answered(media, ops, await this.post(media, wire));
  }

  /** The revision to build on when the op that would have set it was removed; 0 makes the server answer with it. @param {OutboxOp} op */
  guessedBase(op) {
    if (op.delta.kind !== 'label' || op.delta.before === null) return null;
    if (op.media !== this.core.mediaId) return 0;
    return this.core.labels.server(op.delta.label_id)?.revision ?? 0;
  }

  /** Merges waiting changes of the same label into one; it is persisted before anything of it is sent. @param {string} media */
  async squash(media) {
    /** @type {Write[]} */
    const writes = [];
    for (const run of runs(this.queue(media))) {
      const delta = total(run);
      writes.push(...this.replace(run, delta ? [renewed(run, delta, run[0].base)] : []));
    }
    if (!writes.length) return;
    this.count();
    await this.persist(writes);
  }

  /**
   * @param {string} media @param {OutboxOp[]} ops @param {Answer} answer
   * @returns {boolean}
   */
  answered(media, ops, { status, body, afterMs }) {
    if (status === 200 && Array.isArray(body?.results)) {
      this.connection.succeeded();
      const limit = this.limits.get(media) ?? MAX_OPS;
      this.limits.set(media, Math.min(MAX_OPS, limit * 2));
      return this.took(media, ops, body);
    }
    const isText = typeof body?.message !== 'string';
    if (status === 401) this.connection.signedOut(true);
    else if (status === 403 && isText) this.connection.signedOut(false);
    else if (status === 409 && body?.code === 'reload') this.connection.outdated();
    else if (status === 429) this.connection.failed('busy', afterMs);
    else if (status === 500) return this.broke(media, ops);
    else if (status >= 400 && status < 500) return this.refused(media, ops, status, body);
    else this.connection.failed(status === 0 ? 'network' : 'server', afterMs);
    return false;
  }

  /** @param {string} media @param {OutboxOp[]} ops @param {{results: OpResult[], seq: number}} body */
  took(media, ops, body) {
    const results = new Map(body.results.map((result) => [result.op_id, result]));
    /** @type {Write[]} */
    const writes = [];
    batch(() => {
      for (const op of ops) {
        const result = results.get(op.op_id);
        if (result) writes.push(...this.answers.settle(op, result));
      }
      this.savedAt.value = this.now();
      this.count();
    });
    this.persist(writes, false);
    // an answer that leaves ops out is no answer to them: they go again, but not in a tight loop
    if (results.size < ops.length) this.connection.failed('server');
    return results.size >= ops.length;
  }

  /** A 500: half of the ops the next time, until the one that breaks the server is alone. @param {string} media @param {OutboxOp[]} ops */
  broke(media, ops) {
    this.limits.set(media, Math.max(1, Math.floor(ops.length / 2)));
    const [first] = ops;
    const times = (this.breaks.get(first.op_id) ?? 0) + 1;
    if (ops.length === 1) this.breaks.set(first.op_id, times);
    this.connection.failed('server');
    if (ops.length === 1 && times >= BREAKS) {
      this.breaks.delete(first.op_id);
      this.refuse(ops, { code: 'server_error', message: '' });
    }
    return false;
  }

  /** The server rejected the whole request: smaller ones follow until the op at fault is found. @param {string} media @param {OutboxOp[]} ops @param {number} status @param {any} body */
  refused(media, ops, status, body) {
    this.connection.succeeded(); // the server is reachable, it only rejects this
    const concernsAll = status === 403 || status === 404;
    if (ops.length > 1 && !concernsAll) {
      this.limits.set(media, Math.ceil(ops.length / 2));
      return true;
    }
    this.refuse(ops, { code: body?.code ?? String(status), message: body?.message ?? '' });
    return true;
  }

  /** @param {OutboxOp[]} ops @param {{code: string, message: string}} why */
  refuse(ops, { code, message }) {
    const writes = ops.flatMap((op) => this.answers.park(op, { why: 'rejected', code, field: null, message }));
    this.persist(writes, false);
    this.count();
  }

  // ------------------------------------------------------------- bookkeeping

  /**
   * Puts ops in the place of others of the same chain. Returns what to write.
   * @param {readonly OutboxOp[]} old @param {OutboxOp[]} ops
   * @returns {Write[]}
   */
  replace(old, ops) {
    const media = old[0].media;
    const removed = new Set(old.map((op) => op.op_id));
    const left = this.queue(media).filter((op) => !removed.has(op.op_id));
    this.queues.set(media, [...left, ...ops].sort(byOrder));
    this.core.replaced(old, ops);
    return [
      ...[...removed].map((id) => /** @type {Write} */ ({ in: 'ops', remove: id })),
      ...ops.map((op) => /** @type {Write} */ ({ in: 'ops', put: op })),
    ];
  }

  /** Removes an op that is done. @param {OutboxOp} op @returns {Write[]} */
  remove(op) {
    this.queues.set(op.media, this.queue(op.media).filter((other) => other.op_id !== op.op_id));
    return [{ in: 'ops', remove: op.op_id }];
  }

  /** @param {Write[]} writes @param {boolean} [strict] */
  async persist(writes, strict = true) {
    if (!writes.length) return;
    try {
      await this.persistence.write(writes, { strict });
    } catch (error) {
      console.warn('The browser did not store a change:', error);
      this.isPersisted.value = false;
    }
  }

  count() {
    let pending = 0;
    /** @type {OutboxOp[]} */
    const parked = [];
    for (const [media, queue] of this.queues) {
      if (!queue.length && !this.running.has(media)) this.queues.delete(media);
      for (const op of queue) {
        if (op.parked) parked.push(op);
        else pending += 1;
      }
    }
    const old = this.parked.peek();
    batch(() => {
      this.pending.value = pending;
      if (parked.length !== old.length || parked.some((op, i) => op !== old[i])) this.parked.value = parked;
    });
  }
}
