/** The panel of image adjustments over the stage: sliders, channel, reset and comparison with the original. */
import { num, t } from '../../../i18n.js';
import { CHANNELS } from '../../../workers/tones.js';
import { html, live, nothing, render } from '../live.js';
import { icon, iconButton, kbd } from '../templates.js';
import { windowView } from './window-panel.js';
import { SLIDERS, gammaAt, placeOfGamma } from './adjust-model.js';

/** @import {App} from '../app' */

/** @param {Event} event */
const field = (event) => /** @type {HTMLInputElement} */ (event.currentTarget);

/** @param {string} id */
function channelName(id) {
  switch (id) {
    case 'red': return t('Red');
    case 'green': return t('Green');
    case 'blue': return t('Blue');
    case 'alpha': return t('Alpha');
    case 'luma': return t('Luma (gray)');
    default: return t('All channels');
  }
}

/**
 * @param {string} id @param {string} name @param {readonly [number, number, number]} range @param {number} value @param {string} text
 * @param {(value: number) => void} set
 */
const slider = (id, name, [least, most, step], value, text, set) => html`<label for="adjust-${id}">${name}</label>
  <input id="adjust-${id}" type="range" min=${least} max=${most} step=${step} .value=${String(value)} aria-valuetext=${text} @input=${(/** @type {Event} */ event) => set(field(event).valueAsNumber)}><output for="adjust-${id}">${text}</output>`;

/** @param {App} app */
function view(app) {
  return html`<header><span class="strong grow">${t('Image adjustments')}</span>
      ${iconButton({ name: t('Close'), icon: 'x', kind: 's', keys: app.keys('view.adjust'), run: () => app.run('view.adjust') })}</header>
    ${app.stage.image.tiles.window.shown.value ? windowView(app) : tones(app)}`;
}

/** @param {App} app */
function tones(app) {
  const { adjust } = app;
  const { brightness, contrast, gamma, saturation, invert, channel, clahe } = adjust.chosen.value;
  const signed = (/** @type {number} */ n) => (n > 0 ? `+${num(n)}` : num(n));
  return html`<div class="sliders">
      ${slider('brightness', t('Brightness'), SLIDERS.brightness, brightness, signed(brightness), (value) => adjust.set({ brightness: value }))}
      ${slider('contrast', t('Contrast'), SLIDERS.contrast, contrast, signed(contrast), (value) => adjust.set({ contrast: value }))}
      ${slider('gamma', t('Gamma'), [-100, 100, 1], placeOfGamma(gamma), num(gamma, 2), (value) => adjust.set({ gamma: gammaAt(value) }))}
      ${slider('saturation', t('Saturation'), SLIDERS.saturation, saturation, signed(saturation), (value) => adjust.set({ saturation: value }))}
      ${slider('clahe', t('Local contrast'), SLIDERS.clahe, clahe, clahe ? num(clahe, 1) : t('Off'), (value) => adjust.set({ clahe: value }))}
    </div>
    <div class="row"><label class="sr" for="adjust-channel">${t('Channel')}</label>
      <select id="adjust-channel" class="select s grow" .value=${channel} @change=${(/** @type {Event} */ event) => adjust.set({ channel: field(event).value })}>
        ${CHANNELS.map((id) => html`<option value=${id} ?selected=${id === channel}>${channelName(id)}</option>`)}</select>
      <label class="check"><input type="checkbox" .checked=${invert} @change=${(/** @type {Event} */ event) => adjust.set({ invert: field(event).checked })}>${t('Invert')}</label></div>
    <div class="row"><button class="btn" type="button" aria-pressed=${String(!adjust.isOn.value)} ?disabled=${!adjust.isSet.value} @click=${() => app.run('view.original')}>${icon('eye', 's')}${t('Show original')}${kbd(app.keys('view.original'))}</button>
      <button class="btn end" type="button" ?disabled=${!adjust.isSet.value} @click=${() => adjust.reset()}>${icon('rotate-ccw', 's')}${t('Reset')}</button></div>
    <p class="faint small">${t('For the images of this project, in your browser. What is stored and exported stays as it is.')}</p>`;
}

/** Mounts the panel when it is first opened. @param {HTMLElement} stage that it lies on @param {App} app */
export function mountAdjustPanel(stage, app) {
  const host = document.createElement('section');
  host.className = 'adjust';
  host.setAttribute('aria-label', t('Image adjustments'));
  host.hidden = true;
  stage.append(host);
  return live(() => {
    const isOpen = app.adjust.isOpen.value;
    host.hidden = !isOpen;
    render(isOpen ? view(app) : nothing, host);
  });
}

/** Opens or closes the panel; the keyboard goes to its first slider. @param {App} app */
export function toggleAdjustPanel({ adjust, stage }) {
  adjust.isOpen.value = !adjust.isOpen.peek();
  if (!adjust.isOpen.peek()) stage.focus();
}

/** Shows the original until it is called again. @param {App} app */
export function toggleOriginal({ adjust, announce }) {
  if (!adjust.isSet.peek()) return announce(t('The image has no adjustments'));
  adjust.isOn.value = !adjust.isOn.peek();
  return announce(adjust.isOn.peek() ? t('Adjusted image') : t('Original image'));
}
