/**
 * Joins labels, tags, status and history of the loaded medium and applies changes to them: the person's, and the server's.
 * It knows no network: what is committed goes to `sink`, what comes in is handed to it by sync/.
 */

import { batch, signal } from '@preact/signals-core';
import { AttributeValues } from './attribute-values.js';
import { difference, isEmpty } from './fields.js';
import { History } from './history.js';
import { withValues, withoutGone } from './label-values.js';
import { Labels } from './labels.js';
import { TagsAndStatus } from './tags-and-status.js';
import { onto, outdatedBase } from './gestures.js';
import { PendingIssues } from './pending-issues.js';
import { stepsOf } from './steps.js';
import { Suggestions } from './suggestions.js';
import { uuid7 } from './uuid.js';

/**
 * @import {CommitOptions, Delta, HistoryEntry, HistoryStep, LabelDelta, Patch} from '../types/changes'
 * @import {Label} from '../types/labels'
 * @import {OutboxOp, Write} from '../types/outbox'
 * @import {Attribute, Boot, MediaState} from '../types/page'
 * @import {Conflict} from '../types/saving'
 * @import {ProjectEvent} from '../types/wire'
 * @typedef {{add(ops: OutboxOp[], writes: Write[]): void, write(writes: Write[]): void}} Sink
 */

/** Removed labels that undo can still restore. */
const REMEMBERED = 1000;

export class Core {
  /** @param {Boot} boot @param {{client?: string, now?: () => number}} [options] */
  constructor(boot, { client = '', now = Date.now } = {}) {
    this.boot = boot;
    this.client = client;
    this.now = now;
    this.labels = new Labels();
    this.tagsAndStatus = new TagsAndStatus();
    this.values = new AttributeValues();
    this.attributes = signal(/** @type {readonly Attribute[]} */ (boot.attributes ?? []));
    this.history = new History();
    /** @type {Sink} */
    this.sink = { add() {}, write() {} };
    this.mediaId = '';
    /** @type {Map<string, Label>} */
    this.removedLabels = new Map();
    /** Labels that this page deleted: a gesture that was going on with one of them is over. @type {Set<string>} */
    this.deletedHere = new Set();
    /** Who deleted a label, by its id, as far as events of this page have said. @type {Map<string, string>} */
    this.deletedBy = new Map();
    /** @type {Set<(patch: Patch) => void>} */
    this.listeners = new Set();
    /** @type {Set<(step: HistoryStep) => void>} */
    this.stepListeners = new Set();
    this.version = signal(0);
    this.valuesVersion = signal(0);
    this.suggestions = new Suggestions(this.labels.shown, this.version);
    this.issues = new PendingIssues();
    this.tags = signal(/** @type {ReadonlySet<string>} */ (new Set()));
    this.statusName = signal('');
    this.canUndo = signal(false);
    this.canRedo = signal(false);
    /** The person's steps on the medium in the order of making; the undone ones stand at the end. */
    this.steps = signal(/** @type {readonly HistoryEntry[]} */ ([]));
    this.undoConflicts = signal(/** @type {readonly Conflict[]} */ ([]));
    /** Called after each change of labels, before the listeners. @type {(patch: Patch) => void} */
    this.beforePatch = () => {};
  }

  // ------------------------------------------------------------- states and answers of the server

  /**
   * Shows another medium. `pending` are this person's unacknowledged ops of it, in order.
   * @param {MediaState} state @param {readonly OutboxOp[]} pending @param {readonly HistoryEntry[]} entries
   */
  load(state, pending, entries) {
    this.mediaId = state.media.id;
    this.removedLabels.clear();
    this.deletedHere.clear();
    this.labels.reset(state.labels, state.seq);
    this.tagsAndStatus.reset(state.tags, state.media.status.name, state.seq);
    this.values.reset(state.attribute_values ?? {}, state.seq);
    this.suggestions.reset();
    this.issues.reset();
    this.history.load(this.mediaId, entries);
    this.undoConflicts.value = [];
    this.restore(pending);
  }

  /** Puts ops of an earlier session or another tab on top of the state. @param {readonly OutboxOp[]} pending */
  restore(pending) {
    for (const op of pending) {
      if (op.media !== this.mediaId) continue;
      if (op.delta.kind === 'label') this.labels.local(op.delta, op.whole);
      else this.applyLocally(op.delta);
    }
    this.emit(false);
  }

