/** What each kind of event means: for the shown medium, for states fetched ahead, for the classes of the project. */

import { batch, signal } from '@preact/signals-core';
import { eventKind, mediaOf } from '../../event-kinds.js';
import { t } from '../../i18n.js';

/**
 * @import {PageSession} from '../types/page'
 * @import {ProjectEvent} from '../types/wire'
 * @import {Inner} from '../store/store.js'
 * @import {Loader} from './loader.js'
 * @import {Clock} from './connection.js'
 */

/** Many classes made one after another are one look at the server. */
const SETTLE_MS = 300;

export class News {
  /**
   * @param {{inner: Inner, loader: Loader, refetch: () => Promise<unknown>, renew: () => Promise<unknown>, clock: Clock}} parts
   */
  constructor({ inner, loader, refetch, renew, clock }) {
    this.inner = inner;
    this.loader = loader;
    this.refetch = refetch;
    this.renew = renew;
    this.clock = clock;
    /** Why the shown medium is not there any more. */
    this.gone = signal(/** @type {string | null} */ (null));
    /** @type {Set<(event: ProjectEvent) => void>} */
    this.listeners = new Set();
    this.told = 0;
    /** @type {Map<string, any>} */
    this.timers = new Map();
  }

  /** @param {(event: ProjectEvent) => void} fn */
  onEvent(fn) {
    this.listeners.add(fn);
    return () => {
      this.listeners.delete(fn);
    };
  }

  /** The stream went on by one. @param {ProjectEvent} event */
  take(event) {
    const { core } = this.inner;
    this.invalidate(event);
    batch(() => {
      core.event(event);
      if (this.concerns(event)) this.shown(event);
    });
    if (eventKind(event.kind).effects.includes('vocabulary')) this.vocabulary();
    // a stream that went back tells the same events again
    if (event.seq > this.told) {
      this.told = event.seq;
      this.tell(event);
    }
  }

  /** @param {ProjectEvent} event */
  tell(event) {
    if (event.kind === 'resync') this.told = event.seq;
    for (const listener of this.listeners) listener(event);
  }

  /** @param {ProjectEvent} event @returns {string[] | null} null: all of the project */
  mediaOf(event) {
    return mediaOf(event) ?? (eventKind(event.kind).isWhole ? null : []);
  }

  /** @param {ProjectEvent} event */
  concerns(event) {
    const media = this.mediaOf(event);
    return media === null || media.includes(this.inner.core.mediaId);
  }

  /** @param {ProjectEvent} event */
  invalidate(event) {
    const media = this.mediaOf(event);
    const { effects } = eventKind(event.kind);
    if (media === null) {
      if (effects.includes('refetch')) this.loader.touchAll(event.seq);
    } else for (const id of media) this.loader.touch(id, event.seq);
  }

  /** Something about the shown medium besides its labels and tags. @param {ProjectEvent} event */
  shown(event) {
    const { core, writable } = this.inner;
    if (event.kind === 'status.changed') {
      const status = this.inner.store.status.peek();
      const media = writable.media.peek();
      if (!media || !status) return;
      const before = media.status.base;
      writable.media.value = { ...media, status };
      // what one may do depends on the status, but not on this step, which the first label makes by itself
      if (before === 'NEW' && status.base === 'IN PROGRESS') return;
      if (before !== status.base) this.soon('refetch', this.refetch);
      return;
    }
    if (event.kind === 'media.restored') this.gone.value = null;
    const { effects } = eventKind(event.kind);
    if (effects.includes('leave')) this.gone.value = event.actor?.name ? t('{name} deleted this image.', { name: event.actor.name }) : t('This image was deleted.');
    else if (effects.includes('refetch') && core.labels.seq < event.seq) this.soon('refetch', this.refetch);
  }

  vocabulary() {
    this.soon('renew', this.renew);
  }

  /** @param {string} what @param {() => Promise<unknown>} fn */
  soon(what, fn) {
    if (this.timers.has(what)) return;
    this.timers.set(what, this.clock.setTimeout(() => {
      this.timers.delete(what);
      fn();
    }, SETTLE_MS));
  }

  /** Takes over what the project's words are now. @param {PageSession} session */
  learn({ concepts, keypoint_schemas, statuses }) {
    const { store } = this.inner;
    batch(() => {
      store.concepts.value = [...concepts].sort((a, b) => a.order - b.order);
      store.keypointSchemas.value = keypoint_schemas;
      store.statuses.value = statuses;
      const active = store.activeConcept.peek();
      if (active === null || !store.concept(active)?.on_region) store.activeConcept.value = store.regionConcepts.peek()[0]?.id ?? null;
    });
  }

  close() {
    for (const timer of this.timers.values()) this.clock.clearTimeout(timer);
  }
}
