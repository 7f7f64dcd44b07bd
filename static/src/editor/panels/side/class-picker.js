/** Choosing a class: a button that shows it and opens the palette of classes; it changes what is selected, else the next shape. */
import { ngettext, t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { openPalette } from '../../../ui/palette.js';
import { setConcept } from '../../commands.js';
import { html, nothing, render } from '../live.js';
import { digitOf } from './classes-model.js';
import { icon, kbd, swatch } from '../templates.js';

/** @import {Concept} from '../../types/page' */
/** @import {App} from '../app' */

/** Why nothing can be drawn in a project without classes. */
export const noClasses = () => t('Objects need a class. This project has no classes yet.');

/** Gives the selected shapes a class, or the next shape when none is selected. @param {App} app @param {string} id */
export function useClass({ store, announce }, id) {
  const selected = [...store.selection.peek()];
  const ids = selected.filter((one) => store.isEditable(one));
  const name = store.concept(id)?.name ?? '';
  if (selected.length > ids.length) announce(store.may.peek().label ? t('Locked objects were not changed') : store.may.peek().reason);
  if (selected.length && !ids.length) return;
  if (ids.length) {
    store.commit(setConcept(store, ids, id));
    announce(t('Class {name}', { name }), { spokenOnly: true });
  } else announce(t('Class of the next object: {name}', { name }), { spokenOnly: true });
  store.activeConcept.value = id;
}

/**
 * The class of what is selected, else of the next shape, with its name; several classes have no concept in common.
 * @param {App} app @returns {{concept: Concept | undefined, name: string, use: string}}
 */
export function shownClass({ store }) {
  store.version.value;
  const [first, ...others] = [...store.selection.value].flatMap((id) => store.labels.get(id) ?? []);
  if (!first) {
    const concept = store.concept(store.activeConcept.value);
    return { concept, name: concept?.name ?? t('No class'), use: t('Class of the next object') };
  }
  const use = ngettext('Class of the selected object', 'Class of the selected objects', others.length + 1);
  if (others.some((one) => one.concept !== first.concept)) return { concept: undefined, name: t('Multiple'), use };
  const concept = store.concept(first.concept);
  return { concept, name: concept?.name ?? t('Class deleted'), use };
}

/** @param {Concept} concept */
function mark(concept) {
  const held = h('span', { class: 'row' });
  render(swatch(concept), held);
  return held;
}

/** The classes as entries of the palette. @param {App} app @param {string} [current] where the list opens @returns {import('../../../ui/palette.js').Entry[]} */
export function classEntries(app, current) {
  const classes = app.store.regionConcepts.peek();
  return classes.map((concept) => ({
    group: t('Classes'),
    label: concept.name,
    keys: digitOf(app.slots.peek(), concept.id) || undefined,
    mark: () => mark(concept),
    isCurrent: concept.id === current,
    run: () => useClass(app, concept.id),
  }));
}

/** Opens the picker; closed, it leaves the keyboard to the stage. @param {App} app @param {Element} [anchor] without one it opens over the page */
export function pickClass(app, anchor) {
  app.stage.focus();
  openPalette(classEntries(app, shownClass(app).concept?.id), { label: t('Find a class'), anchor });
}

/**
 * The button of the picker. `labelledby` names what stands before it, else its own words say whose class it is.
 * @param {App} app @param {{id?: string, labelledby?: string, isOff?: boolean}} [options]
 */
export function classButton(app, { id, labelledby, isOff = false } = {}) {
  const { concept, name, use } = shownClass(app);
  return html`<button class="class-pick" type="button" id=${id ?? nothing} aria-haspopup="dialog" title=${`${use}: ${name}`} ?disabled=${isOff}
    aria-labelledby=${labelledby ? `${labelledby} ${id}` : nothing}
    @click=${(/** @type {Event} */ event) => pickClass(app, /** @type {Element} */ (event.currentTarget))}>
    ${swatch(concept)}${labelledby ? nothing : html`<span class="sr">${use} </span>`}<span class="clip">${name}</span>${kbd(concept && digitOf(app.slots.value, concept.id))}${icon('chevron-down', 's faint')}</button>`;
}
