/**
 * Rotated boxes and ellipses: their outline from a frame (middle, width, height, angle) and back. Pure.
 *
 * An outline keeps its frame in the order of its points, as annotator/domain/outline_shapes.py says.
 */

/**
 * @import {Part, Point, Ring} from '../types/geometry'
 * @import {Label} from '../types/labels'
 * @typedef {'rotated_box' | 'ellipse'} FramedShape
 * @typedef {{x: number, y: number, w: number, h: number, angle: number}} Frame
 *   the middle, both sides (of an ellipse its diameters), and the turn in radians, clockwise as the image is seen
 */

/** How far the outline of an ellipse may run inside it, image pixels. */
const SAG = 0.05;
const LEAST_VERTICES = 24;
const MOST_VERTICES = 400;

/** Is its geometry a frame? @param {Pick<Label, 'shape' | 'points' | 'mask'>} label @returns {boolean} */
export function isFramed({ shape, points, mask }) {
  return (shape === 'rotated_box' || shape === 'ellipse') && Boolean(points?.length) && !mask?.length;
}

/** The directions of both sides; quarter turns are exact. @param {number} angle @returns {[Point, Point]} */
function axes(angle) {
  const quarters = angle / (Math.PI / 2);
  const isQuarter = Math.abs(quarters - Math.round(quarters)) < 1e-12;
  const [cos, sin] = isQuarter ? [[1, 0], [0, 1], [-1, 0], [0, -1]][((Math.round(quarters) % 4) + 4) % 4] : [Math.cos(angle), Math.sin(angle)];
  return [[cos, sin], [-sin, cos]];
}

/** A place of the frame in the image: (-1, -1) is its first corner, (0, 0) the middle. @param {Frame} frame @param {number} fx @param {number} fy @returns {Point} */
export function placeIn({ x, y, w, h, angle }, fx, fy) {
  const [u, v] = axes(angle);
  const [a, b] = [(fx * w) / 2, (fy * h) / 2];
  return [x + a * u[0] + b * v[0], y + a * u[1] + b * v[1]];
}

/** An image point along the sides of the frame, from its middle, image pixels. @param {Frame} frame @param {number} x @param {number} y @returns {Point} */
export function along(frame, x, y) {
  const [u, v] = axes(frame.angle);
  const [dx, dy] = [x - frame.x, y - frame.y];
  return [dx * u[0] + dy * u[1], dx * v[0] + dy * v[1]];
}

/** @param {number} w @param {number} h */
function countVertices(w, h) {
  const r = Math.max(w, h) / 2;
  const n = r > SAG ? Math.PI / Math.acos(1 - SAG / r) : 0;
  return Math.min(MOST_VERTICES, Math.max(LEAST_VERTICES, 4 * Math.ceil(n / 4)));
}

/** @param {Frame} frame @returns {Ring} thousandths of a pixel: many vertices are sent and stored for one shape */
function oval(frame) {
  const n = countVertices(frame.w, frame.h);
  return Array.from({ length: n }, (_, i) => {
    // The ends of the axes are exact.
    const isEnd = (4 * i) % n === 0;
    const [cos, sin] = isEnd ? [[1, 0], [0, 1], [-1, 0], [0, -1]][(4 * i) / n] : [Math.cos((2 * Math.PI * i) / n), Math.sin((2 * Math.PI * i) / n)];
    const [x, y] = placeIn(frame, cos, sin);
    return /** @type {Point} */ ([Number(x.toFixed(3)), Number(y.toFixed(3))]);
  });
}

/** @param {FramedShape} shape @param {Frame} frame @returns {Part[]} */
export function outlineOf(shape, frame) {
  const corners = /** @type {Ring} */ ([[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([fx, fy]) => placeIn(frame, fx, fy)));
  return [[shape === 'ellipse' ? oval(frame) : corners]];
}

/** The frame of a rotated box or an ellipse. @param {Pick<Label, 'shape' | 'points'>} label @returns {Frame} */
export function frameOf({ shape, points }) {
  const ring = /** @type {Part[]} */ (points)[0][0];
  const [a, b, c] = shape === 'ellipse' ? [ring[0], ring[ring.length / 4], ring[ring.length / 2]] : ring;
  const [x, y] = [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2];
  if (shape === 'ellipse') {
    const u = [a[0] - x, a[1] - y];
    return { x, y, w: 2 * Math.hypot(...u), h: 2 * Math.hypot(b[0] - x, b[1] - y), angle: Math.atan2(u[1], u[0]) };
  }
  const u = [b[0] - a[0], b[1] - a[1]];
  return { x, y, w: Math.hypot(...u), h: Math.hypot(c[0] - b[0], c[1] - b[1]), angle: Math.atan2(u[1], u[0]) };
}

/**
 * The frame of which one side is the line from a to b, and the other reaches the point p.
 * @param {Point} a @param {Point} b @param {Point} p
 * @returns {Frame}
 */
export function frameFrom(a, b, [px, py]) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const w = Math.hypot(dx, dy);
  const angle = Math.atan2(dy, dx);
  const [, v] = axes(angle);
  const depth = (px - a[0]) * v[0] + (py - a[1]) * v[1];
  return { x: (a[0] + b[0] + depth * v[0]) / 2, y: (a[1] + b[1] + depth * v[1]) / 2, w, h: Math.abs(depth), angle };
}

/**
 * The frame with a corner or side at another place; what is opposite stays.
 * @param {Frame} frame @param {number} fx -1, 0 or 1: which side @param {number} fy @param {number} x @param {number} y @param {number} least length of a side
 * @returns {Frame}
 */
export function resized(frame, fx, fy, x, y, least) {
  const [a, b] = along(frame, x, y);
  const [w, h] = [[fx, a, frame.w], [fy, b, frame.h]].map(([f, to, length]) => (f ? Math.max(least, to * f + length / 2) : length));
  const [mx, my] = placeIn(frame, frame.w ? (fx * (w - frame.w)) / frame.w : 0, frame.h ? (fy * (h - frame.h)) / frame.h : 0);
  return { ...frame, x: mx, y: my, w, h };
}

const STEP = Math.PI / 12;

/** The frame turned so that its upper side faces a point. @param {Frame} frame @param {number} x @param {number} y @param {boolean} isStepped by 15 degrees @returns {Frame} */
export function turned(frame, x, y, isStepped) {
  const angle = Math.atan2(y - frame.y, x - frame.x) + Math.PI / 2;
  return { ...frame, angle: isStepped ? Math.round(angle / STEP) * STEP : angle };
}

/** The turn in degrees, from -180 to 180, tenths. @param {Frame} frame */
export function degrees({ angle }) {
  const turn = Math.round((angle * 1800) / Math.PI) / 10;
  return turn > 180 ? turn - 360 : turn <= -180 ? turn + 360 : turn;
}