  /** A newer state of the medium that is shown. @param {MediaState} state */
  refresh(state) {
    if (state.media.id !== this.mediaId || state.seq < this.labels.seq) return;
    this.labels.refresh(state.labels, state.seq);
    this.tagsAndStatus.refresh(state.tags, state.media.status.name, state.seq);
    this.values.refresh(state.attribute_values ?? {}, state.seq);
    this.emit(true);
  }

  /** The server may have gone back (a restored backup): the next state counts, whatever its number. */
  forgetSeq() {
    this.labels.touched.clear();
    this.labels.seq = 0;
    this.tagsAndStatus.seq = 0;
    this.values.touched.clear();
    this.values.seq = 0;
  }

  /** Applies an event to the medium that is shown. @param {ProjectEvent} event */
  applyEvent(event) {
    const { kind, seq } = event;
    // one change of status may concern many media: such an event names them itself
    if (event.media !== this.mediaId && !(kind === 'status.changed' && event.after?.media?.includes(this.mediaId))) return;
    if (kind === 'labels.changed') {
      /** @type {Map<string, Label | null>} */
      const next = new Map((event.before ?? []).map((/** @type {Label} */ label) => [label.id, null]));
      for (const label of event.after ?? []) next.set(label.id, label);
      for (const [id, label] of next) {
        if (!label && event.actor) this.deletedBy.set(id, event.actor.id);
        this.labels.remote(id, label, seq);
      }
    } else if (kind === 'tags.changed') {
      const tags = event.after?.[this.mediaId];
      if (Array.isArray(tags)) this.tagsAndStatus.refresh(tags, this.tagsAndStatus.serverStatus, seq);
    } else if (kind === 'attribute_values.changed') {
      this.values.remote(event.after ?? {}, seq);
    } else if (kind === 'status.changed') {
      const status = event.after?.status?.name ?? event.after?.status;
      if (typeof status === 'string') this.tagsAndStatus.refresh([...this.tagsAndStatus.serverTags], status, seq);
    }
    this.emit(event.client !== this.client);
  }

  /** @param {Exclude<Delta, LabelDelta>} delta */
  applyLocally(delta) {
    if (delta.kind === 'value') this.values.local(delta);
    else if (delta.kind === 'suggestion') this.suggestions.local(delta);
    else if (delta.kind === 'issue') this.issues.local(delta);
    else this.tagsAndStatus.local(delta);
  }

  /** The server took the op. @param {OutboxOp} op @param {number | undefined} revision @param {number} seq 0 when unknown */
  acknowledged(op, revision, seq) {
    if (op.media !== this.mediaId) return;
    if (op.delta.kind === 'label') this.labels.acknowledged(op.delta, revision, seq);
    else if (op.delta.kind === 'value') this.values.acknowledged(op.delta, seq);
    else if (op.delta.kind === 'suggestion') this.suggestions.acknowledged(op.delta);
    else if (op.delta.kind === 'issue') this.issues.acknowledged(op.delta);
    else this.tagsAndStatus.acknowledged(op.delta, seq);
    this.emit(false);
  }

  /** Takes over the label that the server has in place of the one an op was based on. @param {OutboxOp} op @param {Label | null} theirs */
  applyServerLabel(op, theirs) {
    if (op.media !== this.mediaId || op.delta.kind !== 'label') return;
    this.labels.applyServerLabel(op.delta.label_id, theirs);
    this.emit(true);
  }

  /**
   * Ops of one key are replaced by others (none: they are given up).
   * @param {readonly OutboxOp[]} old @param {readonly OutboxOp[]} ops
   */
  replaced(old, ops) {
    const first = old[0];
    if (!first || first.media !== this.mediaId) return;
    const ids = old.map((op) => op.op_id);
    if (first.delta.kind === 'label') {
      const deltas = ops.flatMap((op) => (op.delta.kind === 'label' ? [op.delta] : []));
      this.labels.replace(first.delta.label_id, ids, deltas);
    } else {
      const { kind } = first.delta;
      if (kind === 'value') this.values.drop(ids);
      else if (kind === 'suggestion') this.suggestions.drop(ids);
      else if (kind === 'issue') this.issues.drop(ids);
      else this.tagsAndStatus.drop(ids);
      for (const op of ops) if (op.delta.kind !== 'label') this.applyLocally(op.delta);
    }
    this.emit(false);
  }

