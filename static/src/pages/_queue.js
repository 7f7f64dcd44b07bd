/** The upload queue: slots, four files at a time, finishing, results. No DOM; `onChange` is called after every change. */
import { t } from '../i18n.js';
import { Results } from './_results.js';
import { RejectedError } from './_send.js';

/**
 * @typedef {'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled'} State
 * @typedef {{file: File | null, name: string, size: number, state: State, sent: number, error: string, mayRetry: boolean, stop: AbortController | null, slot: Slot | null}} Item
 * @typedef {{id: string, url: string}} Slot
 * @typedef {{
 *   slots: (count: number, batch: string | null) => Promise<{batch: string, slots: Slot[]}>,
 *   finish: (batch: string, items: {upload: string, name: string}[]) => Promise<string[]>,
 *   report: (batch: string) => Promise<import('./_results.js').Report>,
 *   job: (id: string) => Promise<import('./_results.js').Job>,
 *   send: (file: File, url: string, signal: AbortSignal, onSent: (sent: number) => void, isResumed: boolean) => Promise<void>,
 * }} Server
 */

export const PARALLEL = 4;
const SLOTS_AT_ONCE = 200;
// Uploaded files are finished soon at first, then in growing groups: one job per group.
const FINISH_AT = 1000;
const FINISH_AFTER_MS = 2500;
const MAX_FINISH_AFTER_MS = 20_000;
const REPORT_MS = 1500;

export class Queue {
  /** @param {Server} server @param {() => void} onChange */
  constructor(server, onChange) {
    this.server = server;
    this.onChange = onChange;
    /** @type {Item[]} */
    this.items = [];
    this.next = 0;
    /** @type {Set<Item>} files being sent */
    this.running = new Set();
    this.isPaused = false;
    /** @type {string | null} */
    this.batch = null;
    /** @type {Slot[]} */
    this.pool = [];
    /** @type {Promise<void> | null} */
    this.filling = null;
    /** @type {{upload: string, name: string}[]} */
    this.toFinish = [];
    this.isFinishing = false;
    this.finishTimer = 0;
    this.finishAfter = FINISH_AFTER_MS;
    this.counts = { all: 0, sent: 0, failed: 0, cancelled: 0, bytes: 0, bytesDone: 0, processed: 0 };
    this.results = new Results();
    /** @type {Set<string>} */
    this.jobs = new Set();
    this.isReporting = false;
    this.retries = /** @type {Item[]} */ ([]);
  }

  /** @param {{file: File, name: string}[]} found */
  add(found) {
    for (const { file, name } of found) {
      /** @type {Item} */
      const item = { file, name, size: file.size, state: 'waiting', sent: 0, error: '', mayRetry: false, stop: null, slot: null };
      this.items.push(item);
      this.counts.all += 1;
      this.counts.bytes += file.size;
      if (!file.size) this.#fail(item, t('The file is empty.'), false);
    }
    this.onChange();
    this.pump();
  }

  /** Whether files are still being sent to the server. */
  get isSending() {
    return this.running.size > 0 || this.next < this.items.length || this.retries.length > 0 || this.toFinish.length > 0 || this.isFinishing;
  }

  /** Whether the server is still processing files. */
  get isProcessing() {
    return this.jobs.size > 0;
  }

  /** Files that could not be uploaded or could not become images, with the reason. */
  get problems() {
    const failed = this.counts.failed ? this.items.filter((item) => item.state === 'failed').map((item) => ({ name: item.name, reason: item.error })) : [];
    return [...failed, ...this.results.known.values()];
  }

  /** Why the server refused or skipped a file that was sent, undefined if it did not. @param {Item} item */
  rejection(item) {
    return item.state === 'sent' && item.slot ? this.results.known.get(item.slot.id)?.reason : undefined;
  }

  /** How many files were uploaded, skipped because their name exists, and refused by the page or the server. */
  get outcome() {
    const { results } = this;
    return { uploaded: results.uploadedOf(this.counts.sent), skipped: results.skipped, refused: this.counts.failed + results.refused };
  }

  /** Bytes sent, including the part of running files. */
  get bytesSent() {
    let sum = this.counts.bytesDone;
    for (const item of this.running) sum += Math.min(item.sent, item.size);
    return sum;
  }

  pump() {
    while (!this.isPaused && this.running.size < PARALLEL) {
      const item = this.retries.shift() ?? this.#nextWaiting();
      if (!item) break;
      this.#run(item);
    }
    if (!this.running.size) this.#finishSoon();
  }

