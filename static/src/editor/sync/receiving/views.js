/** Sends this page's view to those who follow it, and passes on the view of the page that is followed. */

/**
 * @import {SharedView} from '../../types/people'
 * @import {Clock} from '../connection.js'
 * @typedef {{x: number, y: number, zoom: number}} View
 */

const PAUSE_MS = 200;

export class Views {
  /** @param {{clock: Clock, send: (message: object) => boolean, isAlone: () => boolean}} parts */
  constructor({ clock, send, isAlone }) {
    this.clock = clock;
    this.send = send;
    this.isAlone = isAlone;
    /** @type {View | null} */
    this.last = null;
    this.isDue = false;
    /** @type {any} */
    this.timer = null;
    /** @type {string | null} */
    this.followed = null;
    /** @type {Set<(view: SharedView) => void>} */
    this.listeners = new Set();
  }

  /** @param {View} view */
  show({ x, y, zoom }) {
    this.last = { x, y, zoom };
    this.isDue = true;
    if (this.timer === null) this.tick();
  }

  tick() {
    this.timer = null;
    if (!this.isDue || !this.last || this.isAlone()) return;
    this.isDue = false;
    this.send({ type: 'view', ...this.last });
    this.timer = this.clock.setTimeout(() => this.tick(), PAUSE_MS);
  }

  /** @param {string | null} client */
  follow(client) {
    this.followed = client;
    this.send({ type: 'follow', client });
  }

  /** The socket is there again: the server does not know who was followed. */
  rejoined() {
    if (this.followed) this.follow(this.followed);
  }

  /** @param {any} message @returns {boolean} whether it was about views */
  handleMessage({ type, ...view }) {
    if (type === 'view_asked' && this.last) this.send({ type: 'view', ...this.last });
    if (type === 'view' && view.client === this.followed) for (const listener of this.listeners) listener(view);
    return type === 'view' || type === 'view_asked';
  }

  close() {
    if (this.timer !== null) this.clock.clearTimeout(this.timer);
  }
}
