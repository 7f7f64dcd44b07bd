/** Choosing a class from the bar: the palette with the classes only; it changes what is selected, else the next shape. */
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { openPalette } from '../../../ui/palette.js';
import { setConcept } from '../../commands.js';
import { render } from '../live.js';
import { digitOf } from './classes-model.js';
import { swatch } from '../templates.js';

/** @import {Concept} from '../../types/page' */
/** @import {App} from '../app' */

/** Gives the selected shapes a class, or the next shape when none is selected. @param {App} app @param {string} id */
export function useClass({ store, announce }, id) {
  const ids = [...store.selection.peek()].filter((one) => store.isEditable(one));
  const name = store.concept(id)?.name ?? '';
  if (ids.length) {
    store.commit(setConcept(store, ids, id));
    announce(t('Class {name}', { name }), { spokenOnly: true });
  } else announce(t('Class of the next object: {name}', { name }), { spokenOnly: true });
  store.activeConcept.value = id;
}

/** @param {Concept} concept */
function mark(concept) {
  const held = h('span', { class: 'row' });
  render(swatch(concept), held);
  return held;
}

/** The classes as entries of the palette. @param {App} app @returns {import('../../../ui/palette.js').Entry[]} */
export function classEntries(app) {
  const classes = app.store.regionConcepts.peek();
  return classes.map((concept) => ({
    group: t('Classes'),
    label: concept.name,
    keys: digitOf(app.slots.peek(), concept.id) || undefined,
    mark: () => mark(concept),
    run: () => useClass(app, concept.id),
  }));
}

/** @param {App} app @param {Element} anchor */
export function pickClass(app, anchor) {
  openPalette(classEntries(app), { label: t('Find a class'), anchor });
}
