/** Connects a store with the server. The only module that knows outbox, event stream, feed and loader together. */
import { batch, computed, effect } from '@preact/signals-core';
import { toWire } from '../store/fields.js';
import { createInner, draftKey, showState } from '../store/store.js';
import { t } from '../../i18n.js';
import { Adoption } from './saving/adoption.js';
import { Api } from './api.js';
import { ConflictNotices } from './saving/conflict-notices.js';
import { conflictsOf, rejectedOf } from './saving/conflicts.js';
import { Connection, REAL_CLOCK } from './connection.js';
import { EventHandlers } from './receiving/event-handlers.js';
import { Feed } from './receiving/feed.js';
import { loadClipboard, shareClipboard } from './storage/clipboard.js';
import { openPersistence } from './storage/idb.js';
import { LoadError, Loader } from './loader.js';
import { Outbox } from './saving/outbox.js';
import { listenToPage } from './page-events.js';
import { People } from './receiving/people.js';
import { nextBatch } from './saving/queue.js';
import { SaveReporter } from './saving/save-reporter.js';
import { Stream } from './receiving/stream.js';
import { openTabs } from './storage/tabs.js';
import { Timers } from './timers.js';

/**
 * @import {Persistence} from '../types/outbox'
 * @import {Boot, MediaState} from '../types/page'
 * @import {Session} from '../types/session'
 * @import {Clock} from './connection.js'
 * @import {Tabs} from './storage/tabs.js'
 * @typedef {{clock?: Clock, tabs?: Tabs, persistence?: Persistence, fetch?: typeof fetch, makeSocket?: (url: string) => WebSocket, origin?: string}} Parts
 */

export { LoadError };

/**
 * Returns a session that is connected and has taken over the unsaved changes of closed tabs.
 * Call `load(boot.media)` next. `parts` are replaced in tests.
 * @param {Boot} boot @param {Parts} [parts]
 * @returns {Promise<Session>}
 */
export async function createSession(boot, parts = {}) {
  const [tabs, persistence] = await Promise.all([
    parts.tabs ?? openTabs(boot.user.id),
    parts.persistence ?? openPersistence(boot.user.id),
  ]);
  const session = new EditorSession(boot, tabs, persistence, parts);
  await Promise.all([session.adoption.adopt(true), loadClipboard(session.inner.writable.clipboard, persistence)]);
  session.start();
  return session;
}

/** @implements {Session} */
export class EditorSession {
  /** @param {Boot} boot @param {Tabs} tabs @param {Persistence} persistence @param {Parts} parts */
  constructor(boot, tabs, persistence, parts) {
    const clock = parts.clock ?? REAL_CLOCK;
    const now = () => clock.now();
    const { client } = tabs;
    this.boot = boot;
    this.tabs = tabs;
    this.persistence = persistence;
    this.client = client;
    this.timers = new Timers(clock);
    this.inner = createInner(boot, { client, now });
    this.store = this.inner.store;
    this.core = this.inner.core;
    this.api = new Api(boot, client, parts.fetch);
    this.connection = new Connection(clock, () => this.renew());
    this.loader = new Loader((mediaId) => this.fetchState(mediaId));
    this.outbox = new Outbox({
      core: this.core,
      persistence,
      post: (media, ops) => this.api.changes(media, ops),
      connection: this.connection,
      client,
      now,
      touched: (media, seq) => {
        this.loader.touch(media, seq);
        this.stream.expect(seq);
      },
    });
    this.core.sink = this.outbox;
    this.stream = new Stream({
      ask: (since, media) => this.api.events(since, media),
      apply: (event) => this.handlers.applyEvent(event),
      resync: () => this.resync(),
      failed: ({ status }) => {
        this.feed.requestFailed(status);
        if (status === 403 || status === 404) this.refetch();
      },
      reached: () => this.connection.reached(),
      clock,
    });
    const refetch = () => this.refetch();
    this.handlers = new EventHandlers({ inner: this.inner, loader: this.loader, refetch, renew: () => this.renew(), timers: this.timers });
    this.people = new People(this.inner.writable);
    this.feed = new Feed({
      url: boot.urls.ws, origin: parts.origin, makeSocket: parts.makeSocket, clock, timers: this.timers, connection: this.connection,
      stream: this.stream, people: this.people, shownMedia: () => this.core.mediaId, accessLost: refetch,
      joined: () => this.notices.flush(), conflict: (notice) => this.notices.received(notice),
    });
    this.notices = new ConflictNotices({ userId: boot.user.id, send: (message) => this.feed.send(message) });
    this.adoption = new Adoption({ tabs, persistence, outbox: this.outbox, core: this.core, timers: this.timers });
    this.saveReporter = new SaveReporter({
      save: this.inner.writable.save, store: this.store, outbox: this.outbox, connection: this.connection, clock, timers: this.timers,
    });
    this.unavailable = this.handlers.unavailable;
    this.link = this.feed.link;
    this.isIdle = computed(() => this.outbox.pending.value === 0);
    this.loads = 0;
    this.isClosed = false;
    /** @type {(() => void)[]} */
    this.ends = [];
  }

