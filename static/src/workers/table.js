/**
 * All shapes of an image in flat arrays with a spatial index: what the worker draws from. No drawing here.
 *
 * The index is static. Shapes changed since it was built are in `loose` and are searched one by one;
 * `needsIndex` says when there are so many that a new index pays off.
 */
import Flatbush from 'flatbush';
import { HIDDEN, KEEP_RANK } from './format.js';

/** @typedef {import('./format.js').Pack} Pack */

const LOOSE_LIMIT = 500;
/** In `rank`: removed. In `byRank`: no shape. */
const NONE = 0xffffffff;

/** @template {Float64Array | Uint32Array | Uint16Array | Uint8Array} A @param {A} array @param {number} length @returns {A} */
function grown(array, length) {
  if (array.length >= length) return array;
  const bigger = new /** @type {any} */ (array.constructor)(Math.max(length, array.length * 2, 64));
  bigger.set(array);
  return bigger;
}

export class Table {
  constructor() {
    this.size = 0;
    this.live = 0;
    this.kind = new Uint8Array(0);
    this.concept = new Uint16Array(0);
    this.flags = new Uint8Array(0);
    /** Draw order of a slot; NONE for removed ones. */
    this.rank = new Uint32Array(0);
    this.box = new Float64Array(0);
    this.at = new Uint32Array(0);
    this.length = new Uint32Array(0);
    this.data = new Float64Array(0);
    this.used = 0;
    /** Slot of a rank; NONE where a shape was removed. */
    this.byRank = new Uint32Array(0);
    this.ranks = 0;
    /** @type {Set<number>} */
    this.loose = new Set();
    /** @type {Flatbush | null} */
    this.index = null;
    /** Slot of an item of the index. */
    this.items = new Uint32Array(0);
  }

  /** Replaces everything. @param {Pack} pack */
  load(pack) {
    this.size = 0;
    this.live = 0;
    this.used = 0;
    this.ranks = 0;
    this.index = null;
    this.loose.clear();
    this.patch(pack, new Uint32Array(0));
    this.buildIndex();
  }

  /** Adds or replaces shapes, removes others. @param {Pack} pack @param {Uint32Array} removed slots */
  patch(pack, removed) {
    const n = pack.slot.length;
    let top = this.size;
    let ranks = this.ranks;
    for (let i = 0; i < n; i++) {
      if (pack.slot[i] >= top) top = pack.slot[i] + 1;
      if (pack.rank[i] !== KEEP_RANK && pack.rank[i] >= ranks) ranks = pack.rank[i] + 1;
    }
    this.#reserve(top, ranks, pack.data.length);
    for (let i = 0; i < n; i++) this.#put(pack, i);
    for (const slot of removed) this.#remove(slot);
  }

