/**
 * Which label has which place in the worker's table, and which labels are near a point: the page's side of the index.
 * Turns the store's patches into messages; knows no canvas.
 */
import Flatbush from 'flatbush';
import { KEEP_RANK, buffersOf } from '../../workers/format.js';
import { SELECTED, HIDDEN, boundsOf, flagsOf, numberSchemas, packLabels } from './pack.js';

/** @import {Patch} from '../types/changes' */
/** @import {Box} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {Store} from '../types/store' */
/** @typedef {(message: any, transfer?: Transferable[]) => void} Send */

const EMPTY = new Uint32Array(0);

export class Catalog {
  /** @param {Store} store @param {Send} send */
  constructor(store, send) {
    this.store = store;
    this.send = send;
    /** @type {Map<string, number>} */
    this.slots = new Map();
    /** Label id by slot; null for removed ones. @type {(string | null)[]} */
    this.ids = [];
    /** Bounds as last sent to the worker, by slot. @type {Box[]} */
    this.bounds = [];
    /** How many colors objects have of their own; 0: those of their classes. */
    this.objectColors = 0;
    /** @type {Map<string, number>} */
    this.conceptPlaces = new Map();
    /** @type {Map<string, [number, number]>} */
    this.classes = new Map();
    /** Shown as selected by the worker, because there are too many for the page. @type {ReadonlySet<string>} */
    this.selected = new Set();
    this.nextRank = 0;
    this.version = 0;
    /** Version of the last reset: an index from before it means other places. */
    this.base = 0;
    /** @type {Flatbush | null} */
    this.index = null;
    /** Slot of an item of the index. @type {Uint32Array} */
    this.items = EMPTY;
    /** Slots that changed after the index was built, with the version of the change. @type {Map<number, number>} */
    this.loose = new Map();
    /** Bounds of all shapes, growing only. @type {Box} */
    this.extent = [Infinity, Infinity, -Infinity, -Infinity];
  }

  /** Reads classes and schemas from the store; the colors are sent by the shapes layer. */
  takeConcepts() {
    this.conceptPlaces = new Map(this.store.concepts.peek().map((c, i) => [c.id, i]));
    this.classes = numberSchemas(this.store.keypointSchemas.peek());
  }

  /** Changes when labels must be packed again. */
  get vocabulary() {
    return JSON.stringify([[...this.conceptPlaces.keys()], [...this.classes], this.objectColors]);
  }

  /** Place in the palette; what has no class any more gets the one behind the last. @param {string} id */
  placeOf(id) {
    return this.conceptPlaces.get(id) ?? this.conceptPlaces.size;
  }

