/** The rail of tools: one tab stop, arrows move; only tools that exist. */
import { t } from '../i18n.js';
import { html, mount, nothing } from './live.js';
import { icon, named } from './parts.js';

/** @import {App} from './app' */

/** @typedef {{id: string, icon: string, command: string, draws: boolean, name: () => string}} ToolEntry */

/** @type {readonly (ToolEntry | null)[]} null: a hairline */
export const TOOLS = Object.freeze([
  { id: 'select', icon: 'mouse-pointer-2', command: 'tool.select', draws: false, name: () => t('Select') },
  { id: 'pan', icon: 'hand', command: 'tool.pan', draws: false, name: () => t('Pan') },
  null,
  { id: 'box', icon: 't-box', command: 'tool.box', draws: true, name: () => t('Box') },
  { id: 'polygon', icon: 't-poly', command: 'tool.polygon', draws: true, name: () => t('Polygon') },
]);

/** @param {string} id */
export const toolOf = (id) => TOOLS.find((one) => one?.id === id) ?? /** @type {ToolEntry} */ (TOOLS[0]);

/** Arrows move within the rail. @param {KeyboardEvent} event */
function onKey(event) {
  const rail = /** @type {HTMLElement} */ (event.currentTarget);
  const tools = /** @type {HTMLElement[]} */ ([...rail.querySelectorAll('.tool')]);
  const at = tools.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = tools.at(to % tools.length);
  for (const tool of tools) tool.tabIndex = tool === next ? 0 : -1;
  next?.focus();
}

/** @param {HTMLElement} host @param {App} app */
export function mountRail(host, app) {
  const { store } = app;
  host.addEventListener('keydown', onKey);
  return mount(host, () => {
    const current = toolOf(store.tool.value).id;
    const may = store.may.value;
    return TOOLS.map((tool) => {
      if (!tool) return html`<hr>`;
      const isOff = tool.draws && !may.label;
      const keys = app.keys(tool.command);
      const title = named(isOff && may.reason ? `${tool.name()}: ${may.reason}` : tool.name(), keys);
      return html`<button class="tool" type="button" aria-pressed=${String(tool.id === current)} aria-label=${title} title=${title}
        aria-disabled=${isOff ? 'true' : nothing} tabindex=${tool.id === current ? 0 : -1} aria-keyshortcuts=${keys ? keys.replace(' ', '+') : nothing}
        @click=${() => { if (!isOff) store.tool.value = tool.id; }}>${icon(tool.icon)}</button>`;
    });
  });
}