  /** @param {number} size @param {number} ranks @param {number} numbers */
  #reserve(size, ranks, numbers) {
    this.kind = grown(this.kind, size);
    this.concept = grown(this.concept, size);
    this.flags = grown(this.flags, size);
    this.rank = grown(this.rank, size);
    this.box = grown(this.box, size * 4);
    this.at = grown(this.at, size);
    this.length = grown(this.length, size);
    this.data = grown(this.data, this.used + numbers);
    this.rank.fill(NONE, this.size, size);
    this.size = size;
    this.byRank = grown(this.byRank, ranks);
    this.byRank.fill(NONE, this.ranks, ranks);
    this.ranks = ranks;
  }

  /** @param {Pack} pack @param {number} i */
  #put(pack, i) {
    const slot = pack.slot[i];
    if (this.rank[slot] === NONE) this.live++;
    if (pack.rank[i] !== KEEP_RANK) this.#rank(slot, pack.rank[i]);
    this.kind[slot] = pack.kind[i];
    this.concept[slot] = pack.concept[i];
    this.flags[slot] = pack.flags[i];
    this.box.set(pack.box.subarray(4 * i, 4 * i + 4), 4 * slot);
    const numbers = pack.data.subarray(pack.at[i], pack.at[i + 1]);
    this.data.set(numbers, this.used);
    this.at[slot] = this.used;
    this.length[slot] = numbers.length;
    this.used += numbers.length;
    this.loose.add(slot);
  }

  /** @param {number} slot @param {number} rank */
  #rank(slot, rank) {
    const old = this.rank[slot];
    if (old !== NONE && this.byRank[old] === slot) this.byRank[old] = NONE;
    this.rank[slot] = rank;
    this.byRank[rank] = slot;
  }

  /** @param {number} slot */
  #remove(slot) {
    if (slot >= this.size || this.rank[slot] === NONE) return;
    if (this.byRank[this.rank[slot]] === slot) this.byRank[this.rank[slot]] = NONE;
    this.rank[slot] = NONE;
    this.live--;
    this.loose.delete(slot);
  }

  /** A new draw order of everything. @param {Uint32Array} slots first drawn first */
  reorder(slots) {
    this.byRank = slots.slice();
    this.ranks = slots.length;
    for (let i = 0; i < slots.length; i++) this.rank[slots[i]] = i;
  }

  /** @param {Uint32Array} slots @param {Uint8Array} flags */
  setFlags(slots, flags) {
    for (let i = 0; i < slots.length; i++) this.flags[slots[i]] = flags[i];
  }

  /** @param {number} slot */
  isLive(slot) {
    return slot < this.size && this.rank[slot] !== NONE;
  }

  get needsIndex() {
    return this.loose.size > LOOSE_LIMIT;
  }

  /** Builds the index over all live shapes and drops the numbers that nothing uses any more. */
  buildIndex() {
    this.#compact();
    this.loose.clear();
    this.items = new Uint32Array(this.live);
    this.index = this.live ? new Flatbush(this.live) : null;
    let n = 0;
    for (let slot = 0; slot < this.size; slot++) {
      if (this.rank[slot] === NONE) continue;
      const b = 4 * slot;
      this.index?.add(this.box[b], this.box[b + 1], this.box[b + 2], this.box[b + 3]);
      this.items[n++] = slot;
    }
    this.index?.finish();
  }

  #compact() {
    const data = new Float64Array(this.#liveNumbers());
    let used = 0;
    for (let slot = 0; slot < this.size; slot++) {
      if (this.rank[slot] === NONE) continue;
      data.set(this.data.subarray(this.at[slot], this.at[slot] + this.length[slot]), used);
      this.at[slot] = used;
      used += this.length[slot];
    }
    this.data = data;
    this.used = used;
  }

  #liveNumbers() {
    let sum = 0;
    for (let slot = 0; slot < this.size; slot++) if (this.rank[slot] !== NONE) sum += this.length[slot];
    return sum;
  }

  /**
   * Slots of the shapes to draw whose box meets the rectangle, in draw order. Hidden ones are left out.
   * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
   * @param {ReadonlySet<number>} excluded
   * @returns {Uint32Array}
   */
  query(x0, y0, x1, y1, excluded) {
    const found = this.#coversAll(x0, y0, x1, y1) ? this.#allRanks() : this.#searchRanks(x0, y0, x1, y1);
    let n = 0;
    for (let i = 0; i < found.length; i++) {
      const slot = this.byRank[found[i]];
      if (slot === NONE || this.flags[slot] & HIDDEN || excluded.has(slot)) continue;
      const b = 4 * slot;
      if (this.box[b] > x1 || this.box[b + 2] < x0 || this.box[b + 1] > y1 || this.box[b + 3] < y0) continue;
      found[n++] = slot;
    }
    return found.subarray(0, n);
  }

  /** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  #coversAll(x0, y0, x1, y1) {
    const index = this.index;
    if (!index || this.loose.size * 2 > this.live) return true;
    return x0 <= index.minX && y0 <= index.minY && x1 >= index.maxX && y1 >= index.maxY;
  }

  #allRanks() {
    const ranks = new Uint32Array(this.ranks);
    for (let i = 0; i < ranks.length; i++) ranks[i] = i;
    return ranks;
  }

  /** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  #searchRanks(x0, y0, x1, y1) {
    const found = /** @type {Flatbush} */ (this.index).search(x0, y0, x1, y1);
    const ranks = new Uint32Array(found.length + this.loose.size);
    let n = 0;
    for (const item of found) {
      const slot = this.items[item];
      if (this.rank[slot] !== NONE && !this.loose.has(slot)) ranks[n++] = this.rank[slot];
    }
    for (const slot of this.loose) ranks[n++] = this.rank[slot];
    return ranks.subarray(0, n).sort();
  }
}
