/** Holds what models suggest for one medium: the server's list, and this person's unacknowledged decisions on top. */

import { computed, signal } from '@preact/signals-core';

/**
 * @import {ReadonlySignal} from '@preact/signals-core'
 * @import {SuggestionDelta} from '../types/changes'
 * @import {Label} from '../types/labels'
 * @import {Suggestion, SuggestionData} from '../types/suggestions'
 */

/** What a suggestion has of a label besides its own fields. */
const REST = Object.freeze({
  keypoints: [], z: 0, tool: null, origin: /** @type {const} */ ('model'), is_crowd: false, revision: 0, created_by: null, updated_by: null, created_at: '', updated_at: '',
});

export class Suggestions {
  /** @param {ReadonlyMap<string, Label>} labels of the medium @param {ReadonlySignal<number>} version rises with every change of them */
  constructor(labels, version) {
    this.items = signal(/** @type {readonly Suggestion[]} */ ([]));
    this.pending = signal(/** @type {readonly SuggestionDelta[]} */ ([]));
    this.byId = computed(() => new Map(this.items.value.map((one) => [one.id, one])));
    /** Neither rejected nor accepted: a label of the same id is an accepted one. */
    this.open = computed(() => {
      version.value;
      void this.pending.value;
      return this.items.value.filter((one) => !labels.has(one.id) && !this.isRejected(one.id));
    });
  }

  /** Another medium is shown. */
  reset() {
    this.items.value = [];
    this.pending.value = [];
  }

  /** @param {readonly SuggestionData[]} items the surest first */
  show(items) {
    this.items.value = items.map((one) => ({ ...REST, ...one }));
  }

  /** Null for one that is not known. @param {string} id */
  isRejected(id) {
    const mine = this.pending.value.findLast((delta) => delta.suggestion === id);
    return mine ? mine.after : (this.byId.value.get(id)?.is_rejected ?? null);
  }

  /** @param {SuggestionDelta} delta */
  local(delta) {
    this.pending.value = [...this.pending.peek(), delta];
  }

  /** The server took the decision. @param {SuggestionDelta} delta */
  acknowledged({ op_id, suggestion, after }) {
    this.items.value = this.items.peek().map((one) => (one.id === suggestion ? { ...one, is_rejected: after } : one));
    this.drop([op_id]);
  }

  /** @param {readonly string[]} opIds */
  drop(opIds) {
    this.pending.value = this.pending.peek().filter((delta) => !opIds.includes(delta.op_id));
  }
}
