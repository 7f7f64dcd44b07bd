/** The view of the stage (zoom and middle), its size, and the frame loop that draws the layers in order. No shapes here. */
import { fitted, inSight, isSameView, makeCamera, panned, zoomedAt } from './camera.js';

/** @import {Box} from '../types/geometry' */
/** @import {View} from '../types/store' */
/** @import {Camera} from './camera.js' */
/** @import {CanvasLayer} from './layers.js' */

export const MAX_ZOOM = 64;
const PADDING = 24;
/** The view counts as moving for this long after a change. */
export const MOVING_MS = 180;

export class Viewport {
  /** @param {HTMLElement} element @param {readonly CanvasLayer[]} layers from the lowest up */
  constructor(element, layers) {
    this.element = element;
    this.layers = layers;
    /** @type {View} */
    this.current = { zoom: 1, x: 0, y: 0 };
    this.width = 0;
    this.height = 0;
    this.imageWidth = 1;
    this.imageHeight = 1;
    /** Layers are drawn only when there is something to show. */
    this.hasImage = false;
    /** CSS pixels at the lower edge that an image shown whole leaves free. */
    this.below = 0;
    this.movedAt = -Infinity;
    /** True while the image is shown whole: it then stays so when the stage changes its size. */
    this.isFitted = true;
    /** @type {Set<(view: View) => void>} */
    this.listeners = new Set();
    /** Called at the end of each frame. */
    this.onFrame = () => {};
    /** Id of the requested frame, 0 for none. */
    this.frame = 0;
    element.append(...layers.map((layer) => layer.canvas));
    this.watcher = new ResizeObserver(() => this.#measure());
    this.watcher.observe(element);
    this.#measure();
    this.ratioQuery = /** @type {MediaQueryList | null} */ (null);
    this.onRatio = () => this.#watchRatio();
    this.#watchRatio();
  }

  get ratio() {
    return window.devicePixelRatio || 1;
  }

  /** @returns {[number, number]} CSS pixels */
  get size() {
    return this.width > 0 && this.height > 0 ? [this.width, this.height] : [1, 1];
  }

  get isMoving() {
    return performance.now() - this.movedAt < MOVING_MS;
  }

  /** @returns {Camera} */
  camera() {
    const [width, height] = this.size;
    return makeCamera(this.current, width, height, this.ratio);
  }

  /** Another image; it is shown whole unless `view` is given. @param {number} width @param {number} height @param {View} [view] */
  setImage(width, height, view) {
    this.imageWidth = width;
    this.imageHeight = height;
    this.hasImage = true;
    this.isFitted = !view;
    this.current = { zoom: 0, x: 0, y: 0, ...(view?.angle ? { angle: view.angle } : {}) };
    this.setView(view ?? this.#fitView());
  }

  #fitView() {
    const [width, height] = this.size;
    return fitted([0, 0, this.imageWidth, this.imageHeight], width, height, PADDING, MAX_ZOOM, this.below, this.current.angle);
  }

  get fitZoom() {
    return this.#fitView().zoom;
  }

  /** Shows another part, turned as before unless the view says it; the image never leaves the stage. @param {View} view */
  setView({ zoom, x, y, angle = this.current.angle ?? 0 }) {
    if (!Number.isFinite(zoom + x + y + angle)) return;
    const least = Math.min(0.05, this.fitZoom / 20);
    const size = { width: this.imageWidth, height: this.imageHeight };
    const seen = inSight({ zoom: Math.min(MAX_ZOOM, Math.max(least, zoom)), x, y, angle }, size, ...this.size);
    const view = angle ? { ...seen, angle } : seen;
    if (isSameView(view, this.current)) return;
    this.current = view;
    this.movedAt = performance.now();
    this.render();
    for (const listener of this.listeners) listener(view);
  }

  /** @param {number} factor @param {number} px CSS pixels on the stage, the middle unless given @param {number} py */
  zoomBy(factor, px = this.size[0] / 2, py = this.size[1] / 2) {
    this.isFitted = false;
    const least = Math.min(0.05, this.fitZoom / 20);
    const zoom = Math.min(MAX_ZOOM, Math.max(least, this.current.zoom * factor));
    this.setView(zoomedAt(this.camera(), zoom, px, py));
  }

  /** @param {number} zoom */
  zoomTo(zoom) {
    this.zoomBy(zoom / this.current.zoom);
  }

  /**
   * Moves the image by CSS pixels, on the grid of device pixels: shapes then only shift, they need no new drawing.
   * @param {View} from where the movement began @param {number} dx @param {number} dy since then
   */
  panFrom(from, dx, dy) {
    this.isFitted = false;
    this.setView(panned(from, dx, dy, this.ratio));
  }

  /** @param {number} x @param {number} y image point for the middle of the stage */
  centerOn(x, y) {
    this.isFitted = false;
    this.setView({ ...this.current, x, y });
  }

  /** Turns the image about the middle of the stage; shown whole, it stays so. @param {number} angle degrees clockwise, upright 0 */
  turnTo(angle) {
    const next = { ...this.current, angle: ((angle % 360) + 360) % 360 };
    if (!this.isFitted) return this.setView(next);
    this.current = { ...next, zoom: 0 }; // another view than any: listeners hear of the turn
    this.fit();
  }

  fit() {
    this.isFitted = true;
    this.setView(this.#fitView());
  }

  /** @param {Box} box @param {number} [maxZoom] */
  fitBox(box, maxZoom = MAX_ZOOM) {
    this.isFitted = false;
    const [width, height] = this.size;
    this.setView(fitted(box, width, height, PADDING * 3, maxZoom, 0, this.current.angle));
  }

  /** Called after every change of the view. @param {(view: View) => void} fn @returns {() => void} */
  onView(fn) {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  }

  /** Requests a frame; several calls before it lead to one. */
  render() {
    this.frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.frame = 0;
    if (this.hasImage && this.width > 0 && this.height > 0) for (const layer of this.layers) layer.render();
    this.onFrame();
  }

  #measure() {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === this.width && clientHeight === this.height) return;
    this.width = clientWidth;
    this.height = clientHeight;
    if (this.hasImage) this.setView(this.isFitted ? this.#fitView() : this.current);
    this.render();
  }

  #watchRatio() {
    this.ratioQuery?.removeEventListener('change', this.onRatio);
    this.ratioQuery = window.matchMedia(`(resolution: ${this.ratio}dppx)`);
    this.ratioQuery.addEventListener('change', this.onRatio);
    this.render();
  }

  destroy() {
    this.ratioQuery?.removeEventListener('change', this.onRatio);
    this.listeners.clear();
    this.watcher.disconnect();
    cancelAnimationFrame(this.frame);
    this.onFrame = () => {};
    this.layers = [];
  }
}
