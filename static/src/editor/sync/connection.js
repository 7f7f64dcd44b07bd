/** Tracks whether the server can be reached and requests may be sent: back-off, signed out, "reload to update". */

import { signal } from '@preact/signals-core';

/**
 * @typedef {{now(): number, setTimeout(fn: () => void, ms: number): any, clearTimeout(id: any): void, random(): number}} Clock
 * @typedef {'up' | 'offline' | 'signed_out' | 'other_person' | 'reload'} ConnectionState
 */

const FIRST_MS = 1000;
const LONGEST_MS = 30000;
const SIGN_IN_MS = 15000;
/** After this time without a failure the back-off starts over. */
const FORGET_MS = 90000;

/** @type {Clock} */
export const REAL_CLOCK = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => clearTimeout(id),
  random: () => Math.random(),
};

export class Connection {
  /**
   * @param {Clock} clock
   * @param {() => Promise<'ok' | 'signed_out' | 'other_person' | 'failed'>} renew fetches who is signed in and the new CSRF token
   */
  constructor(clock, renew) {
    this.clock = clock;
    this.renew = renew;
    /** @type {import('@preact/signals-core').Signal<ConnectionState>} */
    this.state = signal('up');
    /** Called when it is worth trying again. @type {Set<() => void>} */
    this.retries = new Set();
    this.attempts = 0;
    this.denials = 0;
    this.failedAt = 0;
    /** @type {'network' | 'server' | 'busy' | null} */
    this.failure = null;
    this.isProbing = false;
    this.isRenewing = false;
    /** Set when the page got the focus during a check: its result may be outdated. */
    this.isStale = false;
    this.isClosed = false;
    /** @type {any} */
    this.timer = null;
  }

  /** True when a request may go out now. While the server is away, one at a time may, after each back-off. */
  isOpen() {
    if (this.isClosed || this.timer !== null || this.isRenewing || this.isStuck()) return false;
    return this.state.peek() === 'up' || !this.isProbing;
  }

  /** As `isOpen`, and reserves the attempt: report its outcome or call `release`. */
  mayTry() {
    if (!this.isOpen()) return false;
    this.isProbing = this.state.peek() !== 'up';
    return true;
  }

  /** The reserved attempt was not used. */
  release() {
    this.isProbing = false;
  }

  /** The server took a change. */
  succeeded() {
    const wasAway = this.failure !== null || this.state.peek() !== 'up';
    if (this.state.peek() === 'reload') return;
    this.stop();
    this.attempts = 0;
    this.denials = 0;
    this.failure = null;
    this.state.value = 'up';
    if (wasAway) this.again();
  }

  /** The server answered another request: the network is back. Failures of the server at changes remain. */
  reached() {
    if (this.state.peek() !== 'offline' || this.failure !== 'network') return;
    this.stop();
    this.state.value = 'up';
    this.again();
  }

  /**
   * A request got no answer (`network`), a 5xx (`server`), or a 429, which is no outage (`busy`).
   * @param {'network' | 'server' | 'busy'} why @param {number} [afterMs]
   */
  failed(why, afterMs = 0) {
    if (this.isStuck() || this.isClosed) return;
    if (why !== 'busy') this.state.value = 'offline';
    this.isProbing = false;
    if (this.timer !== null) return;
    this.failure = why;
    if (this.clock.now() - this.failedAt > FORGET_MS) this.attempts = 0;
    this.failedAt = this.clock.now();
    this.attempts += 1;
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.attempts - 1, 10)) * (0.5 + this.clock.random());
    this.wait(Math.max(wait, afterMs), () => this.retryNow());
  }

  /**
   * The session is over (`isCertain`), or the CSRF token is not this session's any more. Nothing is sent until that is settled.
   * @param {boolean} isCertain
   */
  signedOut(isCertain) {
    if (this.state.peek() === 'reload') return;
    this.denials += 1;
    // the session is valid, and yet the server refuses: retry with back-off
    if (this.denials > 2) return this.failed('server');
    this.check(isCertain ? 'signed_out' : null);
  }

  /** The server has outgrown this page. */
  outdated() {
    this.stop();
    this.state.value = 'reload';
  }

  isStuck() {
    const state = this.state.peek();
    return state === 'reload' || state === 'signed_out' || state === 'other_person';
  }

  /** Retries at once: the network is back, the tab was shown, or the person pressed save. */
  retryNow() {
    if (this.state.peek() === 'reload' || this.isClosed) return;
    if (this.isStuck()) {
      this.check(null);
      return;
    }
    this.stop();
    this.again();
  }

  /** Somebody may have signed in just now: checks the session if the page waits for that. */
  lookAgain() {
    if (this.isRenewing) this.isStale = true;
    else if (this.isStuck()) this.retryNow();
  }

  /** Fetches who is signed in. @param {ConnectionState | null} meanwhile @returns {Promise<void>} */
  async check(meanwhile) {
    if (meanwhile) this.state.value = meanwhile;
    if (this.isRenewing) return;
    this.isRenewing = true;
    this.isStale = false;
    this.wait(SIGN_IN_MS, () => this.check(null));
    const outcome = await this.renew();
    this.isRenewing = false;
    if (this.isStale && outcome !== 'ok' && !this.isClosed) return this.check(outcome === 'failed' ? null : outcome);
    if (this.isClosed || this.state.peek() === 'reload') return;
    if (outcome === 'ok') {
      this.stop();
      this.state.value = 'up';
      this.again();
    } else if (outcome !== 'failed') {
      this.state.value = outcome;
    } else if (!this.isStuck()) {
      this.stop();
      this.failed('network');
    }
  }

  /** @param {number} ms @param {() => void} then */
  wait(ms, then) {
    this.stop();
    this.timer = this.clock.setTimeout(() => {
      this.timer = null;
      then();
    }, ms);
  }

  stop() {
    if (this.timer !== null) this.clock.clearTimeout(this.timer);
    this.timer = null;
    this.isProbing = false;
  }

  again() {
    for (const retry of this.retries) retry();
  }

  close() {
    this.isClosed = true;
    this.stop();
  }
}
