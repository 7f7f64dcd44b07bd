/** Attributes of what is selected: which are offered, what the subjects hold together, what a field's text means; pure functions. */

import { num, t } from '../../../i18n.js';
import { same } from '../../store/fields.js';

/** @import {Attribute, AttributeValue} from '../../types/page' */
/** @import {Label} from '../../types/labels' */
/** @import {Store} from '../../types/store' */

/** @typedef {{attribute: Attribute, subjects: string[]}} Offer an attribute, and the labels (or the image) whose value it is */

/** What names the field of an offer. @param {Offer} offer */
export const offerKey = ({ attribute, subjects }) => `${attribute.id}:${subjects.join()}`;

/**
 * The attributes offered for labels, in the order of the first class that has each.
 * @param {readonly Attribute[]} attributes @param {readonly Label[]} labels @returns {Offer[]}
 */
export function offersFor(attributes, labels) {
  /** @type {(Offer & {order: number})[]} */
  const offers = [];
  for (const attribute of attributes) {
    if (attribute.subject !== 'LABEL') continue;
    const having = labels.filter((label) => label.concept in attribute.concepts);
    if (having.length) offers.push({ attribute, subjects: having.map((one) => one.id), order: attribute.concepts[having[0].concept] });
  }
  return offers.sort((a, b) => a.order - b.order);
}

/** @param {readonly Attribute[]} attributes @param {string} media @returns {Offer[]} */
export function offersForImage(attributes, media) {
  return attributes.flatMap((attribute) => (attribute.subject === 'IMAGE' ? [{ attribute, subjects: [media] }] : []));
}

/**
 * The required values that are missing: of the objects in the order of drawing, then of the image.
 * @param {Pick<Store, 'attributes' | 'labels' | 'order' | 'valueOf' | 'media'>} store
 * @returns {{attribute: Attribute, label: string | null}[]}
 */
export function missingValues(store) {
  const required = store.attributes.peek().filter((one) => one.is_required);
  if (!required.length) return [];
  const lacks = (/** @type {string} */ subject, /** @type {Offer[]} */ offers) => offers.flatMap(({ attribute }) => (store.valueOf(subject, attribute.id) === null ? [attribute] : []));
  const media = store.media.peek();
  const ofLabels = store.order().flatMap((id) => {
    const label = store.labels.get(id);
    return label ? lacks(id, offersFor(required, [label])).map((attribute) => ({ attribute, label: id })) : [];
  });
  const ofImage = media ? lacks(media.id, offersForImage(required, media.id)).map((attribute) => ({ attribute, label: null })) : [];
  return [...ofLabels, ...ofImage];
}

/** Lists of options have no order. @param {AttributeValue | null} value */
const comparable = (value) => (Array.isArray(value) ? [...value].sort() : value);

/**
 * What all subjects hold. One without a value differs from one with a value.
 * @param {Offer} offer @param {Pick<Store, 'valueOf'>} store
 * @returns {{value: AttributeValue | null, isMixed: boolean}}
 */
export function shared({ attribute, subjects }, store) {
  const values = subjects.map((id) => store.valueOf(id, attribute.id));
  const isMixed = values.some((one) => !same(comparable(one), comparable(values[0])));
  return { value: isMixed ? null : values[0], isMixed };
}

/** In how many of the subjects an option is chosen: all, some, none. @param {Offer} offer @param {string} option @param {Pick<Store, 'valueOf'>} store @returns {'all' | 'some' | 'none'} */
export function chosenIn({ attribute, subjects }, option, store) {
  const n = subjects.filter((id) => /** @type {readonly string[]} */ (store.valueOf(id, attribute.id) ?? []).includes(option)).length;
  return n === 0 ? 'none' : n === subjects.length ? 'all' : 'some';
}

/** The list with an option added or taken out, in the order of the attribute; null: nothing is left. @param {Attribute} attribute @param {AttributeValue | null} value @param {string} option @param {boolean} on */
export function withOption({ options }, value, option, on) {
  const chosen = new Set(Array.isArray(value) ? value : []);
  if (on) chosen.add(option);
  else chosen.delete(option);
  const next = options.flatMap(({ id }) => (chosen.has(id) ? [id] : []));
  return next.length ? next : null;
}

/** @param {Attribute} attribute */
function rangeWords({ minimum, maximum }) {
  const [low, high] = [minimum, maximum].map((one) => (one === null ? '' : num(one, 6)));
  if (minimum !== null && maximum !== null) return t('Enter a number from {low} to {high}.', { low, high });
  return minimum !== null ? t('Enter a number of at least {low}.', { low }) : t('Enter a number of at most {high}.', { high });
}

/**
 * What a typed text means as a value of an attribute: an empty one is no value.
 * @param {Attribute} attribute @param {string} typed
 * @returns {{value: AttributeValue | null} | {error: string}}
 */
export function parsed(attribute, typed) {
  const word = typed.trim();
  if (!word) return { value: null };
  if (attribute.kind === 'TEXT') return { value: word };
  const number = Number(word.replace(',', '.'));
  const isInt = attribute.kind === 'INT';
  if (!Number.isFinite(number) || (isInt && !Number.isSafeInteger(number))) return { error: isInt ? t('Enter a whole number.') : t('Enter a number.') };
  const { minimum, maximum } = attribute;
  if ((minimum !== null && number < minimum) || (maximum !== null && number > maximum)) return { error: rangeWords(attribute) };
  return { value: number };
}

/** A value in words. @param {Attribute} attribute @param {AttributeValue} value */
export function valueText({ kind, options }, value) {
  if (kind === 'BOOL') return value ? t('Yes') : t('No');
  if (kind === 'SELECTION' || kind === 'MULTIPLE-SELECTION') {
    const ids = Array.isArray(value) ? value : [value];
    return ids.map((id) => options.find((one) => one.id === id)?.value ?? t('deleted')).join(', ');
  }
  return String(value);
}
