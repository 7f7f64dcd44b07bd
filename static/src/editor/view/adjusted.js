/**
 * Adjusted copies of what the stage shows: a worker makes one for each level of the image that is looked at, once for each
 * change of the adjustments; frames only draw them. What is stored, and what tools read, are the original pixels.
 */
import { isNeutral } from '../../workers/tones.js';

/** @import {Adjustments} from '../../workers/tones.js' */
/** @import {Level} from './image.js' */
/** @typedef {{image: CanvasImageSource & {width: number, height: number}, scale: number}} Shown */

export class AdjustedImages {
  /** @param {string | URL} url of the worker @param {() => void} onChange there is something else to draw @param {(url: string | URL) => Worker} [start] */
  constructor(url, onChange, start = (at) => new Worker(at)) {
    this.url = url;
    this.onChange = onChange;
    this.start = start;
    /** null: images are shown as they are. @type {Adjustments | null} */
    this.adjustments = null;
    this.key = '';
    /** @type {Map<Level, {key: string, image: ImageBitmap}>} */
    this.made = new Map();
    /** The one request without an answer. @type {{id: number, level: Level, key: string} | null} */
    this.asked = null;
    /** The level that was wanted while another was being made. @type {Level | null} */
    this.next = null;
    this.last = 0;
    /** Rises with each new copy. */
    this.version = 0;
    /** @type {Worker | null} */
    this.worker = null;
    /** Adjustments that could not be made are not asked for again. */
    this.failedKey = '';
  }

  /** @param {Adjustments | null} adjustments */
  set(adjustments) {
    const next = adjustments && !isNeutral(adjustments) ? adjustments : null;
    const key = next ? JSON.stringify(next) : '';
    if (key === this.key) return;
    this.adjustments = next;
    this.key = key;
    if (!next) this.#drop();
    this.version++;
    this.onChange();
  }

  /** Another image is shown. */
  forget() {
    for (const level of [...this.made.keys()]) this.release(level);
    this.asked = null;
    this.next = null;
  }

  #drop() {
    this.forget();
    this.worker?.terminate(); // its pixels are memory
    this.worker = null;
  }

  /**
   * What to draw for a level or a tile: its adjusted copy, the last one or that of another level until it is there, else the original.
   * @param {Level} level @param {readonly Level[]} [others] levels that show the same, in other sizes @returns {Shown}
   */
  of(level, others = []) {
    if (!this.adjustments) return level;
    const made = this.made.get(level);
    if (made?.key !== this.key) this.#ask(level);
    if (made) return { image: made.image, scale: level.scale };
    const other = others.find((one) => this.made.get(one)?.key === this.key);
    return other ? { image: /** @type {ImageBitmap} */ (this.made.get(other)?.image), scale: other.scale } : level;
  }

  /** A level or a tile is given up. @param {Level} level */
  release(level) {
    this.made.get(level)?.image.close();
    this.made.delete(level);
    if (this.asked?.level === level) this.asked = null;
    if (this.next === level) this.next = null;
  }

  /** Whether nothing is being made. */
  get isSettled() {
    return !this.asked;
  }

  /** One at a time: of what was wanted meanwhile only the newest counts. @param {Level} level */
  #ask(level) {
    if (this.asked) {
      if (this.asked.level !== level || this.asked.key !== this.key) this.next = level;
      return;
    }
    if (this.failedKey === this.key || !level.blob || level.blob.size === 0 || !this.adjustments) return;
    this.worker ??= this.#started();
    const { image: { width, height }, blob, source } = level;
    this.asked = { id: (this.last += 1), level, key: this.key };
    this.worker.postMessage({ id: this.last, request: { source, blob, width, height, adjustments: this.adjustments } });
  }

  #started() {
    const worker = this.start(this.url);
    worker.onmessage = ({ data: { id, bitmap } }) => this.#receive(id, bitmap);
    worker.onerror = () => {
      worker.terminate();
      this.worker = null;
      this.#receive(this.asked?.id ?? 0, undefined);
    };
    return worker;
  }

  /** @param {number} id @param {ImageBitmap | undefined} bitmap none: it could not be made */
  #receive(id, bitmap) {
    const { asked } = this;
    if (asked?.id !== id) return bitmap?.close();
    this.asked = null;
    if (bitmap) {
      this.made.get(asked.level)?.image.close();
      this.made.set(asked.level, { key: asked.key, image: bitmap });
    } else this.failedKey = asked.key;
    this.version++;
    const { next } = this;
    this.next = null;
    if (next) this.of(next);
    this.onChange();
  }

  destroy() {
    this.#drop();
  }
}