  start() {
    const { writable } = this.inner;
    this.ends.push(
      effect(() => {
        const parked = this.outbox.parked.value;
        writable.saveConflicts.value = this.notices.announced(conflictsOf(parked, this.outbox.answers));
        writable.rejected.value = rejectedOf(parked, this.outbox.answers);
      }),
      this.saveReporter.start(),
      listenToPage(this),
      shareClipboard(writable.clipboard, this.boot.user.id),
    );
    this.feed.start();
    this.adoption.start();
    this.feed.poll();
  }

  // ------------------------------------------------------------- showing media

  /** @param {string} mediaId */
  async load(mediaId) {
    this.loads += 1;
    const turn = this.loads;
    const [state, entries, local, kept] = await Promise.all([
      this.loader.load(mediaId),
      this.persistence.under('history', mediaId).catch(() => []),
      this.persistence.get('local', `marks:${mediaId}`).catch(() => null),
      this.persistence.get('local', draftKey(mediaId)).catch(() => null),
    ]);
    if (turn !== this.loads || this.isClosed) return; // another medium was requested meanwhile
    this.unavailable.value = null;
    showState(this.inner, state, this.outbox.queue(mediaId), entries, local, kept?.draft);
    this.people.shown(mediaId);
    this.stream.follow(mediaId, state.seq);
    this.feed.join();
    this.outbox.kick(mediaId);
  }

  /** @param {string} mediaId */
  prefetch(mediaId) {
    return this.loader.prefetch(mediaId);
  }

  /** @param {Iterable<string>} mediaIds */
  retainCached(mediaIds) {
    this.loader.retain(mediaIds);
  }

  /** @param {string} mediaId */
  pendingLabels(mediaId) {
    return this.outbox.queue(mediaId).flatMap(({ whole }) => whole ?? []);
  }

  /** @param {string} mediaId @param {readonly import('../types/changes').Delta[]} deltas */
  addTo(mediaId, deltas) {
    if (mediaId === this.core.mediaId) this.store.commit(deltas);
    else if (deltas.length) this.core.addElsewhere(mediaId, deltas);
  }

  /** @param {string} mediaId @param {object} hints @param {AbortSignal} signal @returns {Promise<import('../types/session').CutAnswer>} */
  async cut(mediaId, hints, signal) {
    const { status, body } = await this.api.cut(mediaId, hints, signal);
    if (signal.aborted) return {};
    if (status === 200) return { found: body };
    if (status === 0) return { error: t('The server cannot be reached. Try again when you are online.') };
    return { error: body?.message || t('The server could not cut out the object. Try again.') };
  }

  /** Has the tiles of an image made; an event tells when they are there. @param {string} mediaId */
  requestTiles(mediaId) {
    return this.api.tiles(mediaId);
  }

