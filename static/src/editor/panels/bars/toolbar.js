/** The bar under the head: the tool, the class of the next shape, the tool's options, how shapes are shown. */
import { num, t } from '../../../i18n.js';
import { MOST_TOLERANCE } from '../../store/store.js';
import { html, mount, nothing } from '../live.js';
import { icon, iconButton } from '../templates.js';
import { classButton } from '../side/class-picker.js';
import { listMenu } from './list-menu.js';
import { clampBrush, clampTolerance } from '../settings.js';
import { hasBrush, toolOf } from './rail.js';
import { noModel } from '../suggestions/suggestions-model.js';

/** @import {App} from '../app' */

/** The hint for the current tool. @param {App} app */
function hint({ store }) {
  const tool = store.tool.value;
  if (tool === 'box') return t('Drag, or click two corners. Arrows and Enter draw without a mouse.');
  if (tool === 'extreme_box') return t('Click where the object reaches furthest: left, top, right and bottom, in any order.');
  if (tool === 'rotated_box') return t('Drag along one side, then click where the opposite side shall be. Shift turns by 15°.');
  if (tool === 'polyline') return t('Click to add points, drag to draw freely, Enter or a double-click ends the line. Ctrl snaps to neighbors.');
  if (tool === 'ellipse') return t('Drag the box around the ellipse, or click two corners. Shift makes a circle.');
  if (tool === 'contour') return t('Press on the outline of the selected object, draw its new course, and release on the outline. Esc ends.');
  if (tool === 'slice') return t('Drag a line across the selected objects, or click where it begins and ends. Esc cancels.');
  if (tool === 'ai') return noModel();
  if (tool === 'issue') return t('Click where the issue is. The text is written in the panel.');
  if (tool === 'measure') return t('Drag to measure a distance. Click points for a path and its area, Enter ends it. Nothing is stored.');
  if (tool === 'skeleton') return t('Drag a box: the points of the class are placed in it. Drag points, Alt+click changes whether one is visible.');
  if (tool === 'keypoint') return t('Click to set the named point, Alt+click if it is occluded. V leaves it out.');
  const isOnMask = [...store.selection.value].some((id) => store.labels.get(id)?.mask);
  if (tool === 'brush') return isOnMask ? t('Drag to add to the mask. Alt erases, Shift draws straight, N begins a new object.') : t('Drag to paint a mask. Shift draws straight from the last stroke.');
  if (tool === 'eraser') return isOnMask ? t('Drag to erase from the mask. Alt paints, Shift draws straight.') : t('Select a mask first: Ctrl+click on it.');
  if (tool === 'fill') return isOnMask ? t('Click into a hole of the selected mask to fill it.') : t('Select a mask first: Ctrl+click on it.');
  if (tool === 'wand') return t('Click on a color, drag or [ ] to set the tolerance, Enter stores. Shift adds, Alt removes.');
  if (tool === 'scissors') return t('Click along the object: the path follows edges. Enter closes, Backspace goes back.');
  if (tool === 'grabcut') {
    return isOnMask ? t('Stroke what belongs to it, with Alt what does not. N begins a new object.') : t('Drag a box around the object, or click its four ends. Esc cancels.');
  }
  if (tool === 'polygon') {
    const one = store.selection.value.size === 1 ? store.labels.get([...store.selection.value][0]) : undefined;
    return one?.points ? t('Click to add points, Enter closes. Hold Alt to draw a hole in the selected polygon, or outside it another part.') : t('Click to add points, drag to draw freely, Enter closes. Ctrl snaps to neighbors, with Shift along their border.');
  }
  return '';
}

/** The class of the selected shapes, or of the next one. @param {App} app */
function classField(app) {
  if (app.store.regionConcepts.value.length) return classButton(app);
  return html`<a class="btn" href=${app.boot.urls.classes_page ?? app.boot.urls.media_page}>${icon('plus')}${t('Add a class first')}</a>`;
}

