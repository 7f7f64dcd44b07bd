/** Tells the person whose change was first that it is in conflict, and what was decided; receives what others tell. */

/**
 * @import {Conflict, ConflictNotice} from '../../types/saving'
 * @typedef {{type: 'conflict', media: string, label_id: string, user: string, state: ConflictNotice['state']}} Message
 */

export class ConflictNotices {
  /** @param {{userId: string, send: (message: Message) => boolean}} parts `send` returns false when there is no connection */
  constructor({ userId, send }) {
    this.userId = userId;
    this.send = send;
    /** Conflicts that were announced, by id. @type {Set<string>} */
    this.known = new Set();
    /** Messages that wait for a connection. @type {Message[]} */
    this.waiting = [];
    /** @type {Set<(notice: ConflictNotice) => void>} */
    this.listeners = new Set();
  }

  /**
   * The same conflicts, announced: new ones now, decisions when they are made.
   * @param {readonly Conflict[]} conflicts @returns {Conflict[]}
   */
  announced(conflicts) {
    for (const conflict of conflicts) {
      if (this.known.has(conflict.id)) continue;
      this.known.add(conflict.id);
      this.#tell(conflict, 'open');
    }
    return conflicts.map((conflict) => ({
      ...conflict,
      resolve: (choice) => {
        conflict.resolve(choice);
        this.#tell(conflict, choice);
      },
    }));
  }

  /** @param {Conflict} conflict @param {ConflictNotice['state']} state */
  #tell({ media, label_id, by }, state) {
    if (!by || by === this.userId) return;
    this.waiting.push({ type: 'conflict', media, label_id, user: by, state });
    this.flush();
  }

  /** Sends what waits, in order. */
  flush() {
    while (this.waiting.length && this.send(this.waiting[0])) this.waiting.shift();
  }

  /** @param {ConflictNotice} notice */
  received({ media, label_id, state, by }) {
    for (const listener of this.listeners) listener({ media, label_id, state, by });
  }

  /** @param {(notice: ConflictNotice) => void} fn */
  listen(fn) {
    this.listeners.add(fn);
    return () => {
      this.listeners.delete(fn);
    };
  }
}
