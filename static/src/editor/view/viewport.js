/**
 * The OpenLayers map in pixel projection: keeps the view, runs the frame loop, orders the layers. No shapes here.
 *
 * OpenLayers' y axis points up; the flip is in geom/coords.js and used only where its view is set.
 */
import OlMap from 'ol/Map.js';
import Projection from 'ol/proj/Projection.js';
import OlView from 'ol/View.js';
import { toMap } from '../geom/coords.js';
import { fitted, isSameView, makeCamera, zoomedAt } from './camera.js';

/** @import {Box} from '../types/geometry' */
/** @import {View} from '../types/store' */
/** @import {Camera} from './camera.js' */

export const MAX_ZOOM = 64;
const PADDING = 24;
/** The view counts as moving for this long after a change. */
export const MOVING_MS = 180;

export class Viewport {
  /** @param {HTMLElement} element @param {import('ol/layer/Layer.js').default[]} layers */
  constructor(element, layers) {
    this.element = element;
    /** @type {View} */
    this.current = { zoom: 1, x: 0, y: 0 };
    this.imageWidth = 1;
    this.imageHeight = 1;
    this.movedAt = -Infinity;
    /** True while the picture is shown whole: it then stays so when the stage changes its size. */
    this.isFitted = true;
    /** @type {Set<(view: View) => void>} */
    this.listeners = new Set();
    this.map = new OlMap({ target: element, layers, controls: [], interactions: [], pixelRatio: this.ratio });
    this.map.on('change:size', () => this.#resized());
    this.ratioQuery = /** @type {MediaQueryList | null} */ (null);
    this.onRatio = () => this.#watchRatio();
    this.#watchRatio();
  }

  get ratio() {
    return window.devicePixelRatio || 1;
  }

  /** @returns {[number, number]} CSS pixels */
  get size() {
    const size = this.map.getSize();
    return size && size[0] > 0 && size[1] > 0 ? [size[0], size[1]] : [1, 1];
  }

  get isMoving() {
    return performance.now() - this.movedAt < MOVING_MS;
  }

  /** @returns {Camera} */
  camera() {
    const [width, height] = this.size;
    return makeCamera(this.current, width, height, this.ratio);
  }

  /** Another picture; it is shown whole unless `view` is given. @param {number} width @param {number} height @param {View} [view] */
  setPicture(width, height, view) {
    this.imageWidth = width;
    this.imageHeight = height;
    const projection = new Projection({ code: 'picture', units: 'pixels', extent: [0, 0, width, height] });
    this.map.setView(new OlView({
      projection,
      center: toMap([width / 2, height / 2], height),
      resolution: 1,
      minResolution: 1e-6,
      maxResolution: 1e6,
      smoothResolutionConstraint: false,
      enableRotation: false,
    }));
    this.isFitted = !view;
    this.current = { zoom: 0, x: 0, y: 0 };
    this.setView(view ?? this.#fitView());
  }

  #fitView() {
    const [width, height] = this.size;
    return fitted([0, 0, this.imageWidth, this.imageHeight], width, height, PADDING, MAX_ZOOM);
  }

  get fitZoom() {
    return this.#fitView().zoom;
  }

  /** @param {View} view */
  setView({ zoom, x, y }) {
    const least = Math.min(0.05, this.fitZoom / 20);
    const view = { zoom: Math.min(MAX_ZOOM, Math.max(least, zoom)), x, y };
    if (isSameView(view, this.current) || !Number.isFinite(zoom + x + y)) return;
    this.current = view;
    this.movedAt = performance.now();
    const olView = this.map.getView();
    olView.setResolution(1 / view.zoom);
    olView.setCenter(toMap([x, y], this.imageHeight));
    this.map.render();
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
   * Moves the picture by CSS pixels, on the grid of device pixels: shapes then only shift, they need no new drawing.
   * @param {View} from where the movement began @param {number} dx @param {number} dy since then
   */
  panFrom(from, dx, dy) {
    this.isFitted = false;
    const step = (/** @type {number} */ d) => Math.round(d * this.ratio) / this.ratio / from.zoom;
    this.setView({ zoom: from.zoom, x: from.x - step(dx), y: from.y - step(dy) });
  }

  /** @param {number} x @param {number} y image point for the middle of the stage */
  centerOn(x, y) {
    this.isFitted = false;
    this.setView({ ...this.current, x, y });
  }

  fit() {
    this.isFitted = true;
    this.setView(this.#fitView());
  }

  /** @param {Box} box @param {number} [maxZoom] */
  fitBox(box, maxZoom = MAX_ZOOM) {
    this.isFitted = false;
    const [width, height] = this.size;
    this.setView(fitted(box, width, height, PADDING * 3, maxZoom));
  }

  /** Called after every change of the view. @param {(view: View) => void} fn @returns {() => void} */
  onView(fn) {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  }

  /** Asks for a frame. */
  render() {
    this.map.render();
  }

  #resized() {
    if (this.isFitted) this.setView(this.#fitView());
    this.map.render();
  }

  #watchRatio() {
    this.ratioQuery?.removeEventListener('change', this.onRatio);
    this.ratioQuery = window.matchMedia(`(resolution: ${this.ratio}dppx)`);
    this.ratioQuery.addEventListener('change', this.onRatio);
    this.map.render();
  }

  destroy() {
    this.ratioQuery?.removeEventListener('change', this.onRatio);
    this.listeners.clear();
    this.map.setTarget(undefined);
    this.map.dispose();
  }
}
