/** Who is on the page and where their pointers are, as received from the socket. */

/**
 * @import {Cursor, Presence} from '../../types/people'
 * @import {Signal} from '@preact/signals-core'
 */

export class People {
  /** @param {{people: Signal<readonly Presence[]>, cursors: Signal<ReadonlyMap<string, Cursor>>}} signals */
  constructor({ people, cursors }) {
    this.people = people;
    this.cursors = cursors;
    /** How the server names this page's socket. */
    this.client = '';
    this.media = '';
  }

  /** Another medium is shown: the pointers on the last one are dropped. @param {string} mediaId */
  shown(mediaId) {
    this.media = mediaId;
    if (this.cursors.peek().size) this.cursors.value = new Map();
  }

  /** @param {any} message */
  handleMessage(message) {
    if (message.type === 'presence') this.present(message.people);
    else if (message.type === 'cursor') this.moved(message);
    else if (message.type === 'cursor_gone') this.drop(message.client);
  }

  /** @param {Presence[]} people */
  present(people) {
    this.people.value = people.map((person) => ({ ...person, isSelf: person.client === this.client }));
    const here = new Set(people.filter((person) => person.media === this.media).map((person) => person.client));
    const cursors = this.cursors.peek();
    if ([...cursors.keys()].some((client) => !here.has(client))) {
      this.cursors.value = new Map([...cursors].filter(([client]) => here.has(client)));
    }
  }

  /** @param {Cursor & {type: string}} message */
  moved({ client, user, name, hue, media, x, y }) {
    if (client === this.client || media !== this.media) return;
    this.cursors.value = new Map(this.cursors.peek()).set(client, { client, user, name, hue, media, x, y });
  }

  /** @param {string} client */
  drop(client) {
    if (!this.cursors.peek().has(client)) return;
    const next = new Map(this.cursors.peek());
    next.delete(client);
    this.cursors.value = next;
  }

  /** The socket is down: nobody is seen. */
  clear() {
    this.people.value = [];
    this.cursors.value = new Map();
  }
}
