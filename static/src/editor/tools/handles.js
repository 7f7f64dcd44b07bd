/** Draws the handles of the selected shape, and its size while one is dragged. Changes nothing. */
import { same } from '../store/fields.js';
import { frameNote } from './grips.js';

/** @import {Label} from '../types/labels' */
/** @import {VertexRef} from '../geom/poly.js' */
/** @import {Grip} from './grips.js' */
/** @import {Pen, ToolPointer} from './tool.js' */

/** More handles than this are drawn only near the pointer. */
export const MANY_GRIPS = 400;
/** CSS pixels. */
const NEAR = 60;

/**
 * @param {Pen} pen @param {Label} label @param {readonly Grip[]} grips
 * @param {{active: VertexRef | null, at: ToolPointer | null, zoom: number, isTouch: boolean}} look `at`: the pointer
 */
export function paintHandles(pen, label, grips, { active, at, zoom, isTouch }) {
  for (const { x, y, vertex, frame } of grips) {
    if (frame === 'turn') pen.line([[grips[1].x, grips[1].y], [x, y]], { isClosed: false, concept: label.concept });
    if (grips.length > MANY_GRIPS && (!at || Math.hypot(x - at.x, y - at.y) > NEAR / zoom)) continue;
    const isOn = vertex !== null && active !== null && same(active, vertex);
    pen.handle(x, y, { isOn, isTouch, concept: label.concept });
  }
}

/** The size of a shape while a handle of it is dragged. @param {Pen} pen @param {Label} label @param {Grip} grip */
export function paintSize(pen, label, grip) {
  const [x0, y0, x1, y1] = label.box;
  if (grip.edges) pen.note(x1, y1, `${x1 - x0} × ${y1 - y0}`);
  if (grip.frame) pen.note(x1, y1, frameNote(label));
}
