/** Handles the events of the project: for the shown medium, for states fetched ahead, for the vocabulary (see event-kinds.js). */

import { batch, signal } from '@preact/signals-core';
import { eventKind, mediaOf } from '../../../event-kinds.js';
import { t } from '../../../i18n.js';

/**
 * @import {PageSession} from '../../types/page'
 * @import {ProjectEvent} from '../../types/wire'
 * @import {Inner} from '../../store/store.js'
 * @import {Loader} from '../loader.js'
 * @import {Timers} from '../timers.js'
 */

/** Events that follow each other within this time lead to one request. */
const SETTLE_MS = 300;

export class EventHandlers {
  /**
   * @param {{inner: Inner, loader: Loader, refetch: () => Promise<unknown>, renew: () => Promise<unknown>, timers: Timers}} parts
   */
  constructor({ inner, loader, refetch, renew, timers }) {
    this.inner = inner;
    this.loader = loader;
    this.refetch = refetch;
    this.renew = renew;
    this.timers = timers;
    /** Why the shown medium is no longer available, as text. */
    this.unavailable = signal(/** @type {string | null} */ (null));
    /** @type {Set<(event: ProjectEvent) => void>} */
    this.listeners = new Set();
    /** Number of the last event that the listeners were called with. */
    this.lastNotified = 0;
  }

  /** @param {(event: ProjectEvent) => void} fn */
  onEvent(fn) {
    this.listeners.add(fn);
    return () => {
      this.listeners.delete(fn);
    };
  }

  /** Applies the next event of the stream. @param {ProjectEvent} event */
  applyEvent(event) {
    const { core } = this.inner;
    this.invalidate(event);
    batch(() => {
      core.applyEvent(event);
      if (this.concernsShown(event)) this.applyToShown(event);
    });
    if (eventKind(event.kind).effects.includes('vocabulary')) this.scheduleRenewal();
    // a stream that went back delivers the same events again
    if (event.seq > this.lastNotified) {
      this.lastNotified = event.seq;
      this.notifyListeners(event);
    }
  }

  /** @param {ProjectEvent} event */
  notifyListeners(event) {
    if (event.kind === 'resync') this.lastNotified = event.seq;
    for (const listener of this.listeners) listener(event);
  }

  /** @param {ProjectEvent} event @returns {string[] | null} null: all of the project */
  mediaOf(event) {
    return mediaOf(event) ?? (eventKind(event.kind).isWhole ? null : []);
  }

  /** @param {ProjectEvent} event */
  concernsShown(event) {
    const media = this.mediaOf(event);
    return media === null || media.includes(this.inner.core.mediaId);
  }

  /** Marks the states fetched ahead that the event outdates. @param {ProjectEvent} event */
  invalidate(event) {
    const media = this.mediaOf(event);
    const { effects } = eventKind(event.kind);
    if (media === null) {
      if (effects.includes('refetch')) this.loader.touchAll(event.seq);
    } else for (const id of media) this.loader.touch(id, event.seq);
  }

  /** Applies what concerns the shown medium besides its labels and tags. @param {ProjectEvent} event */
  applyToShown(event) {
    const { core, writable } = this.inner;
    if (event.kind === 'status.changed') {
      const status = this.inner.store.status.peek();
      const media = writable.media.peek();
      if (!media || !status) return;
      const before = media.status.base;
      writable.media.value = { ...media, status };
      // permissions depend on the status, except at this step, which the first label causes by itself
      if (before === 'NEW' && status.base === 'IN PROGRESS') return;
      if (before !== status.base) this.timers.startOnce('refetch', SETTLE_MS, this.refetch);
      return;
    }
    if (event.kind === 'media.restored') this.unavailable.value = null;
    const { effects } = eventKind(event.kind);
    if (effects.includes('leave')) this.unavailable.value = event.actor?.name ? t('{name} deleted this image.', { name: event.actor.name }) : t('This image was deleted.');
    else if (effects.includes('refetch') && core.labels.seq < event.seq) this.timers.startOnce('refetch', SETTLE_MS, this.refetch);
  }

  /** Fetches the session and its vocabulary again. */
  scheduleRenewal() {
    this.timers.startOnce('renew', SETTLE_MS, this.renew);
  }

  /** Replaces classes, keypoint schemas, statuses, tag groups and attributes in the store. @param {PageSession} session */
  applyVocabulary({ concepts, keypoint_schemas, statuses, tag_groups = [], attributes = [] }) {
    const { store } = this.inner;
    batch(() => {
      store.concepts.value = [...concepts].sort((a, b) => a.order - b.order);
      store.keypointSchemas.value = keypoint_schemas;
      store.statuses.value = statuses;
      store.tagGroups.value = tag_groups;
      store.attributes.value = attributes;
      const active = store.activeConcept.peek();
      if (active === null || !store.concept(active)?.on_region) store.activeConcept.value = store.regionConcepts.peek()[0]?.id ?? null;
    });
  }
}
