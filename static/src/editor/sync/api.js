/** HTTP requests to our server: JSON in and out, the CSRF token, time limits. Other modules interpret the answers. */

/**
 * @import {Boot, PageSession} from '../types/page'
 * @import {Answer} from './saving/outbox.js'
 */

const PROTOCOL = 1;
const TIMEOUT_MS = 20000;
/** A slow line still gets this much time for each byte of a big request. */
const MS_PER_BYTE = 1 / 30;
/** What the browser still sends for a page that is going away. */
const KEEPALIVE_BYTES = 60000;

/** @param {string | null} header seconds or a date */
function waitOf(header) {
  if (!header) return 0;
  const seconds = Number(header);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : Math.max(0, Date.parse(header) - Date.now()) || 0;
}

export class Api {
  /** @param {Boot} boot @param {string} client @param {typeof fetch} [fetcher] */
  constructor(boot, client, fetcher = (...args) => fetch(...args)) {
    this.boot = boot;
    this.client = client;
    this.fetch = fetcher;
    this.csrf = boot.csrf;
    /** The newest session that the server gave; `boot` at first. @type {PageSession} */
    this.newest = boot;
  }

  /** @param {keyof Boot['urls']} name @param {string} [mediaId] */
  url(name, mediaId = this.boot.media) {
    return this.boot.urls[name].replaceAll('{id}', mediaId).replaceAll(this.boot.media, mediaId);
  }

  /**
   * Never rejects: status 0 means that no answer came.
   * @param {string} url @param {RequestInit} [init] @param {number} [timeoutMs]
   * @returns {Promise<Answer>}
   */
  async ask(url, init = {}, timeoutMs = TIMEOUT_MS) {
    const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
    try {
      const response = await this.fetch(url, { credentials: 'same-origin', signal, ...init });
      const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
      const afterMs = waitOf(response.headers.get('Retry-After'));
      return { status: response.status, body: isJson ? await response.json() : null, afterMs };
    } catch {
      return { status: 0, body: null, afterMs: 0 };
    }
  }

  /** @param {string} mediaId @param {object[]} ops @param {{keepalive?: boolean}} [options] @returns {Promise<Answer>} */
  changes(mediaId, ops, { keepalive = false } = {}) {
    const body = JSON.stringify({ v: PROTOCOL, client: this.client, ops });
    if (keepalive && body.length > KEEPALIVE_BYTES) return Promise.resolve({ status: 0, body: null, afterMs: 0 });
    const url = this.url('changes', mediaId);
    return this.ask(url, { method: 'POST', headers: this.#headers(), body, keepalive }, TIMEOUT_MS + body.length * MS_PER_BYTE);
  }

  /** @param {string} mediaId @param {object} hints @param {AbortSignal} signal @returns {Promise<Answer>} */
  cut(mediaId, hints, signal) {
    return this.ask(this.url('cut', mediaId), { method: 'POST', headers: this.#headers(), body: JSON.stringify(hints), signal });
  }

  /** @param {string} mediaId @returns {Promise<Answer>} */
  tiles(mediaId) {
    return this.ask(this.url('tiles', mediaId), { method: 'POST', headers: this.#headers(), body: '{}' });
  }

  #headers() {
    return {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-CSRFToken': this.csrf,
      'X-Annotator-User': this.boot.user.id,
    };
  }

  /** @param {string} mediaId */
  state(mediaId) {
    const query = this.boot.filter ? `?${this.boot.filter}` : '';
    return this.ask(this.url('state', mediaId) + query, { headers: { Accept: 'application/json' } });
  }

  /** @param {number} since @param {string | null} mediaId */
  events(since, mediaId) {
    const query = new URLSearchParams({ since: String(since), limit: '500' });
    if (mediaId) query.set('media', mediaId);
    return this.ask(`${this.url('events')}?${query}`, { headers: { Accept: 'application/json' } });
  }

  /**
   * Fetches who is signed in, the new CSRF token and the vocabulary. Never rejects.
   * @returns {Promise<'ok' | 'signed_out' | 'other_person' | 'failed'>}
   */
  async renew() {
    const { status, body } = await this.ask(this.url('session'), { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (status === 0 || status >= 500 || status === 429) return 'failed';
    if (status !== 200 || !body?.user) return 'signed_out';
    if (body.user.id !== this.boot.user.id) return 'other_person';
    this.csrf = body.csrf;
    this.newest = body;
    return 'ok';
  }
}
