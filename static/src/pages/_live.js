/** Live updates of a project: by WebSocket, by polling while it is closed; also who else is online. */
import { h } from '../ui/dom.js';
import { getJson } from './_page.js';

const POLL_MS = 4000;
const MAX_PAUSE_MS = 30_000;

/**
 * @typedef {{seq: number, kind: string, media?: string | null, after?: any}} Event
 * @typedef {{client: string, user: string, name: string, initials: string, hue: number}} Person
 * @typedef {{onEvents: (events: Event[]) => void, onResync: () => void, onPeople?: (people: Person[]) => void, onState?: (isLive: boolean) => void}} Listener
 */

/** Follows a project from a sequence number on and delivers each event once and in order. */
export class Live {
  /** @param {string} project @param {number} head @param {Listener} listener */
  constructor(project, head, listener) {
    this.project = project;
    this.seq = head;
    this.listener = listener;
    this.pause = 500;
    this.isOpen = false;
    this.connect();
    setInterval(() => { if (!this.isOpen && !document.hidden) this.poll(); }, POLL_MS);
    document.addEventListener('visibilitychange', () => { if (!document.hidden && !this.isOpen) this.poll(); });
  }

  connect() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/projects/${this.project}/`);
    socket.addEventListener('message', (message) => this.#take(socket, JSON.parse(message.data)));
    socket.addEventListener('close', (event) => {
      const wasOpen = this.isOpen;
      this.#show(false);
      // after a change of the password this browser has a new session
      if (event.code >= 4400 && event.code !== 4408 && !(event.code === 4401 && wasOpen)) return;
      setTimeout(() => this.connect(), this.pause);
      this.pause = Math.min(MAX_PAUSE_MS, this.pause * 2);
    });
  }

  /** @param {WebSocket} socket @param {any} message */
  #take(socket, message) {
    if (message.type === 'hello') {
      this.pause = 500;
      socket.send(JSON.stringify({ type: 'join', media: null, since: this.seq }));
      this.#show(true);
    } else if (message.type === 'event') this.#apply([message]);
    else if (message.type === 'resync') this.#resync(message.head);
    else if (message.type === 'presence') {
      const people = new Map(message.people.map((/** @type {Person} */ one) => [one.user, one]));
      this.listener.onPeople?.([...people.values()]);
    }
  }

  /** Fetches missed events. */
  async poll() {
    try {
      const response = await getJson(`/web/projects/${this.project}/events?since=${this.seq}`);
      if (response.resync) this.#resync(response.head);
      else this.#apply(response.events);
      if (response.more) await this.poll();
    } catch { /* retried with the next poll */ }
  }

  /** @param {Event[]} events */
  #apply(events) {
    const fresh = events.filter((event) => event.seq > this.seq);
    if (!fresh.length) return;
    this.seq = fresh[fresh.length - 1].seq;
    this.listener.onEvents(fresh);
  }

  /** @param {number} head */
  #resync(head) {
    this.seq = head;
    this.listener.onResync();
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    this.isOpen = isOpen;
    this.listener.onState?.(isOpen);
  }
}

/** Shows who is online as avatars. @param {HTMLElement} place @param {Person[]} people */
export function showPeople(place, people) {
  place.replaceChildren(...people.slice(0, 6).map((person) => {
    const avatar = h('span', { class: 'avatar', role: 'img', 'aria-label': person.name, title: person.name, 'data-live': true, text: person.initials });
    avatar.style.setProperty('--h', String(person.hue));
    return avatar;
  }));
}

/** Runs a function at most once in `ms`, and once more after the last call. @param {() => unknown} run @param {number} ms */
export function throttle(run, ms) {
  let timer = 0;
  let last = 0;
  return () => {
    if (timer) return;
    const wait = Math.max(0, last + ms - Date.now());
    timer = window.setTimeout(() => {
      timer = 0;
      last = Date.now();
      run();
    }, Math.max(wait, 60));
  };
}
