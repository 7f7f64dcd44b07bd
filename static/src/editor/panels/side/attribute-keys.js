/** Attribute values by keys: to the first field, digits for values, Enter to the next field; what is required before a submit. */
import { ngettext, t } from '../../../i18n.js';
import { focusWhenDrawn } from '../focus.js';
import { missingValues, offerKey } from './attributes-model.js';

/** @import {App} from '../app' */
/** @import {Offer} from './attributes-model.js' */

const FIELD = 'input, select, textarea';

/** The control of a field that takes keys. @param {Element | null | undefined} value */
const controlOf = (value) => /** @type {HTMLElement | null} */ (value?.querySelector(FIELD) ?? null);

/** Shows the panel and gives the keyboard to the field of an attribute of these subjects. @param {App} app @param {Offer} offer */
export function focusAttribute({ store, settings }, offer) {
  if (store.display.peek().bare) store.display.value = { ...store.display.peek(), bare: false };
  settings.set({ tab: 'objects' });
  focusWhenDrawn(() => controlOf(document.querySelector(`[data-offer="${CSS.escape(offerKey(offer))}"]`)));
}

/** Chooses a value by its place, 0 takes it away. @param {HTMLElement} target @param {number} place @returns {boolean} false: the field is typed in */
function choose(target, place) {
  if (target instanceof HTMLSelectElement) {
    const values = [...target.options].filter((one) => one.value && one.value !== '*');
    if (place > values.length) return true;
    target.value = place ? values[place - 1].value : '';
    target.dispatchEvent(new Event('change'));
    return true;
  }
  const boxes = target.closest('.options')?.querySelectorAll('input');
  if (!boxes) return false;
  const box = boxes[place - 1];
  box?.focus();
  box?.click();
  return true;
}

/** The keys in a field of attributes. @param {KeyboardEvent} event @param {App} app */
export function onAttributeKey(event, app) {
  const target = /** @type {HTMLElement} */ (event.target);
  const group = target.closest('[data-attributes]');
  if (!group || !target.matches(FIELD) || event.isComposing || event.altKey || event.metaKey) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    const fields = [...group.querySelectorAll('.value')];
    const next = event.ctrlKey ? null : controlOf(fields[fields.findIndex((one) => one.contains(target)) + 1]);
    if (next) next.focus();
    else app.stage.focus(); // what was typed is stored
    if (event.ctrlKey) app.run('submit');
  } else if (event.ctrlKey || !/^[0-9]$/.test(event.key) || !choose(target, Number(event.key))) return;
  event.preventDefault();
}

/** Asks for what is required and missing, one object after the other. @param {App} app @returns {boolean} whether anything is */
export function askForMissing(app) {
  const { store, stage, announce } = app;
  if (!store.may.peek().label) return false;
  const missing = missingValues(store);
  const [first] = missing;
  if (!first) return false;
  const others = missing.filter((one) => one.attribute.id === first.attribute.id && one.label);
  if (first.label) {
    store.select([first.label]);
    stage.showLabel(first.label);
  }
  const name = first.attribute.name;
  if (first.label && store.isLocked(first.label)) announce(t('{name} is required. Unlock the object to set it.', { name }));
  else announce(first.label ? ngettext('{name} is required: {n} object has no value', '{name} is required: {n} objects have no value', others.length, { name }) : t('{name} is required for the image', { name }));
  focusAttribute(app, { attribute: first.attribute, subjects: [first.label ?? store.media.peek()?.id ?? ''] });
  return true;
}
