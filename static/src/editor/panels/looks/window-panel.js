/** The part of the image adjustments that is for stored values of more than 8 bits: window, channel, presets. */
import { num, t } from '../../../i18n.js';
import { html, nothing } from '../live.js';

/** @import {App} from '../app' */

/** @param {Event} event */
const field = (event) => /** @type {HTMLInputElement} */ (event.currentTarget);

/** Presets in the order of the list. @returns {[import('../../view/window.js').Preset, string][]} */
const presets = () => [
  ['auto', t('Automatic (0.5 to 99.5 %)')],
  ['narrow', t('Narrow (2 to 98 %)')],
  ['wide', t('Wide (0.1 to 99.9 %)')],
  ['full', t('All values')],
];

/** Empty for an image of 8 bits. @param {App} app */
export function windowView({ stage }) {
  const { window } = stage.image.tiles;
  const shown = window.shown.value;
  if (!shown) return nothing;
  const { low: least, high: most } = window.channel(shown.channel);
  const text = (/** @type {number} */ number) => num(window.valueOf(number), window.isWhole ? 0 : 3);
  const slider = (/** @type {'low' | 'high'} */ id, /** @type {string} */ name) => html`<label for="window-${id}">${name}</label>
    <input id="window-${id}" type="range" min=${least} max=${most} step="1" .value=${String(shown[id])} aria-valuetext=${text(shown[id])} @input=${(/** @type {Event} */ event) => window.set({ [id]: field(event).valueAsNumber })}><output for="window-${id}">${text(shown[id])}</output>`;
  return html`<div class="sliders">${slider('low', t('Black'))}${slider('high', t('White'))}</div>
    <div class="row"><label class="sr" for="window-preset">${t('Range of values')}</label>
      <select id="window-preset" class="select s grow" .value=${''} @change=${(/** @type {Event} */ event) => window.set(window.preset(/** @type {any} */ (field(event).value)))}>
        <option value="" selected disabled>${t('Range of values')}</option>
        ${presets().map(([id, name]) => html`<option value=${id}>${name}</option>`)}</select>
      <label class="check"><input type="checkbox" .checked=${shown.low > shown.high} @change=${() => window.set({ low: shown.high, high: shown.low })}>${t('Invert')}</label></div>
    ${window.count > 1 ? channels(window, shown.channel) : nothing}`;
}

/** @param {import('../../view/window.js').Window} window @param {number} channel */
function channels(window, channel) {
  const numbers = Array.from({ length: window.count }, (_, number) => number);
  return html`<div class="row"><label class="sr" for="window-channel">${t('Channel')}</label>
    <select id="window-channel" class="select s grow" .value=${String(channel)} @change=${(/** @type {Event} */ event) => window.set({ channel: Number(field(event).value) })}>
      ${window.count >= 3 ? html`<option value="-1" ?selected=${channel === -1}>${t('Channels 1, 2, 3 as red, green, blue')}</option>` : nothing}
      ${numbers.map((number) => html`<option value=${number} ?selected=${number === channel}>${t('Channel {n}', { n: number + 1 })}</option>`)}</select></div>`;
}
