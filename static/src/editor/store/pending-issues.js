/** Holds what this person wrote about one medium until the list of its issues, fetched from the server, has it. */

import { signal } from '@preact/signals-core';

/** @import {IssueDelta} from '../types/changes' */

export class PendingIssues {
  constructor() {
    this.shown = signal(/** @type {readonly IssueDelta[]} */ ([]));
    /** Ids of ops that the server has. @type {Set<string>} */
    this.acked = new Set();
  }

  reset() {
    this.acked.clear();
    this.shown.value = [];
  }

  /** @param {IssueDelta} delta */
  local(delta) {
    this.shown.value = [...this.shown.peek(), delta];
  }

  /** The server has it; the list that was fetched may not. @param {IssueDelta} delta */
  acknowledged({ op_id }) {
    this.acked.add(op_id);
  }

  /** A list was fetched after the acknowledgements so far. */
  fetched() {
    this.drop([...this.acked]);
    this.acked.clear();
  }

  /** @param {readonly string[]} opIds */
  drop(opIds) {
    if (opIds.length) this.shown.value = this.shown.peek().filter((delta) => !opIds.includes(delta.op_id));
  }
}
