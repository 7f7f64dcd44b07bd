/** Holds the WebSocket open, sends what is shown and where the pointer is, and passes on the server's messages. */

/**
 * @import {Clock} from '../connection.js'
 * @typedef {{onMessage: (message: any) => void, onOpen: () => void, onDown: (code: number) => void}} Handlers
 */

const FIRST_MS = 500;
const LONGEST_MS = 15000;
const CURSOR_MS = 50;
const OPEN = 1;

export class Socket {
  /**
   * @param {string} url @param {Clock} clock @param {Handlers} handlers
   * @param {(url: string) => WebSocket} [make]
   */
  constructor(url, clock, handlers, make = (address) => new WebSocket(address)) {
    this.url = url;
    this.clock = clock;
    this.handlers = handlers;
    this.make = make;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.attempts = 0;
    this.isClosed = false;
    /** @type {any} */
    this.retry = null;
    /** @type {{x: number, y: number} | null} */
    this.cursor = null;
    /** @type {any} */
    this.cursorTimer = null;
  }

  get isOpen() {
    return this.socket?.readyState === OPEN;
  }

  /** Opens it, now, unless it is open or opening. */
  connect() {
    if (this.isClosed || this.socket) return;
    if (this.retry !== null) this.clock.clearTimeout(this.retry);
    this.retry = null;
    /** @type {WebSocket} */
    let socket;
    try {
      socket = this.make(this.url);
    } catch {
      return this.again();
    }
    this.socket = socket;
    socket.onopen = () => this.handlers.onOpen();
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.attempts = 0;
      let message;
      try {
        message = JSON.parse(data);
      } catch {
        return;
      }
      this.handlers.onMessage(message);
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.handlers.onDown(code);
      this.again();
    };
  }

  /** Drops a socket that has gone silent, and opens another. */
  restart() {
    const old = this.socket;
    if (!old) return this.connect();
    this.socket = null;
    old.close();
    this.handlers.onDown(0);
    this.again();
  }

  again() {
    if (this.isClosed || this.retry !== null) return;
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.attempts, 8)) * (0.5 + this.clock.random());
    this.attempts += 1;
    this.retry = this.clock.setTimeout(() => {
      this.retry = null;
      this.connect();
    }, wait);
  }

  /** @param {object} message @returns {boolean} false when there is no connection */
  send(message) {
    if (!this.isOpen) return false;
    this.socket?.send(JSON.stringify(message));
    return true;
  }

  /** @param {string | null} media @param {number} since */
  join(media, since) {
    return this.send({ type: 'join', media, since: Math.max(0, since) });
  }

  /** At most 20 a second; the last position is always sent. @param {number} x @param {number} y */
  moveCursor(x, y) {
    this.cursor = { x, y };
    if (this.cursorTimer !== null) return;
    this.sendCursor();
    const tick = () => {
      this.cursorTimer = null;
      if (!this.cursor) return;
      this.sendCursor();
      this.cursorTimer = this.clock.setTimeout(tick, CURSOR_MS);
    };
    this.cursorTimer = this.clock.setTimeout(tick, CURSOR_MS);
  }

  sendCursor() {
    if (this.cursor) this.send({ type: 'cursor', ...this.cursor });
    this.cursor = null;
  }

  clearCursor() {
    this.cursor = null;
    this.send({ type: 'cursor_gone' });
  }

  close() {
    this.isClosed = true;
    for (const timer of [this.retry, this.cursorTimer]) if (timer !== null) this.clock.clearTimeout(timer);
    this.socket?.close();
    this.socket = null;
  }
}
