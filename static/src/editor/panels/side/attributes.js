/** Fields for the attribute values of the selected objects and of the image; several objects show where they differ. */
import { signal } from '@preact/signals-core';
import { t } from '../../../i18n.js';
import { setValue } from '../../commands.js';
import { html, nothing, repeat } from '../live.js';
import { chosenIn, offerKey, offersFor, offersForImage, parsed, shared, withOption } from './attributes-model.js';

/** @import {Label} from '../../types/labels' */
/** @import {AttributeValue} from '../../types/page' */
/** @import {App} from '../app' */
/** @import {Offer} from './attributes-model.js' */
/** @typedef {{id: string, isOff: boolean, isMixed: boolean, value: AttributeValue | null, error: string}} Field */

/** Why what was typed in a field cannot be stored, by the field. @type {import('@preact/signals-core').Signal<ReadonlyMap<string, string>>} */
const errors = signal(new Map());

/** @param {string} field @param {string} error */
function setError(field, error) {
  if ((errors.peek().get(field) ?? '') === error) return;
  const next = new Map(errors.peek());
  if (error) next.set(field, error);
  else next.delete(field);
  errors.value = next;
}

/** Sets the value of all subjects, as one step of undo. @param {App} app @param {Offer} offer @param {(old: AttributeValue | null) => AttributeValue | null} change */
function commit({ store }, { attribute, subjects }, change) {
  const free = subjects.filter((id) => id === store.media.peek()?.id || store.isEditable(id));
  store.commit(free.flatMap((id) => setValue(store, id, attribute.id, change(store.valueOf(id, attribute.id)))));
}

/** Stores what was typed, or says why not. @param {App} app @param {Offer} offer @param {Event} event */
function onTyped(app, offer, event) {
  const field = /** @type {HTMLInputElement} */ (event.currentTarget);
  const { isMixed } = shared(offer, app.store);
  const result = parsed(offer.attribute, field.value);
  setError(offerKey(offer), 'error' in result ? result.error : '');
  if ('error' in result || (isMixed && result.value === null)) return;
  commit(app, offer, () => result.value);
}

/** What is being typed is not replaced by what comes from others. @param {string} id @param {string} value */
function keptText(id, value) {
  const field = document.activeElement;
  return field instanceof HTMLElement && field.id === id ? /** @type {HTMLInputElement} */ (field).value : value;
}

/** @param {App} app @param {Offer} offer @param {Field} field */
function textField(app, offer, { id, isOff, isMixed, value, error }) {
  const { kind } = offer.attribute;
  const placeholder = isMixed ? t('Multiple values') : '';
  const shown = keptText(id, value === null ? '' : String(value));
  const note = error ? `${id}-error` : nothing;
  const onChange = (/** @type {Event} */ event) => onTyped(app, offer, event);
  if (kind === 'TEXT') {
    return html`<textarea class="input" rows="1" id=${id} ?disabled=${isOff} placeholder=${placeholder} maxlength="10000" ?required=${offer.attribute.is_required} .value=${shown} @change=${onChange}></textarea>`;
  }
  return html`<input class="input" id=${id} inputmode=${kind === 'INT' && (offer.attribute.minimum ?? -1) >= 0 ? 'numeric' : 'text'} autocomplete="off" ?disabled=${isOff} placeholder=${placeholder}
    ?required=${offer.attribute.is_required} aria-invalid=${error ? 'true' : nothing} aria-describedby=${note} .value=${shown} @change=${onChange}>`;
}

/** @param {App} app @param {Offer} offer @param {Field} field */
function choiceField(app, offer, { id, isOff, isMixed, value }) {
  const { kind, options, is_required } = offer.attribute;
  const isBool = kind === 'BOOL';
  const entries = isBool ? [{ id: 'true', value: t('Yes') }, { id: 'false', value: t('No') }] : options;
  const current = isMixed ? '*' : value === null ? '' : String(value);
  const onChange = (/** @type {Event} */ event) => {
    const chosen = /** @type {HTMLSelectElement} */ (event.currentTarget).value;
    if (chosen !== '*') commit(app, offer, () => (chosen === '' ? null : isBool ? chosen === 'true' : chosen));
  };
  return html`<select class="select" id=${id} ?disabled=${isOff} ?required=${is_required} @change=${onChange}>
    ${isMixed ? html`<option value="*" .selected=${true} disabled>${t('Multiple values')}</option>` : nothing}
    <option value="" .selected=${current === ''}>–</option>
    ${repeat(entries, (one) => one.id, (one) => html`<option value=${one.id} .selected=${current === one.id}>${one.value}</option>`)}</select>`;
}