  // ------------------------------------------------------------- the person's side

  /** @param {Delta | null | readonly (Delta | null)[]} deltas @param {CommitOptions} [options] */
  commit(deltas, { capture = 'now', merge, from } = {}) {
    const all = /** @type {(Delta | null)[]} */ (Array.isArray(deltas) ? deltas : [deltas]);
    const made = all.filter((d) => !from || !this.isOver(d)).flatMap((d) => onto(d, from, this.labels.shown)).filter((d) => !isEmpty(d) && d.media === this.mediaId);
    if (!made.length) return;
    const list = withValues(made, this.attributes.peek(), this.values);
    const writes = capture === 'now' ? this.history.record(list, merge, this.now()) : [];
    this.perform(list, writes, from);
  }

  /** True for the end of a gesture with a label that this page has deleted. @param {Delta | null} delta */
  isOver(delta) {
    return delta?.kind === 'label' && this.deletedHere.has(delta.label_id) && !this.labels.shown.has(delta.label_id);
  }

  /**
   * Applies deltas and hands them on; `writes` go into the same transaction.
   * @param {readonly Delta[]} deltas @param {Write[]} writes @param {CommitOptions['from']} [from]
   */
  perform(deltas, writes, from) {
    const ops = withoutGone(deltas).map((delta) => this.applied(delta, from));
    try {
      this.emit(false);
    } finally {
      this.sink.add(ops, writes);
    }
  }

  /** @param {Delta} delta @param {CommitOptions['from']} [from] @returns {OutboxOp} */
  applied(delta, from) {
    const op = this.opOf(delta);
    if (delta.kind !== 'label') {
      this.applyLocally(delta);
      return op;
    }
    const id = delta.label_id;
    const isFirst = !this.labels.overlays.has(id);
    const shown = this.labels.shown.get(id);
    const old = outdatedBase(delta, from, shown);
    const base = old?.revision ?? (isFirst && delta.before !== null ? (shown?.revision ?? null) : null);
    if (delta.after === null) this.deletedHere.add(id);
    else if (delta.before === null) this.deletedHere.delete(id);
    this.labels.local(delta, old && !shown ? { ...old, ...delta.after } : null);
    return { ...op, base, whole: this.labels.shown.get(id) ?? null };
  }

  /** @param {Delta} delta of a creation, or of no label @returns {OutboxOp} */
  opOf(delta) {
    const { op_id, media, at } = delta;
    const whole = delta.kind === 'label' && delta.before === null ? /** @type {Label} */ (delta.after) : null;
    return { op_id, media, at, tab: this.client, order: op_id, delta, base: null, whole, tried: false, replaces: [], parked: null };
  }

  /** Hands on new labels of a medium that is not shown, with their values, as one step of its history. @param {string} media @param {readonly Delta[]} deltas */
  addElsewhere(media, deltas) {
    const entry = { media, id: uuid7(), at: this.now(), merge: null, deltas: [...deltas], undone: false };
    this.sink.add(deltas.map((delta) => this.opOf(delta)), [{ in: 'history', put: entry }]);
  }

  /** @param {'undo' | 'redo'} direction */
  step(direction) {
    const entry = this.history.next(direction);
    if (!entry) return false;
    const steps = stepsOf(entry, direction, {
      label: (id) => this.labels.shown.get(id) ?? null,
      lastSeen: (id) => this.removedLabels.get(id) ?? null,
      hasTag: (id) => this.tagsAndStatus.tags.has(id),
      status: () => this.tagsAndStatus.status,
      isRejected: (id) => this.suggestions.isRejected(id),
      hasSubject: (id) => this.hasSubject(id),
      value: (subject, attribute) => (this.hasSubject(subject) ? this.values.of(subject, attribute) : null),
    });
    const writes = this.history.move(entry, direction === 'undo');
    const asked = steps.filter((step) => step.fields.length);
    // the values of a label follow the decision about it
    const open = new Set(asked.flatMap(({ delta }) => (delta.kind === 'label' ? [delta.label_id] : [])));
    const isClean = (/** @type {import('./steps.js').Step} */ { delta, fields }) => !fields.length && !(delta.kind === 'value' && open.has(delta.subject));
    const clean = steps.filter(isClean).map((step) => this.renewed(step.delta));
    batch(() => {
      if (clean.length) this.perform(clean, writes);
      else this.sink.write(writes);
      for (const step of asked) this.ask(step, direction);
      this.emit(false);
    });
    const outcome = asked.length ? 'asked' : clean.length ? 'done' : 'overtaken';
    for (const listener of this.stepListeners) listener({ direction, entry, outcome });
    return asked.length === 0;
  }

