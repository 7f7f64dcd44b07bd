/** Persistence in memory: for browsers that refuse IndexedDB, and for tests. */

/**
 * @import {OutboxOp, Persistence, StoreName, Write} from '../../types/outbox'
 * @typedef {Record<StoreName, Map<string, any>>} Disk
 */

/** @returns {Disk} */
export function newDisk() {
  return { ops: new Map(), history: new Map(), local: new Map() };
}

/** The key of a value, as in IndexedDB's key paths. @param {StoreName} store @param {any} value */
function keyOf(store, value) {
  if (store === 'ops') return value.op_id;
  return store === 'history' ? [value.media, value.id] : value.key;
}

/** @param {any} value */
const text = (value) => JSON.stringify(value);

/**
 * @implements {Persistence}
 */
export class MemoryPersistence {
  /** @param {Disk} [disk] one that outlives this object, as a tab's database does @param {boolean} [isDurable] */
  constructor(disk = newDisk(), isDurable = false) {
    this.disk = disk;
    this.isDurable = isDurable;
  }

  /** @param {Write[]} writes */
  async write(writes) {
    for (const write of writes) {
      const store = this.disk[write.in];
      if ('put' in write) store.set(text(keyOf(write.in, write.put)), structuredClone(write.put));
      else store.delete(text(write.remove));
    }
  }

  /** @param {StoreName} store @returns {Promise<any[]>} */
  async all(store) {
    return [...this.disk[store].values()].map((value) => structuredClone(value));
  }

  /** @param {StoreName} store @param {string} first */
  async under(store, first) {
    return (await this.all(store)).filter((value) => keyOf(store, value)[0] === first);
  }

  /** @param {StoreName} store @param {IDBValidKey} key */
  async get(store, key) {
    return structuredClone(this.disk[store].get(text(key)));
  }

  /** @param {(ops: OutboxOp[]) => OutboxOp[]} decide */
  async claim(decide) {
    const claimed = decide(await this.all('ops'));
    await this.write(claimed.map((op) => ({ in: 'ops', put: op })));
    return claimed;
  }

  close() {}
}
