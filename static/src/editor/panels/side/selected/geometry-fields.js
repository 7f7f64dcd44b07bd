/** Fields for the numbers of the selected object: x, y, width, height and, where it has one, the turn. */
import { updateLabel } from '../../../commands.js';
import { t } from '../../../../i18n.js';
import { numbersOf, withNumber } from '../../../typed-geometry.js';
import { html } from '../../live.js';

/** @import {Label} from '../../../types/labels' */
/** @import {TypedField} from '../../../typed-geometry.js' */
/** @import {App} from '../../app' */

/** @type {readonly {field: TypedField, short: () => string, name: () => string}[]} */
const FIELDS = [
  { field: 'x', short: () => t('x'), name: () => t('x of the left edge') },
  { field: 'y', short: () => t('y'), name: () => t('y of the upper edge') },
  { field: 'w', short: () => t('w'), name: () => t('Width') },
  { field: 'h', short: () => t('h'), name: () => t('Height') },
  { field: 'angle', short: () => t('°'), name: () => t('Turn in degrees') },
];

/** Hundredths of a pixel are enough to read. @param {number} n */
const shown = (n) => String(Number(n.toFixed(2)));

/** @param {App} app @param {string} id of the label @param {TypedField} field @param {HTMLInputElement} input */
function change({ store, announce }, id, field, input) {
  // What was drawn last may be older than the number typed before this one.
  const label = store.labels.get(id);
  if (!label) return;
  const before = /** @type {number} */ (numbersOf(label)[field]);
  const value = input.valueAsNumber;
  if (input.value === shown(before)) return;
  const patch = withNumber(label, field, value);
  const media = store.media.peek();
  const [x0, y0, x1, y1] = patch?.box ?? label.box;
  const isOutside = media !== null && (x1 < 0 || y1 < 0 || x0 > media.width || y0 > media.height);
  if (!patch || isOutside) {
    input.value = shown(before);
    return announce(isOutside ? t('The object would lie outside the image') : t('Enter a number; sides must be at least 1 px'));
  }
  const delta = updateLabel(store, label.id, patch);
  if (delta) store.commit(delta);
}

/** @param {App} app @param {Label} label */
export function geometryFields(app, label) {
  const numbers = numbersOf(label);
  const leave = (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') app.stage.focus(); };
  return html`<span class="numbers" role="group" aria-label=${t('Position and size')}>${FIELDS.map(({ field, short, name }) => {
    const value = numbers[field];
    if (value === undefined) return '';
    return html`<label class="opt" title=${name()}>${short()}<input class="input" type="number" step="any" aria-label=${name()} data-field=${field} .value=${shown(value)}
      @change=${(/** @type {Event} */ event) => change(app, label.id, field, /** @type {HTMLInputElement} */ (event.target))} @keydown=${leave}></label>`;
  })}</span>`;
}
