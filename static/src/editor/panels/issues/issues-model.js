/** The issues of the shown image: fetched with it and after every event about them; what is written goes through the journal. */
import { batch, computed, effect, signal } from '@preact/signals-core';
import { getJson, postJson } from '../../../ui/dom.js';
import { writeIssue } from '../../commands.js';
import { uuid7 } from '../../store/uuid.js';
import { withPending } from './pending.js';

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
  /** @param {Pick<App, 'boot' | 'store' | 'session'>} app */
  constructor({ boot, store, session }) {
    this.boot = boot;
    this.store = store;
    /** The image that the items are of. @type {string | null} */
    this.shown = null;
    /** @type {import('@preact/signals-core').Signal<readonly Issue[]>} */
    this.fetched = signal([]);
    this.items = computed(() => withPending(this.fetched.value, store.pendingIssues.value, boot.user));
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
    if (media !== this.shown) this.fetched.value = [];
    this.shown = media;
    if (!media) return;
    try {
      this.#take(media, await getJson(this.#url(media)));
    } catch { /* the next event or image fetches them again */ }
  }

  /** @param {string} media */
  #url(media) {
    return this.boot.urls.issues.replace('{id}', media);
  }

  /** @param {string} media @param {{items: Issue[]}} body */
  #take(media, { items }) {
    if (media !== this.media.peek()) return;
    batch(() => {
      this.fetched.value = items;
      this.store.issuesFetched();
    });
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

  /** Kept in this browser until the server has it. @param {import('../../types/changes').IssueDelta['after']} written */
  #write(written) {
    this.store.commit(writeIssue(this.store, written), { capture: 'never' });
  }

  /** @param {string} text @param {{x: number, y: number} | null} place null: about the whole image */
  create(text, place) {
    const issue = uuid7();
    this.#write({ issue, what: 'open', text, x: place?.x ?? null, y: place?.y ?? null, mentions: mentionsIn(text, this.people) });
    this.current.value = issue;
  }

  /** @param {string} issue @param {string} text */
  comment(issue, text) {
    this.#write({ issue, what: 'comment', comment: uuid7(), text, mentions: mentionsIn(text, this.people) });
  }

  /** @param {string} issue @param {boolean} isResolved */
  resolve(issue, isResolved) {
    this.#write({ issue, what: 'resolve', is_resolved: isResolved });
  }

  /** @param {string} id */
  remove(id) {
    return this.#send(`/web/issues/${id}/delete`, {});
  }
}
