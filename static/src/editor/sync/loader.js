/** Fetches the states of media, some ahead, and tracks which of them are still valid. */

/**
 * @import {MediaState} from '../types/page'
 * @import {Answer} from './saving/outbox.js'
 * @typedef {{state: MediaState | null, promise: Promise<MediaState>}} Entry
 */

/** More are dropped, the oldest first. The page names the ones to retain. */
const MOST = 8;
const TRIES = 3;

/** A medium could not be fetched; `status` is that of HTTP, 0 without an answer. */
export class LoadError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.name = 'LoadError';
    this.status = status;
  }
}

export class Loader {
  /** @param {(mediaId: string) => Promise<Answer>} ask */
  constructor(ask) {
    this.ask = ask;
    /** @type {Map<string, Entry>} */
    this.cache = new Map();
    /** Number of the last event that concerned a medium. @type {Map<string, number>} */
    this.touched = new Map();
    this.allTouched = 0;
  }

  /** Something of this medium changed under this event number. @param {string} mediaId @param {number} seq */
  touch(mediaId, seq) {
    this.touched.set(mediaId, Math.max(seq, this.touched.get(mediaId) ?? 0));
  }

  /** Anything may have changed. @param {number} seq */
  touchAll(seq) {
    this.allTouched = Math.max(seq, this.allTouched);
  }

  /** @param {MediaState} state */
  isTrue(state) {
    return state.seq >= Math.max(this.allTouched, this.touched.get(state.media.id) ?? 0);
  }

  /** @param {string} mediaId @returns {Promise<MediaState>} */
  async fetch(mediaId) {
    const { status, body } = await this.ask(mediaId);
    if (status === 200 && body?.media) return body;
    throw new LoadError(status, typeof body?.message === 'string' ? body.message : '');
  }

  /** @param {string} mediaId @returns {Entry} */
  start(mediaId) {
    const entry = /** @type {Entry} */ ({ state: null, promise: this.fetch(mediaId) });
    this.cache.delete(mediaId);
    this.cache.set(mediaId, entry);
    entry.promise.then(
      (state) => {
        entry.state = state;
      },
      () => {
        if (this.cache.get(mediaId) === entry) this.cache.delete(mediaId);
      },
    );
    for (const id of this.cache.keys()) {
      if (this.cache.size <= MOST) break;
      this.cache.delete(id);
    }
    return entry;
  }

  /** Fetches ahead. @param {string} mediaId @returns {Promise<MediaState | null>} */
  async prefetch(mediaId) {
    const known = this.cache.get(mediaId);
    const isStale = known?.state && !this.isTrue(known.state);
    const entry = known && !isStale ? known : this.start(mediaId);
    return entry.promise.catch(() => null);
  }

  /**
   * The state as it is now; one that was fetched ahead when nothing happened to it since.
   * @param {string} mediaId @returns {Promise<MediaState>}
   */
  async load(mediaId) {
    for (let i = 0; ; i += 1) {
      const known = this.cache.get(mediaId);
      const entry = known && !(known.state && !this.isTrue(known.state)) ? known : this.start(mediaId);
      const state = await entry.promise;
      // a change was acknowledged while the answer was on its way: it must not be invisible
      if (this.isTrue(state) || i >= TRIES) {
        this.cache.delete(mediaId);
        return state;
      }
      this.cache.delete(mediaId);
    }
  }

  /** Drops all but these. @param {Iterable<string>} mediaIds */
  retain(mediaIds) {
    const wanted = new Set(mediaIds);
    for (const id of this.cache.keys()) if (!wanted.has(id)) this.cache.delete(id);
  }
}
