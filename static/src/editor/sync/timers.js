/** Timers by name, on a clock that tests replace. A closed set starts no timer any more. */

/** @import {Clock} from './connection.js' */

export class Timers {
  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
    this.isClosed = false;
    /** @type {Map<string, any>} */
    this.running = new Map();
  }

  /** Runs `fn` after `ms`; replaces a running timer of that name. @param {string} name @param {number} ms @param {() => void} fn */
  restart(name, ms, fn) {
    this.stop(name);
    if (this.isClosed) return;
    this.running.set(name, this.clock.setTimeout(() => {
      this.running.delete(name);
      fn();
    }, ms));
  }

  /** Runs `fn` after `ms` unless a timer of that name is running. @param {string} name @param {number} ms @param {() => void} fn */
  startOnce(name, ms, fn) {
    if (!this.running.has(name)) this.restart(name, ms, fn);
  }

  /** @param {string} name */
  stop(name) {
    this.clock.clearTimeout(this.running.get(name));
    this.running.delete(name);
  }

  close() {
    this.isClosed = true;
    for (const name of [...this.running.keys()]) this.stop(name);
  }
}
