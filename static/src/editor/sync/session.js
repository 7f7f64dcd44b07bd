/** Connects a store with the server: outbox, event stream, socket, loader. The only module that knows all of them. */
import { batch, computed, effect, signal } from '@preact/signals-core';
import { toWire } from '../store/fields.js';
import { createInner, showState } from '../store/store.js';
import { t } from '../../i18n.js';
import { Api } from './api.js';
import { conflictsOf, rejectedOf } from './conflicts.js';
import { EventHandlers } from './event-handlers.js';
import { openPersistence } from './idb.js';
import { Connection, REAL_CLOCK } from './connection.js';
import { LoadError, Loader } from './loader.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { nextBatch } from './queue.js';
import { nextTick, saveStateOf } from './save-state.js';
import { Socket } from './socket.js';
import { Stream } from './stream.js';
import { openTabs } from './tabs.js';

/**
 * @import {OutboxOp, Persistence} from '../types/outbox'
 * @import {Boot, MediaState} from '../types/page'
 * @import {Session} from '../types/session'
 * @import {Clock} from './connection.js'
 * @import {Tabs} from './tabs.js'
 * @typedef {{clock?: Clock, tabs?: Tabs, persistence?: Persistence, fetch?: typeof fetch, makeSocket?: (url: string) => WebSocket, origin?: string}} Parts
 */

const POLL_MS = 2000;
const HIDDEN_POLL_MS = 10000;
const ADOPT_MS = 20000;
/** A socket that says nothing for so long may be dead without knowing: then one question is asked. */
const SILENT_MS = 30000;
/** Close codes of the server. */
const SIGNED_OUT = 4401;
const NO_ACCESS = new Set([4403, 4404]);

export { LoadError };

/**
 * Connects. Work that an earlier page or a closed tab of this person left behind is taken over and sent.
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
  await session.adopt(true);
  session.start();
  return session;
}

/** @implements {Session} */
class EditorSession {
  /** @param {Boot} boot @param {Tabs} tabs @param {Persistence} persistence @param {Parts} parts */
  constructor(boot, tabs, persistence, parts) {
    this.boot = boot;
    this.tabs = tabs;
    this.persistence = persistence;
    this.client = tabs.client;
    this.clock = parts.clock ?? REAL_CLOCK;
    const now = () => this.clock.now();
    this.inner = createInner(boot, { client: this.client, now });
    this.store = this.inner.store;
    this.core = this.inner.core;
    this.api = new Api(boot, this.client, parts.fetch);
    this.connection = new Connection(this.clock, () => this.renew());
    this.loader = new Loader((mediaId) => this.report(this.api.state(mediaId)));
    this.outbox = new Outbox({
      core: this.core,
      persistence,
      post: (media, ops) => this.api.changes(media, ops),
      connection: this.connection,
      client: this.client,
      now,
      touched: (media, seq) => this.touched(media, seq),
    });
    this.core.sink = this.outbox;
    this.stream = new Stream({
      ask: (since, media) => this.api.events(since, media),
      apply: (event) => this.handlers.applyEvent(event),
      resync: () => this.resync(),
      failed: ({ status }) => {
        this.failed(status);
        if (status === 403 || status === 404) this.refetch();
      },
      reached: () => this.connection.reached(),
      clock: this.clock,
    });
    this.handlers = new EventHandlers({ inner: this.inner, loader: this.loader, refetch: () => this.refetch(), renew: () => this.renew(), clock: this.clock });
    this.people = new People(this.inner.writable, this.client);
    this.socket = new Socket(socketUrl(boot.urls.ws, parts.origin), this.clock, this.socketHandlers(), parts.makeSocket);
    this.unavailable = this.handlers.unavailable;
    this.link = signal(/** @type {'socket' | 'polling' | 'down'} */ ('down'));
    this.isIdle = computed(() => !this.outbox.pending.value && !this.store.conflicts.value.length && !this.store.rejected.value.length);
    this.loads = 0;
    this.lastMessageAt = 0;
    this.isClosed = false;
    /** @type {(() => void)[]} */
    this.ends = [];
    /** @type {Map<string, any>} */
    this.timers = new Map();
  }

