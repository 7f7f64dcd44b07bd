/**
 * Where the image lies on the stage at one moment: plain numbers and conversions, no DOM, no state.
 *
 * Image and shapes are drawn upright on a plane, which is turned as a whole about the middle of the stage: the plane is as
 * large as it must be to cover the stage. Only what is said of device pixels, left and top is about the plane.
 */

import { rotation, turnedSize } from '../geom/turn.js';

/**
 * @typedef {object} Camera
 * @property {number} zoom    CSS pixels per image pixel
 * @property {number} x       image point in the middle of the stage
 * @property {number} y
 * @property {number} angle   degrees clockwise that the image is turned by
 * @property {number} cos @property {number} sin
 * @property {number} width   of the stage, CSS pixels
 * @property {number} height
 * @property {number} ratio   device pixels per CSS pixel
 * @property {number} scale   device pixels per image pixel
 * @property {number} planeWidth  CSS pixels; that of the stage when nothing is turned
 * @property {number} planeHeight
 * @property {number} deviceWidth  whole device pixels of a canvas over the plane
 * @property {number} deviceHeight
 * @property {number} left    image point at the left edge of that canvas
 * @property {number} top
 */

/** @import {Box, Point} from '../types/geometry' */
/** @import {View} from '../types/store' */

/**
 * @param {View} view @param {number} width @param {number} height of the stage, CSS pixels @param {number} ratio
 * @returns {Camera}
 */
export function makeCamera({ zoom, x, y, angle = 0 }, width, height, ratio) {
  const scale = zoom * ratio;
  const [cos, sin] = rotation(angle);
  const [planeWidth, planeHeight] = turnedSize(width, height, angle).map((size) => (cos * sin ? Math.ceil(size) : size));
  const deviceWidth = Math.max(1, Math.round(planeWidth * ratio));
  const deviceHeight = Math.max(1, Math.round(planeHeight * ratio));
  return {
    zoom, x, y, angle, cos, sin, width, height, ratio, scale, planeWidth, planeHeight, deviceWidth, deviceHeight,
    left: x - deviceWidth / 2 / scale,
    top: y - deviceHeight / 2 / scale,
  };
}

/** A way on the stage -> the same way on the plane. @param {Pick<Camera, 'cos' | 'sin'>} c @param {number} dx @param {number} dy @returns {Point} */
const unturned = ({ cos, sin }, dx, dy) => [dx * cos + dy * sin, dy * cos - dx * sin];

/** CSS pixels on the stage -> image. @param {Camera} c @param {number} px @param {number} py @returns {Point} */
export function toImage(c, px, py) {
  const [dx, dy] = unturned(c, px - c.width / 2, py - c.height / 2);
  return [c.x + dx / c.zoom, c.y + dy / c.zoom];
}

/** Image -> CSS pixels on the stage. @param {Camera} c @param {number} x @param {number} y @returns {Point} */
export function toStage(c, x, y) {
  const [dx, dy] = [x - c.x, y - c.y];
  return [(dx * c.cos - dy * c.sin) * c.zoom + c.width / 2, (dx * c.sin + dy * c.cos) * c.zoom + c.height / 2];
}

/** The corners of a box in the image, on the stage, and how far they reach there. @param {Camera} c @param {Box} box @returns {Box} CSS pixels */
export function boxOnStage(c, [x0, y0, x1, y1]) {
  const corners = [toStage(c, x0, y0), toStage(c, x1, y0), toStage(c, x1, y1), toStage(c, x0, y1)];
  const [across, down] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}

/** The part of the image that the stage shows, as far as it reaches. @param {Camera} c @returns {Box} image pixels */
export function boxInImage(c) {
  const [width, height] = turnedSize(c.width / c.zoom, c.height / c.zoom, c.angle);
  return [c.x - width / 2, c.y - height / 2, c.x + width / 2, c.y + height / 2];
}

/**
 * The view in which an image point lies at a place of the stage.
 * @param {Camera} c gives stage and angle @param {number} zoom @param {Point} point image pixels @param {number} px CSS pixels on the stage @param {number} py
 * @returns {View}
 */
export function viewWith(c, zoom, [x, y], px, py) {
  const [dx, dy] = unturned(c, px - c.width / 2, py - c.height / 2);
  return { zoom, x: x - dx / zoom, y: y - dy / zoom };
}

/**
 * The view with another zoom in which the image point under (px, py) stays there.
 * @param {Camera} c @param {number} zoom @param {number} px CSS pixels on the stage @param {number} py
 * @returns {View}
 */
