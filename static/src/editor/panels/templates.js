/** Small templates that several panels use: icons, swatches, keys, chips, avatars, buttons. */
import { HATCHES, statusKey, statusName } from '../../ui/statuses.js';
import { sprite } from '../../ui/dom.js';
import { t } from '../../i18n.js';
import { html, nothing, vars } from './live.js';

/** @import {Label} from '../types/labels' */
/** @import {Concept, Status} from '../types/page' */

/** @param {string} name @param {string} [kind] 's' 14 px, 'l' 20 px, or further classes */
export const icon = (name, kind = '') =>
  html`<svg class="icon ${kind}" aria-hidden="true"><use href="${sprite()}#${name}"></use></svg>`;

/** The color and hatch of a class; the name must stand beside it. @param {Concept | undefined} concept @param {string} [kind] */
export function swatch(concept, kind = '') {
  const slot = concept?.label_slot ?? 0;
  if (slot >= 1 && slot <= HATCHES.length) {
    return html`<span class="swatch ${kind}" data-label=${slot} aria-hidden="true"><svg viewBox="0 0 14 14"><use href="${sprite()}#hatch-${HATCHES[slot - 1]}"></use></svg></span>`;
  }
  const fill = concept?.color ?? '#808890';
  return html`<span class="swatch ${kind}" aria-hidden="true"><svg viewBox="0 0 14 14"><rect width="14" height="14" fill=${fill}></rect></svg></span>`;
}

/** @param {string | undefined} keys "Ctrl Z" */
export const kbd = (keys) => (keys ? html`<kbd class="kbd">${keys}</kbd>` : nothing);

/** A name with its key, for titles and labels. @param {string} name @param {string} [keys] */
export const named = (name, keys) => (keys ? `${name}  ${keys}` : name);

/** Shapes with points that are not plain polygons. @type {Record<string, {icon: string, name: () => string}>} */
const OUTLINES = {
  rotated_box: { icon: 't-rbox', name: () => t('Rotated box') },
  ellipse: { icon: 't-ellipse', name: () => t('Ellipse') },
  polyline: { icon: 't-line', name: () => t('Polyline') },
};

/** The icon of a label's shape. @param {Label} label */
export function shapeIcon(label) {
  if (label.mask) return 'brush';
  if (OUTLINES[label.shape]) return OUTLINES[label.shape].icon;
  if (label.keypoints.length && !label.points) return 't-skel';
  return label.points ? 't-poly' : 't-box';
}

/** The name of a label's shape. @param {Label} label */
export function shapeWord(label) {
  if (label.mask) return t('Mask');
  if (OUTLINES[label.shape]) return OUTLINES[label.shape].name();
  if (label.keypoints.length && !label.points) return t('Keypoints');
  return label.points ? t('Polygon') : t('Box');
}

/** The color of a status of the project's own, in the tag of its chip. @param {Status} status */
export const statusColor = ({ color }) => vars({ '--st': (color ?? '').slice(0, 7) });

/** @param {Status | null} status @param {string} [kind] 'bare' */
export function statusChip(status, kind = '') {
  if (!status) return nothing;
  const key = statusKey(status.base);
  return html`<span class="status ${kind}" data-status=${key} ${statusColor(status)}>${icon(`st-${key}`)}${statusName(status)}</span>`;
}

/** @param {{name: string, initials: string, hue: number}} person @param {string} [kind] @param {boolean} [isLive] */
export const avatar = (person, kind = '', isLive = false) =>
  html`<span class="avatar ${kind}" role="img" aria-label=${person.name} title=${person.name} ?data-live=${isLive} ${vars({ '--h': person.hue })}>${person.initials}</span>`;

/**
 * A button of a bar: an icon whose name and key stand in its label and tooltip.
 * @param {{name: string, icon: string, keys?: string, run: (event: Event) => void, disabled?: boolean, pressed?: boolean, kind?: string, why?: string}} options
 */
export function iconButton({ name, icon: shape, keys, run, disabled = false, pressed, kind = '', why }) {
  const title = named(why && disabled ? `${name}: ${why}` : name, keys);
  return html`<button class="btn icon-only quiet ${kind}" type="button" aria-label=${title} title=${title} ?disabled=${disabled}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${run}>${icon(shape)}</button>`;
}
