/** The pixels of the image that is shown, read once from its file into memory of the worker; larger images in part. */

/** @import {Pixels} from './flood.js' */

/** Up to so many pixels an image is read whole. */
const WHOLE = 40e6;
/** Pixels of a side of what is read of a larger image. */
const SIDE = 4096;

/** @typedef {Pixels & {left: number, top: number, step: number}} Window of an image: `step` of its pixels in each direction are one of these, and the first of them is (left, top) */

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

  /**
   * The pixels around a place: the whole image unless that is too large. With a step they are averages.
   * @param {number} x @param {number} y @param {number} [step] @returns {Window}
   */
  window(x, y, step = 1) {
    const [columns, rows] = [Math.ceil(this.width / step), Math.ceil(this.height / step)];
    const isWhole = columns * rows <= WHOLE;
    const [width, height] = isWhole ? [columns, rows] : [Math.min(SIDE, columns), Math.min(SIDE, rows)];
    const first = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ all) => step * Math.min(Math.max(0, Math.floor(at / step - length / 2)), all - length);
    const [left, top] = [first(x, width, columns), first(y, height, rows)];
    if (this.read?.left === left && this.read.top === top && this.read.step === step) return this.read;
    const canvas = new OffscreenCanvas(width, height);
    const g = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    g.imageSmoothingEnabled = step > 1;
    g.imageSmoothingQuality = 'high';
    g.drawImage(this.bitmap, -left / step, -top / step, this.width / step, this.height / step);
    this.read = { left, top, step, width, height, data: g.getImageData(0, 0, width, height).data };
    return this.read;
  }

  close() {
    this.bitmap.close();
    this.read = null;
  }
}
