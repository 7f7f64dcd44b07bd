/** Receives what happens on the server: by the socket, and by polling while the socket is down or silent. */
import { signal } from '@preact/signals-core';
import { Socket } from './socket.js';
import { Views } from './views.js';

/**
 * @import {ConflictNotice} from '../../types/saving'
 * @import {Clock, Connection} from '../connection.js'
 * @import {People} from './people.js'
 * @import {Stream} from './stream.js'
 * @import {Timers} from '../timers.js'
 */

const POLL_MS = 2000;
const HIDDEN_POLL_MS = 10000;
/** An open socket may be dead without a close event: after this silence the page polls once. */
const SILENT_MS = 30000;
/** Close codes of the server. */
const SIGNED_OUT = 4401;
const NO_ACCESS = new Set([4403, 4404]);

export class Feed {
  /**
   * @param {{url: string, origin?: string, makeSocket?: (url: string) => WebSocket, clock: Clock, timers: Timers,
   *   connection: Connection, stream: Stream, people: People, shownMedia: () => string, accessLost: () => void,
   *   joined: () => void, conflict: (notice: ConflictNotice) => void}} parts
   *   `accessLost` is called when the server closes the socket because the person may not see the project; `joined` when
   *   messages to others can be sent; `conflict` with what another page tells about one
   */
  constructor({ url, origin, makeSocket, clock, timers, connection, stream, people, shownMedia, accessLost, joined, conflict }) {
    this.clock = clock;
    this.timers = timers;
    this.connection = connection;
    this.stream = stream;
    this.people = people;
    this.shownMedia = shownMedia;
    this.accessLost = accessLost;
    this.joined = joined;
    this.conflict = conflict;
    this.isJoined = false;
    this.views = new Views({ clock, send: (message) => this.send(message), isAlone: () => people.people.peek().length < 2 });
    this.socket = new Socket(socketUrl(url, origin), clock, this.socketHandlers(), makeSocket);
    this.link = signal(/** @type {'socket' | 'polling' | 'down'} */ ('down'));
    this.lastMessageAt = 0;
    this.isClosed = false;
  }

  start() {
    this.connection.retries.add(() => this.socket.connect());
    this.socket.connect();
  }

  /** Subscribes to the medium that is shown. */
  join() {
    this.isJoined = this.socket.join(this.shownMedia(), this.stream.last);
    if (!this.isJoined) return;
    this.joined();
    this.views.rejoined();
  }

  /** Sends a message to the pages of others. @param {object} message @returns {boolean} false when there is no connection */
  send(message) {
    return this.isJoined && this.socket.send(message);
  }

  /** @returns {import('./socket.js').Handlers} */
  socketHandlers() {
    return {
      onOpen: () => {
        this.link.value = 'socket';
        this.connection.reached();
        if (this.shownMedia()) this.join();
      },
      onMessage: (message) => this.handleMessage(message),
      onDown: (code) => {
        this.link.value = 'down';
        this.isJoined = false;
        this.people.clear();
        if (code === SIGNED_OUT) this.connection.signedOut(true);
        if (NO_ACCESS.has(code)) this.accessLost();
      },
    };
  }

  /** @param {any} message */
  handleMessage(message) {
    this.lastMessageAt = this.clock.now();
    if (message.type === 'event') this.stream.push(message);
    else if (message.type === 'hello') {
      this.people.client = message.client;
      this.stream.head(message.seq);
    }
    else if (message.type === 'resync') this.stream.startOver();
    else if (message.type === 'conflict') this.conflict(message);
    else if (!this.views.handleMessage(message)) this.people.handleMessage(message);
  }

  /** A request other than one of changes failed. @param {number} status of HTTP, 0 without an answer */
  requestFailed(status) {
    if (status === 401) this.connection.signedOut(true);
    else if (status === 0) this.connection.failed('network');
    // the socket may be dead as well, without a close event
    if (status === 0 && this.socket.isOpen) this.socket.restart();
  }

  /** Catches up on events when the socket cannot deliver them, and schedules the next poll. */
  async poll() {
    if (this.isClosed) return;
    const isAway = this.connection.isStuck() || !this.shownMedia();
    const isSilent = this.clock.now() - this.lastMessageAt > SILENT_MS && !globalThis.document?.hidden;
    if (!isAway && (!this.socket.isOpen || isSilent)) {
      await this.stream.catchUp();
      this.lastMessageAt = this.clock.now();
      if (!this.socket.isOpen) this.link.value = this.connection.state.peek() === 'up' ? 'polling' : 'down';
    }
    this.timers.restart('poll', globalThis.document?.hidden ? HIDDEN_POLL_MS : POLL_MS, () => this.poll());
  }

  close() {
    this.isClosed = true;
    this.views.close();
    this.socket.close();
  }
}

/** @param {string} url @param {string} [origin] */
function socketUrl(url, origin = globalThis.location?.href) {
  const full = new URL(url, origin);
  full.protocol = full.protocol === 'https:' || full.protocol === 'wss:' ? 'wss:' : 'ws:';
  return full.href;
}
