/** The issues of the shown image: fetched with it and after every event about them; writes go to the server at once. */
import { computed, effect, signal } from '@preact/signals-core';
import { postJson, readResponse } from '../../../ui/dom.js';
import { uuid7 } from '../../store/uuid.js';

/** @import {App} from '../app' */

/**
 * @typedef {{id: string, name: string} | null} Writer
 * @typedef {{id: string, text: string, mentions: string[], by: Writer, at: string}} IssueComment
 * @typedef {{id: string, x: number | null, y: number | null, is_resolved: boolean, by: Writer, resolved_by: Writer, at: string, comments: IssueComment[]}} Issue
 */

/** The members that a text names with @. @param {string} text @param {readonly {id: string, name: string}[]} people @returns {string[]} ids */
export function mentionsIn(text, people) {
  return people.filter(({ name }) => name && text.includes(`@${name}`)).map(({ id }) => id);
}

/** The parts of a text, those that name a member marked. @param {string} text @param {readonly {name: string}[]} people @returns {{text: string, isMention: boolean}[]} */
export function partsOf(text, people) {
  const names = people.map(({ name }) => name).filter(Boolean).sort((a, b) => b.length - a.length);
  if (!names.length) return [{ text, isMention: false }];
  const pattern = new RegExp(`(@(?:${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')}))`, 'u');
  return text.split(pattern).flatMap((part, i) => (part ? [{ text: part, isMention: i % 2 === 1 }] : []));
}

export class Issues {
  /** The ids of writes without an answer, by what was written. @type {Map<string, string>} */
  #unanswered = new Map();

  /** @param {Pick<App, 'boot' | 'store' | 'session'>} app */
  constructor({ boot, store, session }) {
    this.boot = boot;
    this.store = store;
    /** The image that the items are of. @type {string | null} */
    this.shown = null;
    /** @type {import('@preact/signals-core').Signal<readonly Issue[]>} */
    this.items = signal([]);
    this.open = computed(() => this.items.value.filter((one) => !one.is_resolved));
    /** The issue that is shown open in the list. @type {import('@preact/signals-core').Signal<string | null>} */
    this.current = signal(null);
    this.media = computed(() => store.media.value?.id ?? null);
    effect(() => { this.#reload(this.media.value); });
    session.onEvent((event) => {
      if (event.kind === 'issues.changed' && event.media === this.media.peek()) this.#reload(event.media);
    });
  }

  /** @param {string | null} media */
  async #reload(media) {
    if (media !== this.shown) this.items.value = [];
    this.shown = media;
    if (!media) return;
    try {
      const response = await fetch(this.#url(media), { credentials: 'same-origin' });
      this.#take(media, await readResponse(response));
    } catch { /* the next event or image fetches them again */ }
  }

  /** @param {string} media */
  #url(media) {
    return this.boot.urls.issues.replace('{id}', media);
  }

  /** @param {string} media @param {{items: Issue[]}} body */
  #take(media, { items }) {
    if (media === this.media.peek()) this.items.value = items;
  }

  get people() {
    return this.boot.people ?? [];
  }

  /** @param {string} url @param {object} body */
  async #send(url, body) {
    const media = this.media.peek();
    const answer = await postJson(url, body);
    if (media) this.#take(media, answer);
  }

  /** Writes something under an id that stays the same until the server has it: sent again, it is there once. @param {string} url @param {object} body @returns {Promise<string>} the id */
  async #write(url, body) {
    const what = JSON.stringify([url, body]);
    const id = this.#unanswered.get(what) ?? uuid7();
    this.#unanswered.set(what, id);
    await this.#send(url, { id, ...body });
    this.#unanswered.delete(what);
    return id;
  }

  /** @param {string} text @param {{x: number, y: number} | null} place null: about the whole image @returns {Promise<string>} its id */
  async create(text, place) {
    const id = await this.#write(`${this.#url(this.media.peek() ?? '')}/new`, { text, x: place?.x ?? null, y: place?.y ?? null, mentions: mentionsIn(text, this.people) });
    this.current.value = id;
    return id;
  }

  /** @param {string} id @param {string} text */
  comment(id, text) {
    return this.#write(`/web/issues/${id}/comment`, { text, mentions: mentionsIn(text, this.people) });
  }

  /** @param {string} id @param {boolean} isResolved */
  resolve(id, isResolved) {
    return this.#send(`/web/issues/${id}/resolve`, { is_resolved: isResolved });
  }

  /** @param {string} id */
  remove(id) {
    return this.#send(`/web/issues/${id}/delete`, {});
  }
}
