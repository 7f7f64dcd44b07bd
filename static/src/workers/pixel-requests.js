/** What the pixels worker is asked: to open an image, for the pixels of like color around a place, for paths along edges. */
import { Flood } from './flood.js';
import { Edges, Wire } from './livewire.js';
import { Picture } from './picture.js';

/** @typedef {{flood: Flood, left: number, top: number, tolerance: number}} Region */

export class PixelRequests {
  /** @param {(blob: Blob, width: number, height: number) => Promise<Picture>} [decode] */
  constructor(decode = Picture.decode) {
    this.decode = decode;
    /** @type {Promise<Picture> | null} */
    this.picture = null;
    /** @type {Region | null} */
    this.region = null;
    /** The paths from the place that was asked about last. @type {{window: import('./picture.js').Window, i: number, j: number, wire: Wire} | null} */
    this.paths = null;
  }

  /** @param {string} call @param {any} args @returns {Promise<any>} */
  async run(call, args) {
    if (call === 'open') return this.#open(args);
    if (call === 'flood') return this.#flood(args);
    if (call === 'tolerance') return this.#tolerance(args);
    if (call === 'snap') return this.#snap(args);
    if (call === 'path') return this.#path(args);
    throw new RangeError(`There is no call ${call}.`);
  }

  /** @param {{blob: Blob, width: number, height: number}} image */
  async #open({ blob, width, height }) {
    this.region = null;
    this.paths = null;
    void this.picture?.then((picture) => picture.close(), () => {});
    this.picture = this.decode(blob, width, height);
    await this.picture;
  }

  /** The corner of an edge near a place. @param {{x: number, y: number, radius: number, step: number}} args @returns {Promise<[number, number]>} */
  async #snap({ x, y, radius, step }) {
    const { picture, window } = await this.#window(x, y, step);
    const [cx, cy] = new Edges(window).snap((x - window.left) / step, (y - window.top) / step, radius / step);
    return [Math.min(picture.width, cx * step + window.left), Math.min(picture.height, cy * step + window.top)];
  }

  /**
   * The way along edges from one corner to another, flat; `step` image pixels are one of those that are looked at.
   * @param {{from: [number, number], to: [number, number], step: number}} args @returns {Promise<Int32Array>}
   */
  async #path({ from: [x, y], to, step }) {
    const { picture, window } = await this.#window(x, y, step);
    const near = (/** @type {number} */ n, /** @type {number} */ first, /** @type {number} */ most) => Math.min(most, Math.max(0, Math.round((n - first) / step)));
    const [i, j] = [near(x, window.left, window.width), near(y, window.top, window.height)];
    if (this.paths?.window !== window || this.paths.i !== i || this.paths.j !== j) this.paths = { window, i, j, wire: new Wire(new Edges(window), i, j) };
    const target = [near(to[0], window.left, Infinity), near(to[1], window.top, Infinity)];
    const path = Int32Array.from(this.paths.wire.path(target[0], target[1]));
    for (let k = 0; k < path.length; k += 2) {
      path[k] = Math.min(picture.width, path[k] * step + window.left);
      path[k + 1] = Math.min(picture.height, path[k + 1] * step + window.top);
    }
    path.set([x, y]);
    if (path.length > 2) path.set(to, path.length - 2);
    return path;
  }

  /** @param {number} x @param {number} y @param {number} [step] */
  async #window(x, y, step) {
    if (!this.picture) throw new Error('No image is open.');
    const picture = await this.picture;
    return { picture, window: picture.window(x, y, step) };
  }

  /** @param {{x: number, y: number, tolerance: number}} args @returns {Promise<Int32Array>} the spans of all pixels */
  async #flood({ x, y, tolerance }) {
    const { window } = await this.#window(x, y);
    this.region = { flood: new Flood(window, x - window.left, y - window.top), left: window.left, top: window.top, tolerance };
    return this.#spans(this.region, -1, tolerance);
  }

  /** Another tolerance for the same place. @param {number} tolerance @returns {Int32Array} the spans that join, or those that leave when it is lower */
  #tolerance(tolerance) {
    const { region } = this;
    if (!region) throw new Error('No place was chosen.');
    const before = region.tolerance;
    region.tolerance = tolerance;
    return this.#spans(region, Math.min(before, tolerance), Math.max(before, tolerance));
  }

  /** @param {Region} region @param {number} above @param {number} tolerance */
  #spans({ flood, left, top }, above, tolerance) {
    const spans = Int32Array.from(flood.spans(above, tolerance));
    for (let i = 0; i < spans.length; i += 3) {
      spans[i] += top;
      spans[i + 1] += left;
      spans[i + 2] += left;
    }
    return spans;
  }
}