export const zoomedAt = (c, zoom, px, py) => viewWith(c, zoom, toImage(c, px, py), px, py);

/**
 * Moves the middle of a view by CSS pixels of the stage, on the grid of device pixels of the plane.
 * @param {View} view @param {number} dx @param {number} dy @param {number} ratio @returns {View}
 */
export function panned({ zoom, x, y, angle = 0 }, dx, dy, ratio) {
  const [cos, sin] = rotation(angle);
  const [right, down] = unturned({ cos, sin }, dx, dy).map((way) => Math.round(way * ratio) / ratio / zoom);
  return { zoom, x: x - right, y: y - down, angle };
}

/**
 * The view that shows a box whole, in the middle.
 * @param {Box} box image pixels @param {number} width @param {number} height of the stage
 * @param {number} padding CSS pixels on each side; less on a small stage @param {number} [maxZoom]
 * @param {number} [below] CSS pixels at the lower edge that stay free, when that is more than the padding
 * @param {number} [angle] degrees
 * @returns {View}
 */
export function fitted([x0, y0, x1, y1], width, height, padding, maxZoom = Infinity, below = 0, angle = 0) {
  const pad = Math.min(padding, width * 0.1, height * 0.1);
  const bottom = Math.max(pad, Math.min(below, height * 0.4));
  const [boxWidth, boxHeight] = turnedSize(Math.max(x1 - x0, 1e-6), Math.max(y1 - y0, 1e-6), angle);
  const zoom = Math.min((width - 2 * pad) / boxWidth, (height - pad - bottom) / boxHeight, maxZoom);
  const [cos, sin] = rotation(angle);
  const [dx, dy] = unturned({ cos, sin }, 0, (bottom - pad) / 2 / zoom);
  return { zoom, x: (x0 + x1) / 2 + dx, y: (y0 + y1) / 2 + dy };
}

/** The share of the stage, in each direction, that shows at least some of the image. */
const IN_SIGHT = 0.25;

/**
 * The nearest view in which the image reaches into a quarter of the stage from every side, or is seen whole when it is smaller.
 * When it is turned by no whole quarter, the middle of the stage shows some of it.
 * @param {View} view @param {{width: number, height: number}} image @param {number} width @param {number} height of the stage
 * @returns {View}
 */
export function inSight({ zoom, x, y, angle = 0 }, image, width, height) {
  if (angle % 90) return { zoom, x: Math.min(image.width, Math.max(0, x)), y: Math.min(image.height, Math.max(0, y)) };
  const [across, down] = turnedSize(width, height, angle);
  const limited = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ stage) => {
    const beyond = (stage / 2 - Math.min(stage * IN_SIGHT, size * zoom)) / zoom;
    return Math.min(size + beyond, Math.max(-beyond, at));
  };
  return { zoom, x: limited(x, image.width, across), y: limited(y, image.height, down) };
}

/** True when both show the same. @param {View} a @param {View} b */
export function isSameView(a, b) {
  return a.zoom === b.zoom && a.x === b.x && a.y === b.y && (a.angle ?? 0) === (b.angle ?? 0);
}

/**
 * The factor of a turn of the wheel: a notch is about 1.2, a pinch on a trackpad comes with Ctrl and small steps.
 * @param {{deltaY: number, deltaMode: number, ctrlKey: boolean}} event
 */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }) {
  const pixels = deltaY * (deltaMode === 1 ? 33 : deltaMode === 2 ? 400 : 1);
  const isPinch = ctrlKey && deltaMode === 0 && Math.abs(pixels) < 50;
  const power = -pixels * (isPinch ? 0.01 : 0.0018);
  return Math.exp(Math.min(0.7, Math.max(-0.7, power)));
}

/**
 * How far the wheel moves the image, CSS pixels; null: it zooms. Shift goes sideways, as do two fingers on a trackpad.
 * @param {{deltaX: number, deltaY: number, deltaMode: number, shiftKey: boolean, ctrlKey: boolean}} event @param {boolean} pans the wheel pans
 * @returns {[number, number] | null}
 */
export function wheelWay({ deltaX, deltaY, deltaMode, shiftKey, ctrlKey }, pans) {
  if (ctrlKey || (!shiftKey && !pans && !deltaX)) return null;
  const [x, y] = shiftKey ? [deltaX || deltaY, 0] : [deltaX, deltaY];
  const unit = deltaMode === 1 ? 33 : deltaMode === 2 ? 400 : 1;
  return [0 - x * unit, 0 - y * unit];
}
