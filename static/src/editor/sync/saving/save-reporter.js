/** Keeps `store.save` up to date: whenever a fact about saving changes, and as time passes. */
import { effect } from '@preact/signals-core';
import { nextTick, saveStateOf } from './save-state.js';

/**
 * @import {Signal} from '@preact/signals-core'
 * @import {SaveState} from '../../types/saving'
 * @import {Store} from '../../types/store'
 * @import {Clock, Connection} from '../connection.js'
 * @import {Outbox} from './outbox.js'
 * @import {Timers} from '../timers.js'
 */

export class SaveReporter {
  /**
   * @param {{save: Signal<SaveState>, store: Store, outbox: Outbox, connection: Connection, clock: Clock, timers: Timers}} parts
   */
  constructor({ save, store, outbox, connection, clock, timers }) {
    this.save = save;
    this.store = store;
    this.outbox = outbox;
    this.connection = connection;
    this.clock = clock;
    this.timers = timers;
  }

  /** Returns the function that ends it. */
  start() {
    return effect(() => {
      const facts = {
        connection: this.connection.state.value,
        pending: this.outbox.pending.value,
        conflicts: this.store.conflicts.value.length,
        rejected: this.store.rejected.value.length,
        savedAt: this.outbox.savedAt.value,
        isPersisted: this.outbox.isPersisted.value,
        signIn: this.signInUrl(),
      };
      this.timers.stop('save-text');
      this.update(facts);
    });
  }

  /** @param {import('./save-state.js').Facts} facts */
  update(facts) {
    const state = saveStateOf(facts, this.clock.now());
    const old = this.save.peek();
    const isSame = state.text === old.text && state.state === old.state && state.pending === old.pending && state.savedAt === old.savedAt;
    if (!isSame) this.save.value = state;
    const wait = nextTick(state, this.clock.now());
    if (wait !== null) this.timers.restart('save-text', wait, () => this.update(facts));
  }

  /** The sign-in page, which leads back here. */
  signInUrl() {
    const back = globalThis.location ? `${location.pathname}${location.search}` : '';
    return `${this.store.boot.urls.sign_in}?next=${encodeURIComponent(back)}`;
  }
}
