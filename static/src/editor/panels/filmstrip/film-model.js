/** The images around the shown one in the filtered order: a growing window of the list, next and previous. */
import { computed, signal } from '@preact/signals-core';

/** @import {Boot} from '../../types/page' */
/** @import {ProjectEvent} from '../../types/wire' */

/**
 * @typedef {{id: string, index: number, name: string, thumbnail_url: string | null, status: {name: string, base: string}, labels: number, health?: string}} Frame
 * @typedef {{index: number | null, total: number, items: Frame[]}} Answer
 */

const BEFORE = 12;
const AFTER = 16;
/** Frames in memory; the ones farthest from the shown image are dropped first. */
const MOST = 240;
const REFRESH_MS = 800;
const RETRY_MS = 5000;

/** Joins two stretches of the list; the newer answer wins. A gap between them: only the newer stays. @param {readonly Frame[]} old @param {readonly Frame[]} fresh */
export function joined(old, fresh) {
  if (!fresh.length) return [...old];
  const ids = new Set(fresh.map((one) => one.id));
  const first = fresh[0].index;
  const last = fresh[fresh.length - 1].index;
  const kept = old.filter((one) => !ids.has(one.id) && (one.index < first || one.index > last));
  const before = kept.filter((one) => one.index < first);
  const after = kept.filter((one) => one.index > last);
  const touches = (/** @type {readonly Frame[]} */ part, /** @type {number} */ edge) => part.length > 0 && part[edge < first ? part.length - 1 : 0].index === edge;
  return [...(touches(before, first - 1) ? before : []), ...fresh, ...(touches(after, last + 1) ? after : [])];
}

/** At most `most` frames around one. @param {Frame[]} items @param {string | null} id @param {number} most */
export function trimmed(items, id, most) {
  if (items.length <= most) return items;
  const at = Math.max(0, items.findIndex((one) => one.id === id));
  const first = Math.max(0, Math.min(items.length - most, at - Math.floor(most / 2)));
  return items.slice(first, first + most);
}

/**
 * The frames before and after the shown image: null when there is none, undefined while it is not known; and its own index.
 * @param {readonly Frame[]} items @param {string | null} id @param {{id: string, index: number} | null} gap @param {number} total
 * @returns {{previous: Frame | null | undefined, next: Frame | null | undefined, index: number | null}}
 */
export function neighbors(items, id, gap, total) {
  const at = items.findIndex((one) => one.id === id);
  if (at >= 0) {
    const { index } = items[at];
    return { previous: items[at - 1] ?? (index > 0 ? undefined : null), next: items[at + 1] ?? (index < total - 1 ? undefined : null), index };
  }
  if (!gap || gap.id !== id) return { previous: undefined, next: undefined, index: null };
  const previous = items.findLast((one) => one.index < gap.index) ?? (gap.index > 0 ? undefined : null);
  return { previous, next: items.find((one) => one.index >= gap.index) ?? (gap.index < total ? undefined : null), index: null };
}

export class Film {
  /** @param {Boot} boot @param {typeof fetch} [fetcher] */
  constructor(boot, fetcher = (...args) => fetch(...args)) {
    this.boot = boot;
    this.fetch = fetcher;
    this.items = signal(/** @type {readonly Frame[]} */ ([]));
    this.total = signal(0);
    this.current = signal(/** @type {string | null} */ (null));
    this.failed = signal(false);
    this.loading = /** @type {Promise<void> | null} */ (null);
    this.timer = /** @type {ReturnType<typeof setTimeout> | null} */ (null);
    this.turn = 0;
    /** Images came, went or moved: the indexes of what is known are wrong. */
    this.isStale = false;
    /** Where the shown image would stand when the filter does not let it through (any more). */
    this.gap = signal(/** @type {{id: string, index: number} | null} */ (null));
    const around = computed(() => neighbors(this.items.value, this.current.value, this.gap.value, this.total.value));
    this.next = computed(() => around.value.next);
    this.previous = computed(() => around.value.previous);
    /** n of N once the list is known; index null: the image is not in it. */
    this.place = computed(() => (this.items.value.length || this.gap.value ? { index: around.value.index, total: this.total.value } : null));
  }

