/** What numbers that a person types make of a label: place, size and turn. Pure; changes nothing itself. */
import { moved } from './commands.js';
import { degrees, frameOf, isFramed, outlineOf, placeIn } from './geom/frame.js';
import * as keypoints from './geom/keypoints.js';
import { bounds, fitBox } from './geom/poly.js';

/**
 * @import {Box} from './types/geometry'
 * @import {Label, LabelPatch} from './types/labels'
 * @import {FramedShape} from './geom/frame.js'
 * @typedef {'x' | 'y' | 'w' | 'h' | 'angle'} TypedField
 */

/** Image pixels. */
const LEAST = 1;

/** The numbers of a label that can be typed: those of a mask but its place cannot. @param {Label} label @returns {Partial<Record<TypedField, number>>} */
export function numbersOf(label) {
  const [x, y, x1, y1] = label.box;
  if (label.mask?.length) return { x, y };
  if (!isFramed(label)) return { x, y, w: x1 - x, h: y1 - y };
  const frame = frameOf(label);
  return { x, y, w: frame.w, h: frame.h, angle: degrees(frame) };
}

/**
 * The geometry of a label with one of its numbers changed. The upper left corner stays where it is when a side changes.
 * @param {Label} label @param {TypedField} field @param {number} value image pixels, degrees for the turn
 * @returns {LabelPatch | null} null: the number is none, or too small for a side
 */
export function withNumber(label, field, value) {
  if (!Number.isFinite(value)) return null;
  const [x0, y0, x1, y1] = label.box;
  if (field === 'x') return moved(label, value - x0, 0);
  if (field === 'y') return moved(label, 0, value - y0);
  if (isFramed(label)) return reframed(label, field, value);
  if (value < LEAST || label.mask?.length || field === 'angle') return null;
  /** @type {Box} */
  const box = [x0, y0, field === 'w' ? x0 + value : x1, field === 'h' ? y0 + value : y1];
  return {
    box,
    ...(label.points?.length && { points: fitBox(label.points, label.box, box) }),
    ...(label.shape === 'keypoints' && { keypoints: keypoints.fitBox(label.keypoints, label.box, box) }),
  };
}

/** @param {Label} label @param {'w' | 'h' | 'angle'} field @param {number} value @returns {LabelPatch | null} */
function reframed(label, field, value) {
  const frame = frameOf(label);
  if (field !== 'angle' && value < LEAST) return null;
  const grown = field === 'angle' ? 0 : (value - frame[field]) / frame[field];
  const [x, y] = placeIn(frame, field === 'w' ? grown : 0, field === 'h' ? grown : 0);
  const next = field === 'angle' ? { ...frame, angle: (value * Math.PI) / 180 } : { ...frame, x, y, [field]: value };
  const points = outlineOf(/** @type {FramedShape} */ (label.shape), next);
  return { points, box: bounds(points) };
}
