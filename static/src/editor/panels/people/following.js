/** Following the view of a colleague: their image and the part of it that they show, until one moves the view oneself. */
import { effect, signal, untracked } from '@preact/signals-core';
import { t } from '../../../i18n.js';

/** @import {App} from '../app' */
/** @import {Presence, SharedView} from '../../types/people' */

export class Following {
  /** @param {Pick<App, 'session' | 'store' | 'stage' | 'announce'> & {open: App['open']}} app */
  constructor(app) {
    this.app = app;
    /** @type {import('@preact/signals-core').Signal<Presence | null>} */
    this.who = signal(null);
    /** The image that is being opened for it. */
    this.opening = '';
    const { session, store, stage } = app;
    session.onView((view) => this.#show(view));
    store.view.subscribe((view) => session.showView(view));
    const leave = () => this.stop();
    stage.root.addEventListener('wheel', leave, { passive: true });
    stage.root.addEventListener('pointerdown', leave);
    effect(() => {
      const people = store.people.value;
      untracked(() => this.#moved(people));
    });
  }

  /** @param {Presence} person */
  start(person) {
    this.who.value = person;
    this.app.session.follow(person.client);
    this.#open(person.media);
  }

  /** @returns {boolean} whether somebody was followed */
  stop() {
    if (!this.who.peek()) return false;
    this.who.value = null;
    this.app.session.follow(null);
    this.app.announce(t('Following ended'), { spokenOnly: true });
    return true;
  }

  /** Those who are there have changed. @param {readonly Presence[]} people */
  #moved(people) {
    const followed = this.who.peek();
    if (!followed || !people.length) return; // without a connection nobody is seen
    const now = people.find((one) => one.client === followed.client);
    if (now) return this.#open(now.media);
    this.stop();
    this.app.announce(t('{name} has gone', { name: followed.name }));
  }

  /** @param {string | null} media */
  async #open(media) {
    if (!media || media === this.app.store.media.peek()?.id || media === this.opening) return;
    this.opening = media;
    await this.app.open(media);
    this.opening = '';
    const followed = this.who.peek();
    if (followed) this.app.session.follow(followed.client); // asks for the view once more
  }

  /** @param {SharedView} view */
  #show({ media, x, y, zoom }) {
    if (media === this.app.store.media.peek()?.id && !this.opening) this.app.stage.view = { x, y, zoom };
  }
}
