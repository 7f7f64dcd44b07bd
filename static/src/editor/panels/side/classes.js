/** The tab of classes: digits, how many objects each has here, choosing the class of the next shape. */
import { num, t } from '../../../i18n.js';
import { html, mount, nothing } from '../live.js';
import { icon, kbd, swatch } from '../templates.js';
import { countByClass, digitOf } from './classes-model.js';
import { noClasses, useClass } from './class-picker.js';
import { onListKey, rovingStop } from '../roving.js';

/** @import {App} from '../app' */

/** @param {HTMLElement} host @param {App} app */
export function mountClasses(host, app) {
  const { store, boot } = app;
  const all = boot.urls.classes_page;
  const stop = rovingStop();
  return mount(host, () => {
    store.version.value;
    const classes = store.regionConcepts.value;
    const counts = countByClass(store.labels.values());
    const selected = store.activeConcept.value;
    if (!classes.length) {
      return html`<div class="empty small"><p>${noClasses()}</p>${all ? html`<div class="row"><a class="btn primary" href=${all}>${icon('plus')}${t('New class')}</a></div>` : nothing}</div>`;
    }
    const tabbed = stop.of(classes.map((one) => one.id), selected ?? classes[0].id);
    return html`<div class="list scroll classes" role="listbox" aria-label=${t('Classes')} @keydown=${onListKey} @focusin=${stop.onFocus}>
      ${classes.map((one) => {
        const n = counts.get(one.id) ?? 0;
        return html`<div class="item" role="option" data-id=${one.id} tabindex=${one.id === tabbed ? 0 : -1} aria-selected=${String(one.id === selected)} @click=${() => useClass(app, one.id)}>
          ${swatch(one)}<span class="clip grow" title=${one.name}>${one.name}</span><span class="count" title=${t('Objects in this image')}>${num(n)}</span>
          <span class="digit">${kbd(digitOf(app.slots.value, one.id))}</span></div>`;
      })}</div>
      <p class="foot-note">${t('Keys 1–0 set the class of the selected object, otherwise of the next. Ctrl+digit rebinds.')}${all ? html` <a href=${all}>${t('Edit classes')}</a>` : nothing}</p>`;
  });
}