/** Size of the brush and what a pen does with it. @param {App} app */
function brushFields({ store, settings, stage }) {
  if (!hasBrush(store.tool.value)) return nothing;
  const { brushSize, brushPressure } = settings.value;
  const setSize = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    settings.set({ brushSize: clampBrush(field.valueAsNumber) });
    field.value = String(settings.value.brushSize);
  };
  const leave = (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') stage.focus(); };
  return html`<span class="sep"></span>
    <label class="opt">${t('Size')}<input class="input brush-size" type="number" min="1" max="1000" step="1" .value=${String(brushSize)} title=${t('Pixels across. [ and ] change it.')}
      @change=${setSize} @keydown=${leave}></label>
    ${store.tool.value === 'grabcut' ? nothing : html`<label class="opt check" title=${t('The pressure of a pen sets the size of the stroke')}><input type="checkbox" .checked=${brushPressure} @change=${() => settings.set({ brushPressure: !brushPressure })}>${t('Pen pressure')}</label>`}`;
}

/** How much the wand takes. @param {App} app */
function wandFields({ store, stage }) {
  if (store.tool.value !== 'wand') return nothing;
  const tolerance = store.wandTolerance.value;
  const set = (/** @type {Event} */ event) => { store.wandTolerance.value = clampTolerance(/** @type {HTMLInputElement} */ (event.target).valueAsNumber); };
  const leave = (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') stage.focus(); };
  return html`<span class="sep"></span><label class="opt" title=${t('Largest difference of a color channel. [ and ] change it.')}>${t('Tolerance')}<input type="range" min="0" max=${MOST_TOLERANCE} step="1" .value=${String(tolerance)}
    @input=${set} @keydown=${leave}><output>${tolerance}</output></label>`;
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
    ${iconButton({ name: t('Image adjustments'), icon: 'contrast', keys: app.keys('view.adjust'), run: () => app.run('view.adjust'), pressed: app.adjust.isOpen.value })}
    ${toggle(t('Outlines only'), 'diamond', 'view.outlines', display.outlines)}
    ${toggle(t('Snap points to neighbors'), 'magnet', 'view.snap', display.snap)}
    ${toggle(t('Grid'), 'grid-3x3', 'view.grid', display.grid)}
    ${toggle(t('Hide all objects'), display.hideAll ? 'eye-off' : 'eye', 'view.hide', display.hideAll)}
    ${iconButton({ name: t('Keep zoom'), icon: 'scan', pressed: keepView, run: () => settings.set({ keepView: !keepView }) })}
    ${listMenu(app)}
    ${iconButton({ name: t('Keyboard shortcuts'), icon: 'keyboard', keys: app.keys('help'), run: () => app.run('help') })}
  </span>`;
}

/** How far outlines may move, and what is left of them then. @param {App} app */
function simplifyOptions(app) {
  const { store } = app;
  const tolerance = store.tolerance.value;
  const count = store.simplified.value;
  return html`<label class="opt">${t('Tolerance')}<input type="range" min="0" max="10" step="0.5" .value=${String(tolerance)}
      @input=${(/** @type {Event} */ event) => { store.tolerance.value = Number(/** @type {HTMLInputElement} */ (event.target).value); }}><output>${num(tolerance, 1)} px</output></label>
    <span class="opt" role="status">${count ? t('{after} of {before} points', { after: num(count.after), before: num(count.before) }) : ''}</span>
    <button class="btn primary" type="button" @click=${() => app.run('draw.set')}>${t('Apply')}</button>
    <button class="btn" type="button" @click=${() => app.run('tool.select')}>${t('Cancel')}</button>`;
}

/** @param {HTMLElement} host @param {App} app */
export function mountToolbar(host, app) {
  const { store } = app;
  return mount(host, () => {
    const tool = toolOf(store.tool.value);
    const words = hint(app);
    return html`
      <span class="tool-name">${icon(tool.icon)}${tool.name()}</span>
      ${tool.id === 'simplify' ? simplifyOptions(app) : store.may.value.label ? html`${classField(app)}${brushFields(app)}${wandFields(app)}<span class="sep"></span>${selectionButtons(app)}` : nothing}
      ${words ? html`<span class="opt hint clip" title=${words}>${words}</span>` : nothing}
      ${looks(app)}`;
  });
}
