/** What a press of the tool that selects began with, and the cursor over its handles. */

import { verticesOf } from './grips.js';

/** @import {Label} from '../types/labels' */
/** @import {Grip} from './grips.js' */
/** @import {ToolPointer} from './tool.js' */

/**
 * @typedef {object} Press What began with the button going down.
 * @property {'move' | 'grip' | 'marquee' | 'none'} kind
 * @property {number} x @property {number} y image pixels
 * @property {number} px @property {number} py
 * @property {boolean} isDragged
 * @property {Label[]} labels that a drag changes, as they were when the button went down
 * @property {Grip | null} grip
 * @property {Label | null} inserted the label with the vertex that the press inserted
 * @property {string[] | null} click what to select when it was only a click
 */

/** A press that nothing is known of yet. @param {ToolPointer} p @returns {Press} */
export function pressAt({ x, y, px, py }) {
  return { kind: 'none', x, y, px, py, isDragged: false, labels: [], grip: null, inserted: null, click: null };
}

/** Whether a press that inserted a vertex was near the middle of its edge. @param {Press} press @param {number} reach image pixels */
function isMiddle({ x, y, grip, labels: [label] }, reach) {
  if (!grip?.vertex) return false;
  const { part, ring, vertex } = grip.vertex;
  const vertices = verticesOf(label, part, ring);
  const [a, b] = [vertices[vertex - 1], vertices[vertex % vertices.length]];
  return Math.hypot((a[0] + b[0]) / 2 - x, (a[1] + b[1]) / 2 - y) <= reach;
}

/** A line has no inside: a drag moves it (then true), but for the middle of an edge, which bends it. @param {Press} press @param {number} reach image pixels */
export function moveLine(press, reach) {
  if (isMiddle(press, reach)) return false;
  Object.assign(press, { kind: 'move', grip: null, inserted: null });
  return true;
}

const CURSORS = /** @type {Record<string, string>} */ ({
  '0,1': 'nwse-resize', '2,3': 'nwse-resize', '0,3': 'nesw-resize', '2,1': 'nesw-resize',
  '-1,1': 'ns-resize', '-1,3': 'ns-resize', '0,-1': 'ew-resize', '2,-1': 'ew-resize',
});

/** @param {Grip} grip the handle under the pointer */
export const cursorOf = ({ edges, frame }) => (edges ? CURSORS[edges.join()] : frame === 'turn' ? 'grab' : 'crosshair');