  start() {
    const { writable } = this.inner;
    this.ends.push(
      effect(() => {
        const parked = this.outbox.parked.value;
        writable.saveConflicts.value = conflictsOf(parked, this.outbox.answers);
        writable.rejected.value = rejectedOf(parked, this.outbox.answers);
      }),
      effect(() => this.updateSaveState()),
    );
    this.listen();
    this.connection.retries.add(() => this.socket.connect());
    this.socket.connect();
    this.after('adopt', ADOPT_MS, () => this.adoptAgain());
    this.poll();
  }

  // ------------------------------------------------------------- showing media

  /** @param {string} mediaId */
  async load(mediaId) {
    this.loads += 1;
    const turn = this.loads;
    const [state, entries, kept] = await Promise.all([
      this.loader.load(mediaId),
      this.persistence.under('history', mediaId).catch(() => []),
      this.persistence.get('local', `marks:${mediaId}`).catch(() => null),
    ]);
    if (turn !== this.loads || this.isClosed) return; // another medium was asked for meanwhile
    this.unavailable.value = null;
    showState(this.inner, state, this.outbox.queue(mediaId), entries, kept);
    this.people.shown(mediaId);
    this.stream.follow(mediaId, state.seq);
    this.socket.join(mediaId, this.stream.last, this.client);
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

  // ------------------------------------------------------------- messages of the server

  /** @returns {import('./socket.js').Handlers} */
  socketHandlers() {
    return {
      onOpen: () => {
        this.link.value = 'socket';
        this.connection.reached();
        if (this.core.mediaId) this.socket.join(this.core.mediaId, this.stream.last, this.client);
      },
      onMessage: (message) => this.handleMessage(message),
      onDown: (code) => {
        this.link.value = 'down';
        this.people.clear();
        if (code === SIGNED_OUT) this.connection.signedOut(true);
        if (NO_ACCESS.has(code)) this.refetch();
      },
    };
  }

  /** @param {any} message */
  handleMessage(message) {
    this.lastMessageAt = this.clock.now();
    if (message.type === 'event') this.stream.push(message);
    else if (message.type === 'hello') this.stream.head(message.seq);
    else if (message.type === 'resync') this.stream.startOver();
    else this.people.handleMessage(message);
  }

  /** @param {string} media @param {number} seq */
  touched(media, seq) {
    this.loader.touch(media, seq);
    this.stream.expect(seq);
  }

  /** A question that was no change went wrong. @param {number} status */
  failed(status) {
    if (status === 401) this.connection.signedOut(true);
    else if (status === 0) this.connection.failed('network');
    if (status === 0 && this.socket.isOpen) this.socket.restart(); // a dead line that nobody hung up
  }

  /** @template {{status: number}} T @param {Promise<T>} answer @returns {Promise<T>} */
  async report(answer) {
    const got = await answer;
    if (got.status === 200) this.connection.reached();
    else this.failed(got.status);
    return got;
  }

  /** Asks who is signed in, and takes over the classes and states of the project. */
  async renew() {
    const outcome = await this.api.renew();
    if (outcome === 'ok') this.handlers.applyVocabulary(this.api.newest);
    return outcome;
  }

  async poll() {
    if (this.isClosed) return;
    const isAway = this.connection.isStuck() || !this.core.mediaId;
    const isSilent = this.clock.now() - this.lastMessageAt > SILENT_MS && !globalThis.document?.hidden;
    if (!isAway && (!this.socket.isOpen || isSilent)) {
      await this.stream.catchUp();
      this.lastMessageAt = this.clock.now();
      if (!this.socket.isOpen) this.link.value = this.connection.state.peek() === 'up' ? 'polling' : 'down';
    }
    this.after('poll', globalThis.document?.hidden ? HIDDEN_POLL_MS : POLL_MS, () => this.poll());
  }

  // ------------------------------------------------------------- keeping work safe

  /** Takes over the work of tabs that are closed; of this tab itself, what its last page left. @param {boolean} [isFirst] */
  async adopt(isFirst = false) {
    try {
      const alive = await this.tabs.alive();
      const isOurs = (/** @type {OutboxOp} */ op) => (op.tab === this.client ? isFirst : !alive.has(op.tab));
      const claimed = await this.persistence.claim((ops) => ops.filter(isOurs).map((op) => ({ ...op, tab: this.client })));
      if (!this.isClosed) this.core.restore(this.outbox.restore(claimed));
    } catch (error) {
      console.warn('Work of closed tabs could not be looked up:', error);
    }
  }

  async adoptAgain() {
    await this.adopt();
    this.after('adopt', ADOPT_MS, () => this.adoptAgain());
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

  /** The page goes away: what is under way is sent once more in a way that outlives it. */
  leave() {
    for (const [media, queue] of this.outbox.queues) {
      const ops = nextBatch(queue);
      if (ops.length && this.connection.state.peek() === 'up') {
        this.api.changes(media, ops.map((op) => toWire(op, op.base ?? this.outbox.guessedBase(op))), { keepalive: true });
      }
    }
  }

  updateSaveState() {
    const facts = {
      connection: this.connection.state.value,
      pending: this.outbox.pending.value,
      conflicts: this.store.conflicts.value.length,
      rejected: this.store.rejected.value.length,
      savedAt: this.outbox.savedAt.value,
      isPersisted: this.outbox.isPersisted.value,
      signIn: this.signIn(),
    };
    const update = () => {
      const state = saveStateOf(facts, this.clock.now());
      const old = this.inner.writable.save.peek();
      const isSame = state.text === old.text && state.state === old.state && state.pending === old.pending && state.savedAt === old.savedAt;
      if (!isSame) this.inner.writable.save.value = state;
      const wait = nextTick(state, this.clock.now());
      if (wait !== null) this.after('words', wait, update);
    };
    this.clock.clearTimeout(this.timers.get('words'));
    update();
  }

  signIn() {
    const back = globalThis.location ? `${location.pathname}${location.search}` : '';
    return `${this.boot.urls.sign_in}?next=${encodeURIComponent(back)}`;
  }

  listen() {
    const target = globalThis.window;
    if (!target) return;
    const on = (/** @type {EventTarget} */ where, /** @type {string} */ name, /** @type {(event: any) => void} */ fn) => {
      where.addEventListener(name, fn);
      this.ends.push(() => where.removeEventListener(name, fn));
    };
    const wake = () => {
      if (document.hidden) return;
      this.connection.retryNow();
      this.socket.connect();
      this.adopt();
    };
    on(target, 'online', wake);
    on(target, 'offline', () => this.connection.failed('network'));
    on(target, 'pageshow', wake);
    on(target, 'focus', () => this.lookAgain());
    on(target, 'pagehide', () => this.leave());
    on(document, 'visibilitychange', wake);
    on(target, 'beforeunload', (event) => {
      if (this.outbox.pending.peek() && !this.outbox.isPersisted.peek()) event.preventDefault();
    });
  }

  /** @param {number} x @param {number} y */
  moveCursor(x, y) {
    this.socket.moveCursor(x, y);
  }

  clearCursor() {
    this.socket.clearCursor();
  }

  /** @param {(event: import('../types/wire').ProjectEvent) => void} fn */
  onEvent(fn) {
    return this.handlers.onEvent(fn);
  }

  /** One timer of a name. @param {string} name @param {number} ms @param {() => void} fn */
  after(name, ms, fn) {
    this.clock.clearTimeout(this.timers.get(name));
    if (!this.isClosed) this.timers.set(name, this.clock.setTimeout(fn, ms));
  }

  close() {
    this.isClosed = true;
    for (const end of this.ends) end();
    for (const timer of this.timers.values()) this.clock.clearTimeout(timer);
    this.connection.close();
    this.stream.close();
    this.socket.close();
    this.handlers.close();
    this.persistence.close();
    this.tabs.close();
  }
}

/** @param {string} url @param {string} [origin] */
function socketUrl(url, origin = globalThis.location?.href) {
  const full = new URL(url, origin);
  full.protocol = full.protocol === 'https:' || full.protocol === 'wss:' ? 'wss:' : 'ws:';
  return full.href;
}
