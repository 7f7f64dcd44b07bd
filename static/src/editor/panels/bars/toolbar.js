/** The bar under the head: the tool, the class of the next shape, the tool's options, how shapes are shown. */
import { t } from '../../../i18n.js';
import { html, mount, nothing } from '../live.js';
import { icon, iconButton } from '../templates.js';
import { classButton } from '../side/class-picker.js';
import { listMenu } from './list-menu.js';
import { toolOf } from './rail.js';

/** @import {App} from '../app' */

/** The hint for the current tool. @param {App} app */
function hint({ store }) {
  const tool = store.tool.value;
  if (tool === 'box') return t('Drag, or click two corners. Arrows and Enter draw without a mouse.');
  if (tool === 'polygon') {
    const one = store.selection.value.size === 1 ? store.labels.get([...store.selection.value][0]) : undefined;
    return one?.points ? t('Click to add points, Enter closes. Hold Alt to draw a hole in the selected polygon.') : t('Click to add points, drag to draw freely, Enter closes.');
  }
  return '';
}

/** The class of the selected shapes, or of the next one. @param {App} app */
function classField(app) {
  if (app.store.regionConcepts.value.length) return classButton(app);
  return html`<a class="btn" href=${app.boot.urls.classes_page ?? app.boot.urls.media_page}>${icon('plus')}${t('Add a class first')}</a>`;
}

/** What can be done with the selected shapes. @param {App} app */
function selectionButtons(app) {
  const { store } = app;
  const count = store.selection.value.size;
  const isOff = !count || !store.may.value.label;
  const why = count ? store.may.value.reason : t('nothing is selected');
  const button = (/** @type {string} */ name, /** @type {string} */ shape, /** @type {string} */ command) =>
    iconButton({ name, icon: shape, keys: app.keys(command), run: () => app.run(command), disabled: isOff, why });
  return html`<span class="row tight">
    ${button(t('Duplicate'), 'copy', 'duplicate')}
    ${button(t('Bring forward'), 'bring-to-front', 'forward')}
    ${button(t('Send backward'), 'send-to-back', 'back')}
    ${button(t('Delete'), 'trash-2', 'delete')}
  </span>`;
}

/** How everything is shown. @param {App} app */
function looks(app) {
  const { store, settings } = app;
  const display = store.display.value;
  const { fill, keepView } = settings.value;
  const percent = Math.round(fill * 100);
  const toggle = (/** @type {string} */ name, /** @type {string} */ shape, /** @type {string} */ command, /** @type {boolean} */ pressed) =>
    iconButton({ name, icon: shape, keys: app.keys(command), run: () => app.run(command), pressed });
  return html`<span class="end row">
    <label class="opt">${t('Fill')}<input type="range" min="0" max="100" step="5" .value=${String(percent)} aria-label=${t('Fill opacity')}
      @input=${(/** @type {Event} */ event) => settings.set({ fill: Number(/** @type {HTMLInputElement} */ (event.target).value) / 100 })}><output>${percent} %</output></label>
    <span class="sep"></span>
    ${toggle(t('Outlines only'), 'diamond', 'view.outlines', display.outlines)}
    ${toggle(t('Grid'), 'grid-3x3', 'view.grid', display.grid)}
    ${toggle(t('Hide all objects'), display.hideAll ? 'eye-off' : 'eye', 'view.hide', display.hideAll)}
    ${iconButton({ name: t('Keep zoom'), icon: 'scan', pressed: keepView, run: () => settings.set({ keepView: !keepView }) })}
    ${listMenu(app)}
    ${iconButton({ name: t('Keyboard shortcuts'), icon: 'keyboard', keys: app.keys('help'), run: () => app.run('help') })}
  </span>`;
}

/** @param {HTMLElement} host @param {App} app */
export function mountToolbar(host, app) {
  const { store } = app;
  return mount(host, () => {
    const tool = toolOf(store.tool.value);
    const words = hint(app);
    return html`
      <span class="tool-name">${icon(tool.icon)}${tool.name()}</span>
      ${store.may.value.label ? html`${classField(app)}<span class="sep"></span>${selectionButtons(app)}` : nothing}
      ${words ? html`<span class="opt hint clip" title=${words}>${words}</span>` : nothing}
      ${looks(app)}`;
  });
}