  /** True for the medium and for its labels. @param {string} id */
  hasSubject(id) {
    return id === this.mediaId || this.labels.shown.has(id);
  }

  /** @param {Delta} delta @returns {Delta} */
  renewed(delta) {
    return { ...delta, op_id: uuid7(), at: new Date(this.now()).toISOString() };
  }

  /**
   * Offers to overwrite what someone else changed since, or to leave it.
   * @param {import('./steps.js').Step} step @param {'undo' | 'redo'} direction
   */
  ask({ delta, fields, theirs }, direction) {
    if (delta.kind !== 'label') return;
    const media = this.mediaId;
    const id = uuid7();
    const mine = delta.after === null ? null : /** @type {Label} */ ({ ...theirs, ...delta.after });
    /** @param {'mine' | 'theirs'} choice */
    const resolve = (choice) => {
      if (!this.undoConflicts.value.some((c) => c.id === id)) return;
      this.undoConflicts.value = this.undoConflicts.value.filter((c) => c.id !== id);
      if (media !== this.mediaId) return;
      if (choice === 'mine') this.overwrite(delta.label_id, mine);
      else this.sink.write(this.forget([delta.op_id])); // skipped: it is no step any more, in neither direction
    };
    const label_id = delta.label_id;
    /** @type {Conflict} */
    const conflict = { id, media, label_id, during: direction, mine, theirs, fields, by: theirs?.updated_by ?? null, resolve };
    this.undoConflicts.value = [...this.undoConflicts.value.filter((c) => c.label_id !== label_id), conflict];
  }

  /** Makes the label what it is in `mine`, whatever it is now. @param {string} label_id @param {Label | null} mine */
  overwrite(label_id, mine) {
    const now = this.labels.shown.get(label_id) ?? null;
    const stamp = { kind: /** @type {const} */ ('label'), op_id: uuid7(), media: this.mediaId, label_id, at: new Date(this.now()).toISOString() };
    if (!mine && !now) return;
    if (mine && now) {
      const [before, after] = difference(now, mine);
      if (Object.keys(after).length) this.perform([{ ...stamp, before, after }], []);
    } else {
      this.perform([{ ...stamp, before: now, after: mine && { ...mine, revision: 0 } }], []);
    }
  }

  /** Removes changes that were never saved from the history. @param {readonly string[]} opIds @returns {Write[]} */
  forget(opIds) {
    const writes = this.history.forget(opIds);
    this.refreshSignals();
    return writes;
  }

  // ------------------------------------------------------------- notifying listeners

  /** @param {boolean} remote */
  emit(remote) {
    batch(() => {
      const before = this.labels.was;
      const patch = this.labels.flush(remote);
      this.refreshSignals();
      if (!patch) return;
      for (const id of patch.removed) this.rememberRemoved(before.get(id));
      this.beforePatch(patch);
      this.version.value += 1;
      for (const listener of this.listeners) {
        try {
          listener(patch);
        } catch (error) {
          // a view that fails must not keep a finished change from being saved
          if (typeof reportError === 'function') reportError(error);
          else console.error(error);
        }
      }
    });
  }

  refreshSignals() {
    const tags = this.tagsAndStatus.tags;
    const old = this.tags.peek();
    if (tags.size !== old.size || [...tags].some((tag) => !old.has(tag))) this.tags.value = tags;
    this.statusName.value = this.tagsAndStatus.status;
    if (this.values.isChanged) this.valuesVersion.value += 1;
    this.values.isChanged = false;
    this.canUndo.value = this.history.canUndo;
    this.canRedo.value = this.history.canRedo;
    const { entries } = this.history;
    const known = this.steps.peek();
    if (known.length !== entries.length || known.some((entry, i) => entry !== entries[i])) this.steps.value = [...entries];
  }

  /** @param {Label | undefined} label */
  rememberRemoved(label) {
    if (!label) return;
    this.removedLabels.delete(label.id);
    this.removedLabels.set(label.id, label);
    if (this.removedLabels.size > REMEMBERED) this.removedLabels.delete(/** @type {string} */ (this.removedLabels.keys().next().value));
  }
}
