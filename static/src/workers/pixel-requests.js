/** What the pixels worker is asked: to open an image, and for the pixels of like color around a place. */
import { Flood } from './flood.js';
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
  }

  /** @param {string} call @param {any} args @returns {Promise<any>} */
  async run(call, args) {
    if (call === 'open') return this.#open(args);
    if (call === 'flood') return this.#flood(args);
    if (call === 'tolerance') return this.#tolerance(args);
    throw new RangeError(`There is no call ${call}.`);
  }

  /** @param {{blob: Blob, width: number, height: number}} image */
  async #open({ blob, width, height }) {
    this.region = null;
    void this.picture?.then((picture) => picture.close(), () => {});
    this.picture = this.decode(blob, width, height);
    await this.picture;
  }

  /** @param {{x: number, y: number, tolerance: number}} args @returns {Promise<Int32Array>} the spans of all pixels */
  async #flood({ x, y, tolerance }) {
    if (!this.picture) throw new Error('No image is open.');
    const window = (await this.picture).window(x, y);
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
