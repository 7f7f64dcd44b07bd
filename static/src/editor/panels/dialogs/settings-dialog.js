/** The settings on F2: how things look for this person. Every change counts at once. */
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { showDialog } from '../../../ui/dialog.js';
import { isContrastHigh, setTheme, toggleContrast } from '../../../ui/theme.js';
import { html, mount } from '../live.js';
import { PALETTES } from '../../store/palettes.js';
import { DOUBLE_CLICKS } from '../settings.js';

/** @import {App} from '../app' */

/** @param {Event} event */
const target = (event) => /** @type {HTMLInputElement} */ (event.currentTarget);

/** @param {string} name @param {boolean} isOn @param {() => void} change */
const check = (name, isOn, change) => html`<label class="check"><input type="checkbox" .checked=${isOn} @change=${change}>${name}</label>`;

/**
 * @param {string} id @param {string} name @param {string} value @param {readonly string[]} values
 * @param {(value: string) => string} nameOf @param {(value: string) => void} set
 */
const choice = (id, name, value, values, nameOf, set) => html`<div class="field"><label for=${id}>${name}</label>
  <select id=${id} class="select" @change=${(/** @type {Event} */ event) => set(target(event).value)}>${values.map((one) => html`<option value=${one} ?selected=${one === value}>${nameOf(one)}</option>`)}</select></div>`;

/** @param {string} id */
function paletteName(id) {
  switch (id) {
    case 'okabe': return t('Color-blind safe, 8 colors (Okabe-Ito)');
    case 'wide': return t('Color-blind safe, 16 colors');
    default: return t('Colors of the classes');
  }
}

/** @param {string} what */
function doubleClickName(what) {
  switch (what) {
    case 'zoom': return t('Zoom in there');
    case 'actual': return t('100 % there');
    case 'none': return t('Does nothing');
    default: return t('Fit to window');
  }
}

/** The colors of the page; the server remembers them. */
function themeField() {
  const set = document.documentElement.dataset.theme ?? '';
  const choices = [['', t('System')], ['light', t('Light')], ['dark', t('Dark')]];
  return html`<div class="field"><label for="set-theme">${t('Theme')}</label>
    <select id="set-theme" class="select" @change=${(/** @type {Event} */ event) => setTheme(/** @type {'' | 'light' | 'dark'} */ (target(event).value))}>
      ${choices.map(([value, name]) => html`<option value=${value} ?selected=${value === set}>${name}</option>`)}</select></div>`;
}

/** @param {App} app */
function view({ store, settings, run }) {
  const { fill, keepView } = settings.value;
  const { outlines, names, bare, crosshair, doubleClick, wheelPans, colorBy, palette } = store.display.value;
  const change = (/** @type {Partial<typeof store.display.value>} */ next) => { store.display.value = { ...store.display.peek(), ...next }; };
  const percent = Math.round(fill * 100);
  return html`<div class="stack l">
    <div class="field"><label for="set-fill">${t('Fill opacity')} <output>${percent} %</output></label>
      <input id="set-fill" type="range" min="0" max="100" step="5" .value=${String(percent)} @input=${(/** @type {Event} */ event) => settings.set({ fill: Number(target(event).value) / 100 })}></div>
    ${choice('set-color', t('Colors'), colorBy, ['class', 'object'], (one) => (one === 'class' ? t('By class') : t('By object')), (value) => change({ colorBy: value }))}
    ${choice('set-palette', t('Palette'), palette, ['', ...Object.keys(PALETTES)], paletteName, (value) => change({ palette: value }))}
    ${check(t('Outlines only'), outlines, () => run('view.outlines'))}
    ${check(t('Name tags'), names, () => run('view.names'))}
    ${check(t('Crosshair while drawing'), crosshair, () => run('view.crosshair'))}
    ${choice('set-double', t('Double-click on free ground'), doubleClick, DOUBLE_CLICKS, doubleClickName, (value) => change({ doubleClick: value }))}
    ${check(t('Wheel and two fingers pan, Ctrl+wheel zooms'), wheelPans, () => change({ wheelPans: !wheelPans }))}
    ${check(t('Keep zoom'), keepView, () => settings.set({ keepView: !keepView }))}
    ${check(t('Hide panels'), bare, () => run('panels'))}
    ${themeField()}
    ${check(t('High contrast'), isContrastHigh(), toggleContrast)}
  </div>`;
}

/** @param {App} app */
export function showSettings(app) {
  if (document.querySelector('dialog.dialog[open]')) return;
  const body = h('div');
  const end = mount(body, () => view(app));
  showDialog({ title: t('Settings'), body }).addEventListener('close', end);
}
