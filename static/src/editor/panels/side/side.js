/** The side panel: its tabs, one panel each, and the edge that makes it wider. */
import { num, t } from '../../../i18n.js';
import { html, live, mount, nothing, render } from '../live.js';
import { ObjectList } from './objects.js';
import { onAttributeKey } from './attribute-keys.js';
import { imageAttributes } from './attributes.js';
import { detailsView } from './selected/details.js';
import { suggestionsView } from '../suggestions/suggestions-view.js';
import { mountClasses } from './classes.js';
import { mountHistory } from './history.js';
import { mountTags } from './tags.js';
import { mountIssues } from '../issues/issue-list.js';
import { rove } from '../roving.js';
import { clampWidth } from '../settings.js';

/** @import {App} from '../app' */

const TABS = Object.freeze(['objects', 'classes', 'tags', 'issues', 'history']);

/** @param {string} id */
function tabName(id) {
  switch (id) {
    case 'classes': return t('Classes');
    case 'tags': return t('Tags');
    case 'issues': return t('Issues');
    case 'history': return t('History');
    default: return t('Objects');
  }
}

/** Arrow keys select the next tab. @param {KeyboardEvent} event @param {App} app */
function onTabKey(event, { settings }) {
  const tab = rove(event, '[role="tab"]', { axis: 'x', wraps: true });
  if (tab) settings.set({ tab: tab.id.slice('tab-'.length) });
}

/** @param {HTMLElement} host @param {App} app */
function mountTabs(host, app) {
  const { store, settings } = app;
  host.addEventListener('keydown', (event) => onTabKey(event, app));
  return mount(host, () => {
    store.version.value;
    const current = settings.value.tab;
    /** @type {Record<string, number>} */
    const counts = { objects: store.labels.size, tags: store.tags.value.size, issues: app.issues.open.value.length };
    return TABS.map((id) => html`<button role="tab" type="button" id="tab-${id}" aria-controls="panel-${id}" aria-selected=${String(id === current)} tabindex=${id === current ? 0 : -1}
      @click=${() => settings.set({ tab: id })}>${tabName(id)}${counts[id] ? html`<span class="count">${num(counts[id])}</span>` : nothing}</button>`);
  });
}

/** Drag or arrows change the width. @param {HTMLElement} edge @param {App} app */
function wireEdge(edge, { settings }) {
  const isRtl = document.documentElement.dir === 'rtl';
  edge.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    edge.setPointerCapture(event.pointerId);
    const [startX, startWidth] = [event.clientX, settings.value.sideWidth];
    const move = (/** @type {PointerEvent} */ next) => settings.set({ sideWidth: clampWidth(startWidth + (isRtl ? 1 : -1) * (next.clientX - startX)) });
    edge.addEventListener('pointermove', move);
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), { once: true });
  });
  edge.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: isRtl ? -16 : 16, ArrowRight: isRtl ? 16 : -16 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    settings.set({ sideWidth: clampWidth(settings.value.sideWidth + step) });
  });
  return live(() => {
    const { sideWidth } = settings.value;
    edge.setAttribute('aria-valuenow', String(sideWidth));
    document.documentElement.style.setProperty('--e-side', `${sideWidth}px`);
  });
}

/** The objects tab: the list, and under it what is selected. @param {HTMLElement} host @param {App} app */
function mountObjects(host, app) {
  host.replaceChildren();
  const list = document.createElement('div');
  list.className = 'object-list';
  const details = document.createElement('div');
  details.className = 'details-place';
  host.append(list, details);
  const objects = new ObjectList(list, app);
  details.addEventListener('keydown', (event) => onAttributeKey(event, app));
  const end = live(() => render(html`${suggestionsView(app)}${detailsView(app)}${imageAttributes(app)}`, details));
  return () => {
    objects.close();
    end();
  };
}

const PANELS = Object.freeze(/** @type {Record<string, (host: HTMLElement, app: App) => () => void>} */ ({
  objects: mountObjects, classes: mountClasses, tags: mountTags, issues: mountIssues, history: mountHistory,
}));

/** Only the tab that is shown is drawn. @param {HTMLElement} host @param {App} app */
export function mountSide(host, app) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (host.querySelector(selector));
  const panel = part('.side-panel');
  let shown = '';
  let close = () => {};
  const ends = [
    mountTabs(part('.tabs'), app),
    wireEdge(part('.side-edge'), app),
    live(() => {
      const wanted = app.settings.value.tab;
      const tab = TABS.includes(wanted) ? wanted : TABS[0];
      if (tab === shown) return;
      close();
      shown = tab;
      panel.id = `panel-${tab}`;
      panel.setAttribute('aria-labelledby', `tab-${tab}`);
      panel.dataset.panel = tab;
      // a fresh element each time: lit remembers what it drew where
      const inner = document.createElement('div');
      inner.className = 'panel-in';
      panel.replaceChildren(inner);
      close = PANELS[tab](inner, app);
    }),
  ];
  return () => {
    for (const end of ends) end();
    close();
  };
}
