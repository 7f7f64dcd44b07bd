/** The small bar over the stage: zoom, fit, how many objects are hidden, where the pointer is. Figures are written straight, without a template. */
import { ngettext, num, t } from '../../../i18n.js';
import { html, live, mount, nothing } from '../live.js';
import { icon, iconButton, named } from '../templates.js';
import { toolOf } from './rail.js';

/** @import {App} from '../app' */

/** @param {number} zoom */
export const zoomText = (zoom) => `${num(zoom * 100, zoom < 0.1 ? 1 : 0)} %`;

/** How many objects of the image are hidden. @param {Pick<import('../../types/store').Store, 'display' | 'hidden' | 'labels' | 'version'>} store */
export function hiddenCount({ display, hidden, labels, version }) {
  version.value;
  if (display.value.hideAll) return labels.size;
  let count = 0;
  for (const id of hidden.value) if (labels.has(id)) count += 1;
  return count;
}

/** Ends "hide all", else shows the objects that were hidden one by one. @param {App} app */
function showHidden(app) {
  const { store, stage } = app;
  if (store.display.peek().hideAll) app.run('view.hide');
  else store.setHidden([...store.hidden.peek()], false);
  stage.focus();
}

/** @param {App} app */
function hiddenObjects(app) {
  const count = hiddenCount(app.store);
  if (!count) return nothing;
  return html`<i></i><button class="btn hidden-count" type="button" @click=${() => showHidden(app)}>${icon('eye-off', 's')}${ngettext('{n} hidden', '{n} hidden', count)} · ${t('Show')}</button>`;
}

/** How far the view is rotated; back to upright. @param {App} app */
function turned(app) {
  const angle = app.stage.angle.value;
  if (!angle) return nothing;
  const name = t('Upright view');
  return html`<i></i><button class="btn angle" type="button" aria-label=${`${num(angle)}°, ${name}`} title=${named(name, app.keys('turn.none'))} @click=${() => app.run('turn.none')}>${icon('rotate-ccw', 's')}${num(angle)}°</button>`;
}

/** Says that the image is not shown as it is, or could be. @param {App} app */
function adjusted(app) {
  const { adjust } = app;
  if (!adjust.isSet.value) return nothing;
  return html`<i></i><button class="btn" type="button" title=${named(t('Show original'), app.keys('view.original'))} @click=${() => app.run('view.original')}>${adjust.isOn.value ? t('Adjusted') : t('Original')}</button>`;
}

/** The wheel over something that lies on the stage zooms the image below. @param {HTMLElement} host @param {App['stage']} stage */
export function passWheel(host, stage) {
  const pass = (/** @type {WheelEvent} */ event) => {
    event.preventDefault();
    stage.root.dispatchEvent(new WheelEvent(event.type, event));
  };
  host.addEventListener('wheel', pass, { passive: false });
}

/** @param {HTMLElement} host @param {App} app */
export function mountHud(host, app) {
  const { store, stage } = app;
  const end = mount(host, () => html`
    ${iconButton({ name: t('Zoom out'), icon: 'minus', keys: app.keys('zoom.out'), run: () => app.run('zoom.out') })}
    <output class="pad zoom" aria-label=${t('Zoom')}></output>
    ${iconButton({ name: t('Zoom in'), icon: 'plus', keys: app.keys('zoom.in'), run: () => app.run('zoom.in') })}
    <i></i>
    <button class="btn" type="button" title=${named(t('Fit'), app.keys('zoom.fit'))} @click=${() => app.run('zoom.fit')}>${t('Fit')}</button>
    <button class="btn actual" type="button" title=${named('100 %', app.keys('zoom.actual'))} @click=${() => app.run('zoom.actual')}>100 %</button>
    ${turned(app)}
    ${adjusted(app)}
    ${hiddenObjects(app)}
    <span class="at" aria-hidden="true"><i></i><span class="pad xy">${nothing}</span></span>`);
  const zoom = /** @type {HTMLElement} */ (host.querySelector('.zoom'));
  const at = /** @type {HTMLElement} */ (host.querySelector('.at'));
  const xy = /** @type {HTMLElement} */ (host.querySelector('.xy'));
  const endZoom = live(() => { zoom.textContent = zoomText(store.view.value.zoom); });
  const endPlace = live(() => {
    const pointer = stage.pointer.value;
    at.hidden = pointer === null;
    if (pointer) xy.textContent = `x ${Math.floor(pointer.x)} y ${Math.floor(pointer.y)}`;
  });
  const endFade = live(() => host.toggleAttribute('data-faded', toolOf(store.tool.value).draws));
  passWheel(host, stage);
  return () => {
    end();
    endFade();
    endZoom();
    endPlace();
  };
}
