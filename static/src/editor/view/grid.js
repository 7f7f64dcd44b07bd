/** The grid over the image: every pixel when they are large, else every 10, 100 or 1000. Pure drawing. */

/** @import {Camera} from './camera.js' */

/** Least distance of two lines, CSS pixels. */
const LEAST = 12;

/** Image pixels between two lines. @param {number} zoom CSS pixels per image pixel */
export function gridStep(zoom) {
  let step = 1;
  while (step * zoom < LEAST) step *= 10;
  return step;
}

/** @param {CanvasRenderingContext2D} g @param {Camera} c @param {{width: number, height: number}} image its size in pixels */
export function drawGrid(g, c, { width, height }) {
  const step = gridStep(c.zoom);
  const at = (/** @type {number} */ value, /** @type {number} */ from) => Math.round((value - from) * c.scale);
  const line = Math.max(1, Math.round(c.ratio));
  const x0 = Math.max(0, Math.ceil(c.left / step) * step);
  const y0 = Math.max(0, Math.ceil(c.top / step) * step);
  const x1 = Math.min(width, c.left + c.deviceWidth / c.scale);
  const y1 = Math.min(height, c.top + c.deviceHeight / c.scale);
  const [left, right] = [at(Math.max(0, c.left), c.left), at(x1, c.left)];
  const [top, bottom] = [at(Math.max(0, c.top), c.top), at(y1, c.top)];
  for (const [color, shift] of /** @type {const} */ ([['rgba(0,0,0,0.35)', line], ['rgba(255,255,255,0.45)', 0]])) {
    g.fillStyle = color;
    for (let x = x0; x <= x1; x += step) g.fillRect(at(x, c.left) + shift, top, line, bottom - top);
    for (let y = y0; y <= y1; y += step) g.fillRect(left, at(y, c.top) + shift, right - left, line);
  }
}
