/** The small bar over the stage: zoom, fit, where the pointer is. Figures are written straight, without a template. */
import { num, t } from '../../../i18n.js';
import { html, live, mount, nothing } from '../live.js';
import { iconButton, named } from '../templates.js';

/** @import {App} from '../app' */

/** @param {number} zoom */
export const zoomText = (zoom) => `${num(zoom * 100, zoom < 0.1 ? 1 : 0)} %`;

/** @param {HTMLElement} host @param {App} app */
export function mountHud(host, app) {
  const { store, stage } = app;
  const end = mount(host, () => html`
    ${iconButton({ name: t('Zoom out'), icon: 'minus', keys: app.keys('zoom.out'), run: () => app.run('zoom.out') })}
    <output class="pad zoom" aria-label=${t('Zoom')}></output>
    ${iconButton({ name: t('Zoom in'), icon: 'plus', keys: app.keys('zoom.in'), run: () => app.run('zoom.in') })}
    <i></i>
    <button class="btn" type="button" title=${named(t('Fit'), app.keys('zoom.fit'))} @click=${() => app.run('zoom.fit')}>${t('Fit')}</button>
    <button class="btn" type="button" title=${named('100 %', app.keys('zoom.actual'))} @click=${() => app.run('zoom.actual')}>100 %</button>
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
  return () => {
    end();
    endZoom();
    endPlace();
  };
}
