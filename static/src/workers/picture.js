/** The pixels of the image that is shown, read once from its file into memory of the worker; larger images in part. */

/** @import {Pixels} from './flood.js' */

/** Up to so many pixels an image is read whole. */
const WHOLE = 40e6;
/** Pixels of a side of what is read of a larger image. */
const SIDE = 4096;

/** @typedef {Pixels & {left: number, top: number}} Window pixels of the image whose first one is (left, top) */

export class Picture {
  /** @param {ImageBitmap} bitmap @param {number} width of the image that it shows @param {number} height */
  constructor(bitmap, width, height) {
    this.bitmap = bitmap;
    this.width = width;
    this.height = height;
    /** What was read last. @type {Window | null} */
    this.read = null;
  }

  /** @param {Blob} blob the file @param {number} width of the image @param {number} height */
  static async decode(blob, width, height) {
    return new Picture(await createImageBitmap(blob), width, height);
  }

  /** The part of a side of `side` pixels around a pixel, inside the image. @param {number} x @param {number} y @param {number} side */
  #around(x, y, side) {
    const width = Math.min(side, this.width);
    const height = Math.min(side, this.height);
    const start = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ all) => Math.min(Math.max(0, Math.floor(at - length / 2)), all - length);
    return { left: start(x, width, this.width), top: start(y, height, this.height), width, height };
  }

  /** The pixels around a place: the whole image unless that is too large. @param {number} x @param {number} y @returns {Window} */
  window(x, y) {
    const isWhole = this.width * this.height <= WHOLE;
    const { left, top, width, height } = isWhole ? { left: 0, top: 0, width: this.width, height: this.height } : this.#around(x, y, SIDE);
    if (this.read?.left === left && this.read.top === top) return this.read;
    const canvas = new OffscreenCanvas(width, height);
    const g = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    g.imageSmoothingEnabled = false;
    g.drawImage(this.bitmap, -left, -top, this.width, this.height);
    this.read = { left, top, width, height, data: g.getImageData(0, 0, width, height).data };
    return this.read;
  }

  close() {
    this.bitmap.close();
    this.read = null;
  }
}
