/**
 * Persistence in IndexedDB, one database for each person on this browser: work of one is never sent by another.
 * The database is held open, and transactions are committed in the task that starts them: one that is left to
 * commit by itself is lost with the tab.
 */

import { MemoryPersistence } from './memory.js';

/** @import {OutboxOp, Persistence, StoreName, Write} from '../../types/outbox' */

const VERSION = 1;
/** A database that does not open (blocked by a broken tab, for instance) must not keep the editor from starting. */
const OPEN_MS = 4000;

/** @param {string} name @returns {Promise<IDBDatabase>} */
function open(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore('ops', { keyPath: 'op_id' });
      db.createObjectStore('history', { keyPath: ['media', 'id'] });
      db.createObjectStore('local', { keyPath: 'key' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error('IndexedDB does not open')), OPEN_MS);
  });
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @implements {Persistence} */
export class IdbPersistence {
  /** @param {string} name @param {IDBDatabase} db */
  constructor(name, db) {
    this.name = name;
    this.isDurable = true;
    this.isClosed = false;
    /** @type {Promise<void> | undefined} */
    this.reopening = undefined;
    this.hold(db);
  }

  /** @param {IDBDatabase} db */
  hold(db) {
    this.db = db;
    // the browser closes it when it clears site data, or another version of the page asks for it
    db.onclose = () => this.reopen().catch(console.warn);
    db.onversionchange = () => {
      db.close();
      this.reopen().catch(console.warn);
    };
  }

  /** @returns {Promise<void>} */
  async reopen() {
    if (this.isClosed) return;
    this.reopening ??= open(this.name).then((db) => this.hold(db)).finally(() => {
      this.reopening = undefined;
    });
    await this.reopening;
  }

  /**
   * One transaction; puts are issued and committed before this returns.
   * @param {Write[]} writes @param {{strict?: boolean}} [options]
   */
  write(writes, { strict = true } = {}) {
    if (!writes.length) return Promise.resolve();
    try {
      return this.issue(writes, strict);
    } catch (error) {
      // the database was closed under us
      return this.reopen().then(() => this.issue(writes, strict));
    }
  }

  /** @param {Write[]} writes @param {boolean} strict @returns {Promise<void>} */
  issue(writes, strict) {
    const names = [...new Set(writes.map((write) => write.in))];
    const tx = /** @type {IDBDatabase} */ (this.db).transaction(names, 'readwrite', { durability: strict ? 'strict' : 'relaxed' });
    const done = new Promise((resolve, reject) => {
      tx.oncomplete = () => resolve(undefined);
      tx.onabort = () => reject(tx.error ?? new Error('The browser could not keep the change'));
    });
    for (const write of writes) {
      const store = tx.objectStore(write.in);
      if ('put' in write) store.put(write.put);
      else store.delete(write.remove);
    }
    tx.commit();
    return /** @type {Promise<void>} */ (done);
  }

  /** @param {StoreName} name @param {IDBTransactionMode} [mode] */
  store(name, mode = 'readonly') {
    return /** @type {IDBDatabase} */ (this.db).transaction(name, mode).objectStore(name);
  }

  /** @param {StoreName} store */
  async all(store) {
    return answer(this.store(store).getAll());
  }

  /** @param {StoreName} store @param {string} first */
  async under(store, first) {
    return answer(this.store(store).getAll(IDBKeyRange.bound([first], [first, []])));
  }

  /** @param {StoreName} store @param {IDBValidKey} key */
  async get(store, key) {
    return answer(this.store(store).get(key));
  }

  /** @param {(ops: OutboxOp[]) => OutboxOp[]} decide @returns {Promise<OutboxOp[]>} */
  claim(decide) {
    return new Promise((resolve, reject) => {
      const store = this.store('ops', 'readwrite');
      /** @type {OutboxOp[]} */
      let claimed = [];
      store.transaction.oncomplete = () => resolve(claimed);
      store.transaction.onabort = () => reject(store.transaction.error);
      const request = store.getAll();
      request.onsuccess = () => {
        claimed = decide(request.result);
        for (const op of claimed) store.put(op);
      };
    });
  }

  close() {
    this.isClosed = true;
    this.db?.close();
  }
}

/**
 * The person's database on this browser, or memory when the browser has none to give.
 * @param {string} userId
 * @returns {Promise<Persistence>}
 */
export async function openPersistence(userId) {
  const name = `annotator:${userId}`;
  try {
    return new IdbPersistence(name, await open(name));
  } catch (error) {
    console.warn('Changes are kept in this tab only:', error);
    return new MemoryPersistence();
  }
}