  /** Ids to fetch ahead, the most likely first. @param {number} ahead @param {number} behind */
  around(ahead, behind) {
    const items = this.items.peek();
    const at = items.findIndex((one) => one.id === this.current.peek());
    if (at < 0) return [];
    return [...items.slice(at + 1, at + 1 + ahead), ...items.slice(Math.max(0, at - behind), at).reverse()].map((one) => one.id);
  }

  /** Another image is shown: the window moves along when it comes near its end. @param {string} id */
  async show(id) {
    this.current.value = id;
    const items = this.items.peek();
    const at = items.findIndex((one) => one.id === id);
    const last = items[items.length - 1];
    const isNearStart = at < 4 && (items[0]?.index ?? 1) > 0;
    const isNearEnd = at > items.length - 5 && (last?.index ?? -1) < this.total.peek() - 1;
    if (at < 0 || isNearStart || isNearEnd) await this.read(id, BEFORE, AFTER);
  }

  /** Fetches the position of the shown image, unless a request is running. */
  find() {
    const id = this.current.peek();
    if (id && !this.loading) this.show(id);
  }

  /** More frames at one end. @param {'start' | 'end'} end */
  async more(end) {
    const items = this.items.peek();
    if (!items.length || this.loading) return;
    const edge = end === 'start' ? items[0] : items[items.length - 1];
    if (end === 'start' ? edge.index <= 0 : edge.index >= this.total.peek() - 1) return;
    await this.read(edge.id, end === 'start' ? 40 : 0, end === 'start' ? 0 : 40);
  }

  /** @param {string} around @param {number} before @param {number} after @param {boolean} [isReset] what was known is not true any more */
  read(around, before, after, isReset = false) {
    this.turn += 1;
    const turn = this.turn;
    this.loading = this.ask({ around, before, after }).then((answer) => {
      if (turn === this.turn) this.loading = null;
      if (!answer) return;
      const known = isReset ? [] : this.items.peek().filter((one) => one.index < answer.total);
      this.total.value = answer.total;
      this.gap.value = answer.index !== null && !answer.items.some((one) => one.id === around) ? { id: around, index: answer.index } : null;
      this.items.value = trimmed(joined(known, answer.items), this.current.peek(), MOST);
    });
    return this.loading;
  }

  /** The frame at a place of the list; null when the list is shorter, undefined without an answer. @param {number} index 0 the first */
  async at(index) {
    const known = this.items.peek().find((one) => one.index === index);
    if (known) return known;
    const answer = await this.ask({ at: index, before: 0, after: 0 });
    if (answer) this.total.value = answer.total;
    return answer ? (answer.items[0] ?? null) : undefined;
  }

  /** @param {Record<string, string | number>} what @returns {Promise<Answer | null>} null: no answer, the window is read again later */
  async ask(what) {
    const query = new URLSearchParams(this.boot.filter);
    for (const [name, value] of Object.entries(what)) query.set(name, String(value));
    try {
      const response = await this.fetch(`${this.boot.urls.film}?${query}`, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (!response.ok) throw new Error(String(response.status));
      this.failed.value = false;
      return await response.json();
    } catch {
      this.failed.value = true;
      this.scheduleRead(RETRY_MS);
      return null;
    }
  }

  /** Reads the window again after a delay, once for many calls. @param {number} [ms] */
  scheduleRead(ms = REFRESH_MS) {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      const id = this.current.peek();
      if (id) this.read(id, BEFORE, AFTER, this.isStale);
      this.isStale = false;
    }, ms);
    /** @type {any} */ (this.timer).unref?.();
  }

  /** Schedules a read when an event concerns the list or one of its other items. @param {ProjectEvent} event */
  applyEvent({ kind, media }) {
    const isList = /^(media\.|dataset\.|bulk|resync)/.test(kind);
    const isFrame = /^(labels|status|tags)\./.test(kind) && (!media || (media !== this.current.peek() && this.items.peek().some((one) => one.id === media)));
    this.isStale ||= isList;
    if (isList || isFrame) this.scheduleRead();
  }

  /** Updates an item by what the page knows before the list does. @param {string} id @param {{status?: {name: string, base: string}, labels?: number}} changes */
  updateItem(id, changes) {
    const items = this.items.peek();
    const at = items.findIndex((one) => one.id === id);
    if (at < 0) return;
    const old = items[at];
    if ((changes.labels ?? old.labels) === old.labels && (changes.status?.name ?? old.status.name) === old.status.name) return;
    this.items.value = items.with(at, { ...old, ...changes });
  }
}
