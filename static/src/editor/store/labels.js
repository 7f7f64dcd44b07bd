/** Keeps the labels of one medium: the server's version, the person's unacknowledged changes on top, the draw order. */

import { looksSame } from './fields.js';

/**
 * @import {LabelDelta, Patch} from '../types/changes'
 * @import {Label} from '../types/labels'
 * @typedef {{server: Label | null, deltas: LabelDelta[], whole: Label | null}} Overlay
 */

/** Above this many changed labels the whole order is sorted instead of patched. */
const RESORT = 64;

/** @param {Label} a @param {Label} b */
function compare(a, b) {
  if (a.z !== b.z) return a.z - b.z;
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * @param {Label | null} label @param {LabelDelta} delta
 * @returns {Label | null}
 */
function applied(label, delta) {
  if (delta.after === null) return null;
  if (label === null && delta.before !== null) return null;
  return /** @type {Label} */ ({ ...label, ...delta.after });
}

/**
 * Labels of one medium. Changes are collected until `flush`, which returns them.
 * A label with unacknowledged changes has an overlay: the server's version and the changes in order;
 * what is shown is the one with the others applied. All other labels are shown as the server has them.
 */
export class Labels {
  constructor() {
    /** The same Map for ever: it is what the store shows. @type {Map<string, Label>} */
    this.shown = new Map();
    /** @type {Map<string, Overlay>} */
    this.overlays = new Map();
    /** Event number that last touched a label, for those that an event or an acknowledgement touched. @type {Map<string, number>} */
    this.touched = new Map();
    /** The state was true for this event number. */
    this.seq = 0;
    /** @type {string[]} */
    this.order = [];
    this.clearChanges();
  }

  clearChanges() {
    /** The labels as they were at the last flush. @type {Map<string, Label | undefined>} */
    this.was = new Map();
    this.isReset = false;
    this.isReordered = false;
  }

  /** The label as the server has it; null when it has none. @param {string} id */
  server(id) {
    const overlay = this.overlays.get(id);
    return overlay ? overlay.server : (this.shown.get(id) ?? null);
  }

  /**
   * Replaces everything by another medium's labels.
   * @param {readonly Label[]} labels @param {number} seq
   */
  reset(labels, seq) {
    this.shown.clear();
    for (const label of labels) this.shown.set(label.id, label);
    this.overlays.clear();
    this.touched.clear();
    this.seq = seq;
    this.order = [...this.shown.values()].sort(compare).map((label) => label.id);
    this.clearChanges();
    this.isReset = true;
  }

  /**
   * Applies a newer state of the same medium; unacknowledged changes stay on top.
   * @param {readonly Label[]} labels @param {number} seq
   */
  refresh(labels, seq) {
    const fresh = new Set();
    this.seq = seq;
    for (const label of labels) {
      fresh.add(label.id);
      if ((this.touched.get(label.id) ?? 0) <= seq) this.setServer(label.id, label);
    }
    const known = [...this.shown.keys(), ...this.overlays.keys()];
    for (const id of known) {
      if (!fresh.has(id) && (this.touched.get(id) ?? 0) <= seq && this.server(id)) this.setServer(id, null);
    }
  }

  /**
   * Applies a change of this person.
   * @param {LabelDelta} delta @param {Label | null} [whole] the label after the change, for one that the server has deleted
   */
  local(delta, whole = null) {
    const id = delta.label_id;
    let overlay = this.overlays.get(id);
    if (!overlay) {
      overlay = { server: this.shown.get(id) ?? null, deltas: [], whole };
      this.overlays.set(id, overlay);
    }
    overlay.deltas.push(delta);
    overlay.whole = whole ?? overlay.whole;
    this.recompute(id, overlay);
  }

  /**
   * Applies what an event contains of a label.
   * @param {string} id @param {Label | null} label @param {number} seq
   */
  remote(id, label, seq) {
    if (seq <= this.seq || seq < (this.touched.get(id) ?? 0)) return;
    this.touched.set(id, seq);
    this.setServer(id, label);
  }

  /**
   * The server took a change: it becomes part of the server's version, and leaves the overlay.
   * @param {LabelDelta} delta @param {number | undefined} revision @param {number} seq 0 when unknown
   */
  acknowledged(delta, revision, seq) {
    const id = delta.label_id;
    const isNewer = seq === 0 || (seq > this.seq && seq > (this.touched.get(id) ?? 0));
    this.drop(id, [delta.op_id], (server) => {
      if (!isNewer) return server;
      if (seq) this.touched.set(id, seq);
      const next = applied(server, delta);
      return next && revision !== undefined ? { ...next, revision } : next;
    });
  }

  /**
   * Applies the server's version from the answer to a conflict. The answer may be old (it is a stored one when the
   * operation was sent twice): a revision is the number of the event that made it, so the higher one is newer.
   * A deletion is left to its event.
   * @param {string} id @param {Label | null} label
   */
  applyServerLabel(id, label) {
    if (!label || label.revision <= this.seq || label.revision < (this.touched.get(id) ?? 0)) return;
    this.touched.set(id, label.revision);
    this.setServer(id, label);
  }

  /**
   * Replaces unacknowledged changes of a label by others (none: they are dropped).
   * @param {string} id @param {readonly string[]} opIds @param {readonly LabelDelta[]} deltas
   */
  replace(id, opIds, deltas) {
    const overlay = this.overlays.get(id);
    if (!overlay) {
      for (const delta of deltas) this.local(delta);
      return;
    }
    const at = overlay.deltas.findIndex((d) => opIds.includes(d.op_id));
    overlay.deltas = overlay.deltas.filter((d) => !opIds.includes(d.op_id));
    overlay.deltas.splice(at < 0 ? overlay.deltas.length : at, 0, ...deltas);
    this.settle(id, overlay);
  }

  /**
   * @param {string} id @param {readonly string[]} opIds
   * @param {(server: Label | null) => Label | null} change
   */
  drop(id, opIds, change) {
    const overlay = this.overlays.get(id);
    if (!overlay) {
      this.show(id, change(this.shown.get(id) ?? null));
      return;
    }
    overlay.server = change(overlay.server);
    overlay.deltas = overlay.deltas.filter((d) => !opIds.includes(d.op_id));
    this.settle(id, overlay);
  }

  /** @param {string} id @param {Label | null} label */
  setServer(id, label) {
    const overlay = this.overlays.get(id);
    if (!overlay) return this.show(id, label);
    overlay.server = label;
    this.recompute(id, overlay);
  }

  /** @param {string} id @param {Overlay} overlay */
  settle(id, overlay) {
    if (overlay.deltas.length) return this.recompute(id, overlay);
    this.overlays.delete(id);
    this.show(id, overlay.server);
  }

  /** @param {string} id @param {Overlay} overlay */
  recompute(id, overlay) {
    let label = overlay.server;
    const first = overlay.deltas[0];
    // someone deleted what this person is changing: it stays in sight until they decide
    if (label === null && first?.before && first.after) label = this.shown.get(id) ?? overlay.whole;
    for (const delta of overlay.deltas) label = applied(label, delta);
    this.show(id, label);
  }

  /** @param {string} id @param {Label | null} label */
  show(id, label) {
    const old = this.shown.get(id);
    if (old === (label ?? undefined)) return;
    if (!this.was.has(id)) this.was.set(id, old);
    if (label) this.shown.set(id, label);
    else this.shown.delete(id);
  }

  /**
   * Returns what changed since the last flush and updates the order; null when nothing did.
   * @param {boolean} remote
   * @returns {Patch | null}
   */
  flush(remote) {
    const { was, isReset } = this;
    this.clearChanges();
    if (isReset) {
      if (was.size) this.sort();
      return { changed: [], removed: [], meta: [], reset: true, reordered: true, remote };
    }
    if (!was.size) return null;
    /** @type {Patch} */
    const patch = { changed: [], removed: [], meta: [], reset: false, reordered: false, remote };
    /** @type {[string, Label | undefined, Label | undefined][]} */
    const moves = [];
    for (const [id, old] of was) {
      const now = this.shown.get(id);
      if (old === now) continue;
      if (!now) patch.removed.push(id);
      else if (old && looksSame(old, now)) patch.meta.push(id);
      else patch.changed.push(id);
      if (!old || !now || compare(old, now) !== 0) moves.push([id, old, now]);
      if (old && now && compare(old, now) !== 0) patch.reordered = true;
    }
    if (moves.length) this.reorder(moves);
    const isAny = patch.changed.length || patch.removed.length || patch.meta.length;
    return isAny ? patch : null;
  }

  /** @param {[string, Label | undefined, Label | undefined][]} moves */
  reorder(moves) {
    if (moves.length > RESORT) return this.sort();
    const order = this.order.slice();
    for (const [id, old] of moves) {
      if (!old) continue;
      // the other labels stand in order, so the old place is near; a search by value is the safe way
      const at = order.indexOf(id);
      if (at >= 0) order.splice(at, 1);
    }
    for (const [id, , now] of moves) if (now) order.splice(this.placeFor(now, order), 0, id);
    this.order = order;
  }

  sort() {
    this.order = [...this.shown.values()].sort(compare).map((label) => label.id);
  }

  /** @param {Label} label @param {string[]} order */
  placeFor(label, order) {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = /** @type {Label} */ (this.shown.get(order[middle]));
      if (compare(other, label) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
