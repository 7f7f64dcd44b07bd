/** Names of people by id, taken from the page, presence and events. */
import { signal } from '@preact/signals-core';
import { t } from '../../i18n.js';

/** @import {Person} from '../types/page' */
/** @import {Session} from '../types/session' */

/** Initials as the server makes them. @param {string} name */
export function initialsOf(name) {
  const words = name.replace(/[._-]/g, ' ').split(/\s+/).filter(Boolean);
  if (!words.length) return '?';
  const letters = words.length > 1 ? [...words[0]][0] + [...words[words.length - 1]][0] : [...words[0]].slice(0, 2).join('');
  return letters.toUpperCase();
}

/** The hue of a person, as the server makes it: their id as a number, by 360. @param {string} id */
export function hueOf(id) {
  const hex = id.replaceAll('-', '');
  return /^[0-9a-f]{1,32}$/i.test(hex) ? Number(BigInt(`0x${hex}`) % 360n) : 240;
}

export class Names {
  /** @param {Iterable<Person>} known */
  constructor(known) {
    /** @type {Map<string, Person>} */
    this.people = new Map();
    /** Rises with each new name. */
    this.version = signal(0);
    for (const person of known) this.people.set(person.id, person);
  }

  /** @param {string | null | undefined} id @param {string | undefined} name */
  setName(id, name) {
    if (!id || !name || this.people.get(id)?.name === name) return;
    this.people.set(id, { id, name, initials: initialsOf(name), hue: hueOf(id) });
    this.version.value += 1;
  }

  /** Takes over names from presence and events. @param {Session} session */
  listen(session) {
    session.store.people.subscribe((people) => {
      for (const one of people) this.setName(one.user, one.name);
    });
    return session.onEvent((event) => this.setName(event.actor?.id, event.actor?.name));
  }

  /** @param {string | null} id @returns {Person | null} null: nobody, that is the server itself */
  of(id) {
    this.version.value; // read here, so that a panel is drawn again when the name becomes known
    if (!id) return null;
    return this.people.get(id) ?? { id, name: t('Someone'), initials: '?', hue: hueOf(id) };
  }
}
