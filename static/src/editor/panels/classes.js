/** The tab of classes: digits, how many objects each has here, choosing the class of the next shape. */
import { num, t } from '../i18n.js';
import { html, mount, nothing } from './live.js';
import { icon, kbd, swatch } from './parts.js';
import { countByClass, digitOf } from './classes-model.js';
import { useClass } from './class-picker.js';

/** @import {App} from './app' */

/** Arrows move the keyboard within a list of role listbox. @param {KeyboardEvent} event */
export function moveInList(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role="option"], [role="checkbox"], [role="radio"]')]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.altKey || event.ctrlKey || (to === undefined && event.key !== 'Enter' && event.key !== ' ')) return;
  event.preventDefault();
  event.stopPropagation();
  if (to === undefined) return items[at]?.click();
  const next = items[Math.min(items.length - 1, Math.max(0, to))];
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next?.focus();
}

/** @param {HTMLElement} host @param {App} app */
export function mountClasses(host, app) {
  const { store, boot } = app;
  const all = boot.urls.classes_page;
  return mount(host, () => {
    store.version.value;
    const classes = store.regionConcepts.value;
    const counts = countByClass(store.labels.values());
    const chosen = store.activeConcept.value;
    if (!classes.length) {
      return html`<div class="empty small"><p>${t('Objects need a class. This project has none yet.')}</p>${all ? html`<div class="row"><a class="btn primary" href=${all}>${icon('plus')}${t('New class')}</a></div>` : nothing}</div>`;
    }
    return html`<div class="list scroll classes" role="listbox" aria-label=${t('Classes')} @keydown=${moveInList}>
      ${classes.map((one, i) => {
        const n = counts.get(one.id) ?? 0;
        return html`<div class="item" role="option" tabindex=${one.id === chosen || (!chosen && i === 0) ? 0 : -1} aria-selected=${String(one.id === chosen)} @click=${() => useClass(app, one.id)}>
          ${swatch(one)}<span class="clip grow" title=${one.name}>${one.name}</span><span class="count" title=${t('Objects of this image')}>${num(n)}</span>
          <span class="digit">${kbd(digitOf(app.slots.value, one.id))}</span></div>`;
      })}</div>
      <p class="foot-note">${t('A digit gives the chosen object its class; with nothing chosen, the next one. With Ctrl it becomes the digit of the current class.')}${all ? html` <a href=${all}>${t('Edit classes')}</a>` : nothing}</p>`;
  });
}