  /** @param {string} mediaId */
  async fetchState(mediaId) {
    const answer = await this.api.state(mediaId);
    if (answer.status === 200) this.connection.reached();
    else this.feed.requestFailed(answer.status);
    return answer;
  }

  /** Fetches the shown medium again. @returns {Promise<number | null>} the event number it is true for */
  async refetch() {
    const { mediaId } = this.core;
    if (!mediaId) return null;
    try {
      const state = await this.loader.fetch(mediaId);
      if (mediaId !== this.core.mediaId) return null;
      this.applyState(state);
      return state.seq;
    } catch (error) {
      const isMissing = error instanceof LoadError && (error.status === 404 || error.status === 403);
      if (isMissing && mediaId === this.core.mediaId) this.unavailable.value = error.message || t('This image no longer exists.');
      return null;
    }
  }

  /** @param {MediaState} state */
  applyState(state) {
    const { writable } = this.inner;
    batch(() => {
      writable.media.value = state.media;
      writable.may.value = state.may;
      this.core.refresh(state);
    });
  }

  /** Fetches everything again, because the stream cannot lead from the known state to the present one. */
  async resync() {
    this.loader.retain([]);
    this.core.forgetSeq();
    const seq = await this.refetch();
    if (seq !== null) this.handlers.scheduleRenewal();
    this.handlers.notifyListeners({ seq: seq ?? 0, kind: 'resync', media: null });
    return seq;
  }

  /** Fetches who is signed in and the vocabulary of the project. */
  async renew() {
    const outcome = await this.api.renew();
    if (outcome === 'ok') this.handlers.applyVocabulary(this.api.newest);
    return outcome;
  }

  // ------------------------------------------------------------- saving

  /** The page is in use again, or the network is back. */
  wake() {
    this.connection.retryNow();
    this.feed.socket.connect();
    this.adoption.adopt();
  }

  /** Somebody may have signed in in another tab. */
  lookAgain() {
    this.connection.lookAgain();
  }

  flush() {
    this.connection.retryNow();
    this.outbox.kickAll();
  }

  idle() {
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      const end = effect(() => {
        if (this.isIdle.value) queueMicrotask(() => {
          end();
          resolve();
        });
      });
    });
  }

  /** Sends unacknowledged changes once more by requests that outlive the page; the server recognizes repeated ones. */
  sendBeforeLeaving() {
    for (const [media, queue] of this.outbox.queues) {
      const ops = nextBatch(queue);
      if (ops.length && this.connection.state.peek() === 'up') {
        this.api.changes(media, ops.map((op) => toWire(op, op.base ?? this.outbox.guessedBase(op))), { keepalive: true });
      }
    }
  }

  // ------------------------------------------------------------- other people

  /** @param {number} x @param {number} y */
  moveCursor(x, y) {
    this.feed.socket.moveCursor(x, y);
  }

  /** @param {{x: number, y: number, zoom: number}} view */
  showView(view) {
    this.feed.views.show(view);
  }

  /** @param {string | null} client */
  follow(client) {
    this.feed.views.follow(client);
  }

  /** @param {(view: import('../types/people').SharedView) => void} fn */
  onView(fn) {
    const { listeners } = this.feed.views;
    listeners.add(fn);
    return () => listeners.delete(fn);
  }

  clearCursor() {
    this.feed.socket.clearCursor();
  }

  /** @param {(event: import('../types/wire').ProjectEvent) => void} fn */
  onEvent(fn) {
    return this.handlers.onEvent(fn);
  }

  /** @param {(notice: import('../types/saving').ConflictNotice) => void} fn */
  onConflictNotice(fn) {
    return this.notices.listen(fn);
  }

  close() {
    this.isClosed = true;
    for (const end of this.ends) end();
    this.timers.close();
    this.connection.close();
    this.stream.close();
    this.feed.close();
    this.persistence.close();
    this.tabs.close();
  }
}
