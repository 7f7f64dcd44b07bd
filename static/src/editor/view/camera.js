/** Where the image lies on the stage at one moment: plain numbers and conversions, no DOM, no state. */

/**
 * @typedef {object} Camera
 * @property {number} zoom    CSS pixels per image pixel
 * @property {number} x       image point in the middle of the stage
 * @property {number} y
 * @property {number} width   of the stage, CSS pixels
 * @property {number} height
 * @property {number} ratio   device pixels per CSS pixel
 * @property {number} scale   device pixels per image pixel
 * @property {number} deviceWidth  whole device pixels of a canvas over the stage
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
export function makeCamera({ zoom, x, y }, width, height, ratio) {
  const scale = zoom * ratio;
  const deviceWidth = Math.max(1, Math.round(width * ratio));
  const deviceHeight = Math.max(1, Math.round(height * ratio));
  return {
    zoom, x, y, width, height, ratio, scale, deviceWidth, deviceHeight,
    left: x - deviceWidth / 2 / scale,
    top: y - deviceHeight / 2 / scale,
  };
}

/** CSS pixels on the stage -> image. @param {Camera} c @param {number} px @param {number} py @returns {Point} */
export function toImage(c, px, py) {
  return [c.x + (px - c.width / 2) / c.zoom, c.y + (py - c.height / 2) / c.zoom];
}

/** Image -> CSS pixels on the stage. @param {Camera} c @param {number} x @param {number} y @returns {Point} */
export function toStage(c, x, y) {
  return [(x - c.x) * c.zoom + c.width / 2, (y - c.y) * c.zoom + c.height / 2];
}

/**
 * The view with another zoom in which the image point under (px, py) stays there.
 * @param {Camera} c @param {number} zoom @param {number} px CSS pixels on the stage @param {number} py
 * @returns {View}
 */
export function zoomedAt(c, zoom, px, py) {
  const [x, y] = toImage(c, px, py);
  return { zoom, x: x - (px - c.width / 2) / zoom, y: y - (py - c.height / 2) / zoom };
}

/**
 * The view that shows a box whole, in the middle.
 * @param {Box} box image pixels @param {number} width @param {number} height of the stage
 * @param {number} padding CSS pixels on each side; less on a small stage @param {number} [maxZoom]
 * @param {number} [below] CSS pixels at the lower edge that stay free, when that is more than the padding
 * @returns {View}
 */
export function fitted([x0, y0, x1, y1], width, height, padding, maxZoom = Infinity, below = 0) {
  const pad = Math.min(padding, width * 0.1, height * 0.1);
  const bottom = Math.max(pad, Math.min(below, height * 0.4));
  const across = (width - 2 * pad) / Math.max(x1 - x0, 1e-6);
  const down = (height - pad - bottom) / Math.max(y1 - y0, 1e-6);
  const zoom = Math.min(across, down, maxZoom);
  return { zoom, x: (x0 + x1) / 2, y: (y0 + y1) / 2 + (bottom - pad) / 2 / zoom };
}

/** The share of the stage, in each direction, that shows at least some of the image. */
const IN_SIGHT = 0.25;

/**
 * The nearest view in which the image reaches into a quarter of the stage from every side, or is seen whole when it is smaller.
 * @param {View} view @param {{width: number, height: number}} image @param {number} width @param {number} height of the stage
 * @returns {View}
 */
export function inSight({ zoom, x, y }, image, width, height) {
  const limited = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ stage) => {
    const beyond = (stage / 2 - Math.min(stage * IN_SIGHT, size * zoom)) / zoom;
    return Math.min(size + beyond, Math.max(-beyond, at));
  };
  return { zoom, x: limited(x, image.width, width), y: limited(y, image.height, height) };
}

/** True when both show the same. @param {View} a @param {View} b */
export function isSameView(a, b) {
  return a.zoom === b.zoom && a.x === b.x && a.y === b.y;
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
