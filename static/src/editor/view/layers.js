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
    Object.assign(this.canvas.style, { position: 'absolute', left: '0', top: '0' });
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.camera = camera;
    this.keyOf = key;
    this.paint = draw;
    this.key = '';
  }

  /** One frame. */
  render() {
    const camera = this.camera();
    if (fitCanvas(this.canvas, camera)) this.key = '';
    const key = this.keyOf(camera);
    if (key !== this.key) {
      this.key = key;
      this.paint(this.g, camera);
    }
  }
}

/**
 * Gives the canvas the size of the stage in device pixels. Returns whether it changed (and was cleared).
 * @param {HTMLCanvasElement} canvas @param {Camera} camera
 */
export function fitCanvas(canvas, { width, height, deviceWidth, deviceHeight }) {
  if (canvas.width === deviceWidth && canvas.height === deviceHeight && canvas.style.width === `${width}px` && canvas.style.height === `${height}px`) {
    return false;
  }
  canvas.width = deviceWidth;
  canvas.height = deviceHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return true;
}