/** @param {App} app @param {Offer} offer @param {Field} field */
function optionsField(app, offer, { id, isOff, isMixed }) {
  const { options, is_required } = offer.attribute;
  return html`<div class="options" role="group" id=${id} aria-labelledby="${id}-name" data-required=${is_required ? '' : nothing}>
    ${isMixed ? html`<span class="faint small">${t('Multiple values')}</span>` : nothing}
    ${options.map((option) => {
      const chosen = chosenIn(offer, option.id, app.store);
      const onChange = (/** @type {Event} */ event) => {
        const { checked } = /** @type {HTMLInputElement} */ (event.currentTarget);
        commit(app, offer, (old) => withOption(offer.attribute, old, option.id, checked));
      };
      return html`<label class="check"><input type="checkbox" ?disabled=${isOff} .checked=${chosen === 'all'} .indeterminate=${chosen === 'some'} @change=${onChange}><span class="clip" title=${option.value}>${option.value}</span></label>`;
    })}</div>`;
}

/** @param {App} app @param {Offer} offer @param {boolean} isOff */
function fieldView(app, offer, isOff) {
  const { attribute } = offer;
  const { value, isMixed } = shared(offer, app.store);
  const id = `attribute-${attribute.id}`;
  const error = errors.value.get(offerKey(offer)) ?? '';
  const field = { id, isOff, isMixed, value, error };
  const isGroup = attribute.kind === 'MULTIPLE-SELECTION';
  const isMissing = attribute.is_required && value === null && !isMixed;
  const name = html`<span class="clip">${attribute.name}</span>${attribute.is_required ? html`<span class="req" title=${t('Required')}>*<span class="sr"> ${t('Required')}</span></span>` : nothing}`;
  const title = attribute.description ? `${attribute.name}: ${attribute.description}` : attribute.name;
  const input = isGroup ? optionsField : attribute.kind === 'SELECTION' || attribute.kind === 'BOOL' ? choiceField : textField;
  return html`${isGroup ? html`<span class="k row tight" id="${id}-name" title=${title}>${name}</span>` : html`<label class="row tight" for=${id} title=${title}>${name}</label>`}
    <div class="value" data-offer=${offerKey(offer)} data-missing=${isMissing ? '' : nothing}>${input(app, offer, field)}${error ? html`<p class="error" id="${id}-error" role="alert">${error}</p>` : nothing}</div>`;
}

/** The fields of offers; new ones for other subjects, so that nothing typed stays behind. @param {App} app @param {Offer[]} offers @param {boolean} isOff */
function fields(app, offers, isOff) {
  return repeat(offers, offerKey, (offer) => fieldView(app, offer, isOff));
}

/** Shown while a field has the keyboard. */
function keyHint() {
  return html`<p class="faint small key-hint">${t('Digits choose a value, Enter goes to the next field, Esc back to the image')}</p>`;
}

/** The attribute fields of the selected labels. @param {App} app @param {Label[]} labels @param {boolean} isOff */
export function labelAttributes(app, labels, isOff) {
  app.store.valuesVersion.value;
  const offers = offersFor(app.store.attributes.value, labels);
  return offers.length ? html`<div class="body attrs" role="group" data-attributes="labels" aria-label=${t('Attributes')}>${fields(app, offers, isOff)}${keyHint()}</div>` : nothing;
}

/** The section of the image's own attributes; nothing where the project has none. @param {App} app */
export function imageAttributes(app) {
  const { store } = app;
  store.valuesVersion.value;
  const media = store.media.value;
  const offers = media ? offersForImage(store.attributes.value, media.id) : [];
  if (!offers.length) return nothing;
  return html`<section class="section details" aria-label=${t('Image attributes')}><header><span class="clip grow">${t('Image attributes')}</span></header>
    <div class="body attrs" data-attributes="image">${fields(app, offers, !store.may.value.label)}${keyHint()}</div></section>`;
}