  /** @returns {Item | null} */
  #nextWaiting() {
    while (this.next < this.items.length) {
      const item = this.items[this.next];
      this.next += 1;
      if (item.state === 'waiting') return item;
    }
    return null;
  }

  /** @param {Item} item */
  async #run(item) {
    this.running.add(item);
    item.state = 'sending';
    item.stop = new AbortController();
    const { signal } = item.stop;
    try {
      const isResumed = item.slot !== null;
      const slot = (item.slot ??= await this.#slot(signal));
      await this.server.send(/** @type {File} */ (item.file), slot.url, signal, (sent) => {
        item.sent = sent;
        this.onChange();
      }, isResumed);
      item.state = 'sent';
      item.sent = item.size;
      item.file = null; // lets the browser release it
      this.counts.sent += 1;
      this.counts.bytesDone += item.size;
      this.toFinish.push({ upload: slot.id, name: item.name });
      if (this.toFinish.length >= FINISH_AT) this.#finish();
      else this.#finishSoon();
    } catch (error) {
      this.#onFailure(item, error, signal);
    } finally {
      item.stop = null;
      this.running.delete(item);
      this.onChange();
      this.pump();
    }
  }

  /** @param {Item} item @param {unknown} error @param {AbortSignal} signal */
  #onFailure(item, error, signal) {
    if (signal.aborted && signal.reason === 'pause') {
      item.state = 'waiting';
      this.retries.unshift(item);
    } else if (signal.aborted) {
      item.state = 'cancelled';
      this.counts.cancelled += 1;
      this.counts.bytesDone += item.size;
    } else if (error instanceof RejectedError) {
      item.slot = null;
      this.#fail(item, error.message, true);
    }
    else if (/** @type {any} */ (error)?.body?.message) this.#fail(item, /** @type {any} */ (error).body.message, true);
    else if (error instanceof DOMException && error.name === 'NotReadableError') this.#fail(item, t('The file can no longer be read from the disk.'), true);
    else this.#fail(item, t('The server could not be reached.'), true);
  }

  /** @param {Item} item @param {string} reason @param {boolean} mayRetry */
  #fail(item, reason, mayRetry) {
    item.state = 'failed';
    item.error = reason;
    item.mayRetry = mayRetry;
    this.counts.failed += 1;
    this.counts.bytesDone += item.size;
  }

  /** @param {AbortSignal} signal @returns {Promise<Slot>} */
  async #slot(signal) {
    for (;;) {
      signal.throwIfAborted();
      const slot = this.pool.pop();
      if (slot) return slot;
      this.filling ??= this.#fill().finally(() => { this.filling = null; });
      await this.filling;
    }
  }

  async #fill() {
    const waiting = this.items.length - this.next + this.running.size;
    for (let failures = 0; ; failures += 1) {
      try {
        const response = await this.server.slots(Math.max(1, Math.min(SLOTS_AT_ONCE, waiting)), this.batch);
        this.batch = response.batch;
        this.pool.push(...response.slots.reverse());
        return;
      } catch (error) {
        if (/** @type {any} */ (error)?.status || failures >= 6) throw error;
        await new Promise((resolve) => { setTimeout(resolve, 500 * 2 ** failures); });
      }
    }
  }

  #finishSoon() {
    if (!this.toFinish.length || (this.finishTimer && this.running.size)) return;
    clearTimeout(this.finishTimer);
    this.finishTimer = window.setTimeout(() => {
      this.finishTimer = 0;
      this.#finish();
    }, this.running.size ? this.finishAfter : 50);
  }

  /** Finishes uploaded files, one request at a time; failed requests are repeated. */
  async #finish() {
    if (this.isFinishing || !this.toFinish.length || !this.batch) return;
    this.isFinishing = true;
    const items = this.toFinish.splice(0, 2 * FINISH_AT);
    this.finishAfter = Math.min(MAX_FINISH_AFTER_MS, this.finishAfter * 1.7);
    try {
      for (const job of await this.server.finish(this.batch, items)) this.jobs.add(job);
      this.#follow();
    } catch (error) {
      const { status, body } = /** @type {any} */ (error);
      if (status && status < 500 && status !== 429 && status !== 401) this.results.addUnprocessed(items, body?.message ?? String(error));
      else {
        this.toFinish.unshift(...items);
        await new Promise((resolve) => { setTimeout(resolve, 3000); });
      }
    } finally {
      this.isFinishing = false;
      this.onChange();
      this.#finishSoon();
    }
  }

  /** Polls the results until all jobs have ended. */
  async #follow() {
    if (this.isReporting) return;
    this.isReporting = true;
    while (this.jobs.size) {
      await new Promise((resolve) => { setTimeout(resolve, REPORT_MS); });
      try {
        const ended = [];
        for (const id of this.jobs) {
          const job = await this.server.job(id);
          if (this.results.addJob(id, job)) ended.push(id);
        }
        const report = await this.server.report(/** @type {string} */ (this.batch));
        for (const id of ended) this.jobs.delete(id);
        this.results.setReport(report, this.jobs.size === 0);
        this.counts.processed = report.used;
      } catch { /* retried with the next poll */ }
      this.onChange();
    }
    this.isReporting = false;
    this.onChange();
  }

  /** Pauses or resumes the queue; files that were being sent start again, large ones where they stopped. @param {boolean} isPaused */
  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) for (const item of [...this.running]) item.stop?.abort('pause');
    else this.pump();
    this.onChange();
  }

  /** @param {Item} item */
  cancel(item) {
    if (item.state === 'sending') item.stop?.abort('cancel');
    else if (item.state === 'waiting') {
      item.state = 'cancelled';
      this.retries = this.retries.filter((other) => other !== item);
      this.counts.cancelled += 1;
      this.counts.bytesDone += item.size;
    }
    this.onChange();
  }

  cancelAll() {
    for (const item of this.items) if (item.state === 'waiting' || item.state === 'sending') this.cancel(item);
    this.next = this.items.length;
    this.pump();
  }

  /** @param {Item} item */
  retry(item) {
    if (item.state !== 'failed' || !item.mayRetry) return;
    item.state = 'waiting';
    item.error = '';
    item.sent = 0;
    this.counts.failed -= 1;
    this.counts.bytesDone -= item.size;
    this.retries.push(item);
    this.onChange();
    this.pump();
  }
}
