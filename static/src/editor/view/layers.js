/** A layer of the stage: a canvas that is redrawn when what it depends on changed. */

/** @import {Camera} from './camera.js' */

/** Calls `draw` with its canvas when `key` has changed. */
export class CanvasLayer {
  /**
   * @param {object} options
   * @param {string} options.name class name of the canvas
   * @param {() => Camera} options.camera
   * @param {(camera: Camera) => string} options.key of all that the drawing depends on
   * @param {(g: CanvasRenderingContext2D, camera: Camera) => void} options.draw
   */
  constructor({ name, camera, key, draw }) {
    this.canvas = document.createElement('canvas');
    this.canvas.className = name;
    Object.assign(this.canvas.style, { position: 'absolute', left: '0', top: '0', maxWidth: 'none' }); // turned it is wider than the stage
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.camera = camera;
    this.keyOf = key;
    this.paint = draw;
    this.key = '';
  }

  /** One frame. */
  render() {
    const camera = this.camera();
    if (fitCanvas(this.canvas, camera.planeWidth, camera.planeHeight, camera.deviceWidth, camera.deviceHeight)) this.key = '';
    turnCanvas(this.canvas, camera);
    const key = this.keyOf(camera);
    if (key !== this.key) {
      this.key = key;
      this.paint(this.g, camera);
    }
  }
}

/**
 * Gives a canvas its size. Returns whether it changed (and was cleared).
 * @param {HTMLCanvasElement} canvas @param {number} width @param {number} height CSS pixels @param {number} deviceWidth @param {number} deviceHeight
 */
export function fitCanvas(canvas, width, height, deviceWidth, deviceHeight) {
  if (canvas.width === deviceWidth && canvas.height === deviceHeight && canvas.style.width === `${width}px` && canvas.style.height === `${height}px`) {
    return false;
  }
  canvas.width = deviceWidth;
  canvas.height = deviceHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return true;
}

/** Lays the plane over the stage, turned about the middle of both. @param {HTMLCanvasElement} canvas @param {Camera} camera */
function turnCanvas({ style }, { width, height, planeWidth, planeHeight, angle }) {
  const [left, top] = [`${(width - planeWidth) / 2}px`, `${(height - planeHeight) / 2}px`];
  const transform = angle ? `rotate(${angle}deg)` : '';
  if (style.left !== left) style.left = left;
  if (style.top !== top) style.top = top;
  if (style.transform !== transform) style.transform = transform;
}

/**
 * Draws on a canvas over the stage as if it lay over the plane, until `turnBack`.
 * @param {CanvasRenderingContext2D} g @param {Camera} c
 */
export function turnContext(g, { cos, sin, deviceWidth, deviceHeight }) {
  const [x, y] = [deviceWidth / 2, deviceHeight / 2];
  g.setTransform(cos, sin, -sin, cos, g.canvas.width / 2 - x * cos + y * sin, g.canvas.height / 2 - x * sin - y * cos);
}

/** @param {CanvasRenderingContext2D} g */
export const turnBack = (g) => g.setTransform(1, 0, 0, 1, 0, 0);