  /** Objects with colors of their own have those behind the classes' and the one for no class. @param {string} id @param {Label} label */
  #colorPlace(id, label) {
    const number = this.objectColors ? this.slots.get(label.id) : undefined;
    return number === undefined ? this.placeOf(id) : this.conceptPlaces.size + 1 + (number % this.objectColors);
  }

  /** @param {Label} label */
  #flags(label) {
    return (
      flagsOf(label) | (this.store.hidden.peek().has(label.id) ? HIDDEN : 0) | (this.selected.has(label.id) ? SELECTED : 0)
    );
  }

  /** @param {readonly Label[]} labels @param {(label: Label, i: number) => number} rank */
  #pack(labels, rank) {
    for (const label of labels) {
      let slot = this.slots.get(label.id);
      if (slot === undefined) {
        slot = this.ids.length;
        this.slots.set(label.id, slot);
        this.ids.push(label.id);
      }
      const bounds = boundsOf(label);
      this.bounds[slot] = bounds;
      this.extent = [
        Math.min(this.extent[0], bounds[0]), Math.min(this.extent[1], bounds[1]),
        Math.max(this.extent[2], bounds[2]), Math.max(this.extent[3], bounds[3]),
      ];
    }
    return packLabels(labels, {
      slot: (label) => /** @type {number} */ (this.slots.get(label.id)),
      rank,
      concept: (id, label) => this.#colorPlace(id, label),
      flags: (label) => this.#flags(label),
      classes: this.classes,
    });
  }

  /** Sends all labels of the store. */
  reset() {
    this.slots.clear();
    this.ids = [];
    this.bounds = [];
    this.loose.clear();
    this.index = null;
    this.extent = [Infinity, Infinity, -Infinity, -Infinity];
    const labels = this.#labels(this.store.order());
    this.nextRank = labels.length;
    const pack = this.#pack(labels, (_, i) => i);
    for (let slot = 0; slot < labels.length; slot++) this.loose.set(slot, 0);
    this.base = ++this.version;
    this.send({ type: 'load', pack, version: this.version }, buffersOf(pack));
  }

  /** @param {Iterable<string>} ids @returns {Label[]} */
  #labels(ids) {
    return [...ids].flatMap((id) => this.store.labels.get(id) ?? []);
  }

  /** Sends what a patch changed. @param {Patch} patch @returns {string[]} ids that are new */
  apply(patch) {
    const changed = this.#labels(patch.changed);
    const removed = patch.removed.flatMap((id) => this.slots.get(id) ?? []);
    const added = changed.filter((label) => !this.slots.has(label.id)).map((label) => label.id);
    if (!changed.length && !removed.length && !patch.reordered) return added;
    const { ranks, isWhole } = this.#ranksFor(added, patch.reordered);
    const pack = this.#pack(changed, (label) => ranks.get(label.id) ?? KEEP_RANK);
    this.version++;
    for (const slot of removed) this.#forget(slot);
    for (const slot of pack.slot) this.loose.set(slot, this.version);
    if (changed.length || removed.length) {
      this.send({ type: 'patch', pack, removed: Uint32Array.from(removed), version: this.version }, buffersOf(pack));
    }
    if (!isWhole) this.#sendOrder();
    return added;
  }

  /** @param {number} slot */
  #forget(slot) {
    const id = this.ids[slot];
    if (id !== null) this.slots.delete(id);
    this.ids[slot] = null;
    this.loose.delete(slot);
  }

  /**
   * New labels mostly come last in the order; then they only get the next ranks.
   * @param {string[]} added @param {boolean} isReordered
   */
  #ranksFor(added, isReordered) {
    const order = this.store.order();
    const last = order.slice(order.length - added.length);
    const fresh = new Set(added);
    const isWhole = !isReordered && last.every((id) => fresh.has(id));
    /** @type {Map<string, number>} */
    const ranks = new Map();
    for (const id of isWhole ? last : added) ranks.set(id, this.nextRank++);
    return { ranks, isWhole };
  }

  #sendOrder() {
    const slots = Uint32Array.from(this.store.order().flatMap((id) => this.slots.get(id) ?? []));
    this.nextRank = slots.length;
    this.send({ type: 'order', slots }, [slots.buffer]);
  }

  /** @param {Iterable<string>} ids */
  sendFlags(ids) {
    const labels = this.#labels(ids).filter((label) => this.slots.has(label.id));
    if (!labels.length) return;
    const slots = Uint32Array.from(labels, (label) => /** @type {number} */ (this.slots.get(label.id)));
    this.send({ type: 'flags', slots, flags: Uint8Array.from(labels, (label) => this.#flags(label)) });
  }

  /** The worker built a new index. @param {{data: ArrayBuffer | null, items: Uint32Array, version: number}} message */
  takeIndex({ data, items, version }) {
    if (version < this.base) return;
    this.index = data ? Flatbush.from(data) : null;
    this.items = items;
    for (const [slot, changedAt] of this.loose) if (changedAt <= version) this.loose.delete(slot);
  }

  /**
   * Ids of the labels whose bounds meet the rectangle (image pixels), in no order. Hidden ones are left out.
   * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
   * @returns {string[]}
   */
  query(x0, y0, x1, y1) {
    /** @type {string[]} */
    const found = [];
    const take = (/** @type {number} */ slot) => {
      const id = this.ids[slot];
      if (id !== null && id !== undefined && !this.store.isHidden(id)) found.push(id);
    };
    for (const item of this.index?.search(x0, y0, x1, y1) ?? EMPTY) {
      if (!this.loose.has(this.items[item])) take(this.items[item]);
    }
    for (const slot of this.loose.keys()) {
      const b = this.bounds[slot];
      if (b[0] <= x1 && b[2] >= x0 && b[1] <= y1 && b[3] >= y0) take(slot);
    }
    return found;
  }

  /** Places of labels, for the list of those the page draws. @param {Iterable<string>} ids */
  slotsOf(ids) {
    return new Uint32Array([...ids].flatMap((id) => this.slots.get(id) ?? []));
  }
}
