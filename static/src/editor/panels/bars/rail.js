/** The rail of tools: one tab stop, arrows move; only tools that exist. */
import { t } from '../../../i18n.js';
import { html, mount, nothing } from '../live.js';
import { icon, named } from '../templates.js';
import { rove, rovingStop } from '../roving.js';

/** @import {App} from '../app' */

/** @typedef {{id: string, icon: string, command: string, draws: boolean, name: () => string}} ToolEntry */

/** @type {readonly (ToolEntry | null)[]} null: a hairline */
export const TOOLS = Object.freeze([
  { id: 'select', icon: 'mouse-pointer-2', command: 'tool.select', draws: false, name: () => t('Select') },
  { id: 'pan', icon: 'hand', command: 'tool.pan', draws: false, name: () => t('Pan') },
  null,
  { id: 'box', icon: 't-box', command: 'tool.box', draws: true, name: () => t('Box') },
  { id: 'extreme_box', icon: 'diamond', command: 'tool.extreme_box', draws: true, name: () => t('Box by four extreme points') },
  { id: 'rotated_box', icon: 't-rbox', command: 'tool.rotated_box', draws: true, name: () => t('Rotated box') },
  { id: 'polygon', icon: 't-poly', command: 'tool.polygon', draws: true, name: () => t('Polygon') },
  { id: 'polyline', icon: 't-line', command: 'tool.polyline', draws: true, name: () => t('Polyline') },
  { id: 'ellipse', icon: 't-ellipse', command: 'tool.ellipse', draws: true, name: () => t('Ellipse') },
  { id: 'keypoint', icon: 't-point', command: 'tool.keypoint', draws: true, name: () => t('Keypoint') },
  { id: 'skeleton', icon: 't-skel', command: 'tool.skeleton', draws: true, name: () => t('Skeleton') },
  { id: 'brush', icon: 'brush', command: 'tool.brush', draws: true, name: () => t('Brush') },
  { id: 'eraser', icon: 'eraser', command: 'tool.eraser', draws: true, name: () => t('Eraser') },
  { id: 'fill', icon: 'paint-bucket', command: 'tool.fill', draws: true, name: () => t('Fill') },
  { id: 'wand', icon: 'wand-sparkles', command: 'tool.wand', draws: true, name: () => t('Magic wand') },
  { id: 'scissors', icon: 'scissors', command: 'tool.scissors', draws: true, name: () => t('Scissors') },
  { id: 'grabcut', icon: 't-cut', command: 'tool.grabcut', draws: true, name: () => t('GrabCut') },
  { id: 'ai', icon: 'sparkles', command: 'tool.ai', draws: false, name: () => t('AI click') },
  null,
  { id: 'issue', icon: 'message-square-plus', command: 'tool.issue', draws: false, name: () => t('Issue') },
  { id: 'measure', icon: 'ruler', command: 'tool.measure', draws: false, name: () => t('Measure') },
]);

/** Tools for what is selected; they end by themselves and have no place in the rail. @type {readonly ToolEntry[]} */
const OPERATIONS = [
  { id: 'slice', icon: 'slice', command: 'slice', draws: false, name: () => t('Cut') },
  { id: 'contour', icon: 'pencil', command: 'contour', draws: false, name: () => t('Redo part of the outline') },
  { id: 'simplify', icon: 'shapes', command: 'simplify', draws: false, name: () => t('Simplify') },
];

/** @param {string} id */
export const toolOf = (id) => [...TOOLS, ...OPERATIONS].find((one) => one?.id === id) ?? /** @type {ToolEntry} */ (TOOLS[0]);

/** Whether a tool has the size of the brush. @param {string} id */
export const hasBrush = (id) => id === 'brush' || id === 'eraser' || id === 'grabcut';

/** @param {HTMLElement} host @param {App} app */
export function mountRail(host, app) {
  const { store } = app;
  const stop = rovingStop();
  host.addEventListener('keydown', (event) => rove(event, '.tool', { axis: 'both', wraps: true }));
  host.addEventListener('focusin', stop.onFocus);
  const ids = TOOLS.flatMap((tool) => tool?.id ?? []);
  return mount(host, () => {
    const current = toolOf(store.tool.value).id;
    const tabbed = stop.of(ids, ids.includes(current) ? current : 'select');
    const may = store.may.value;
    return TOOLS.map((tool) => {
      if (!tool) return html`<hr>`;
      const isOff = tool.draws && !may.label;
      const keys = app.keys(tool.command);
      const title = named(isOff && may.reason ? `${tool.name()}: ${may.reason}` : tool.name(), keys);
      return html`<button class="tool" type="button" aria-pressed=${String(tool.id === current)} aria-label=${title} title=${title}
        aria-disabled=${isOff ? 'true' : nothing} tabindex=${tool.id === tabbed ? 0 : -1} data-id=${tool.id} aria-keyshortcuts=${keys ? keys.replace(' ', '+') : nothing}
        @click=${() => { if (!isOff) store.tool.value = tool.id; }}>${icon(tool.icon)}</button>`;
    });
  });
}
