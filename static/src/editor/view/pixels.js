/** Asks the pixels worker about the image that is shown; the worker starts, and reads the image, when a tool first needs it. */

import { t } from '../../i18n.js';

/** @import {Media} from '../types/page' */

/**
 * @typedef {object} Source
 * @property {() => Media | null} media the image that is shown
 * @property {(media: Media) => Promise<Blob>} file
 */

/** Images with more are not read: their pixels would fill the memory. */
const MOST_PIXELS = 40e6;

/** @typedef {{promise: Promise<any>, resolve: (value: any) => void, reject: (error: Error) => void}} Answer */

export class PixelReader {
  /** @param {string | URL} url of the worker @param {Source} source @param {(url: string | URL) => Worker} [start] */
  constructor(url, source, start = (at) => new Worker(at)) {
    this.url = url;
    this.source = source;
    this.start = start;
    /** @type {Worker | null} */
    this.worker = null;
    /** Requests without an answer. @type {Map<number, Answer>} */
    this.waiting = new Map();
    this.last = 0;
    /** The file that the worker has, or is getting, by its address: replaced images have another. @type {{url: string, opened: Promise<unknown>} | null} */
    this.open = null;
  }

  /** Why there was no answer, for people. */
  get problem() {
    const media = this.source.media();
    return media && media.width * media.height > MOST_PIXELS
      ? t('The wand and the scissors work on images up to 40 megapixels. Use the polygon, the brush or GrabCut.')
      : t('The pixels of this image cannot be read here');
  }

  /** Reads the image ahead of the first question. */
  prepare() {
    void this.#opened().catch(() => {});
  }

  /**
   * The answer of the worker about the image that is shown. Rejects when its pixels cannot be read.
   * @param {string} call @param {any} args @returns {Promise<any>}
   */
  async ask(call, args) {
    await this.#opened();
    return this.#send(call, args);
  }

  async #opened() {
    const media = this.source.media();
    if (!media) throw new Error('No image is shown.');
    if (this.open?.url === media.detail_url) return this.open.opened;
    if (media.width * media.height > MOST_PIXELS) throw new Error('The image is too large.');
    const opened = this.source.file(media).then((blob) => this.#send('open', { blob, width: media.width, height: media.height }));
    this.open = { url: media.detail_url, opened };
    opened.catch(() => {
      if (this.open?.opened === opened) this.open = null;
    });
    return opened;
  }

  /** @param {string} call @param {any} args @returns {Promise<any>} */
  #send(call, args) {
    this.worker ??= this.#started();
    const id = (this.last += 1);
    const answer = withResolvers();
    this.waiting.set(id, answer);
    this.worker.postMessage({ id, call, args });
    return answer.promise;
  }

  #started() {
    const worker = this.start(this.url);
    worker.onmessage = ({ data: { id, value, error } }) => {
      const answer = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) answer?.resolve(value);
      else answer?.reject(new Error(error));
    };
    worker.onerror = () => this.#fail(worker);
    return worker;
  }

  /** @param {Worker} worker that cannot go on: the next question starts another */
  #fail(worker) {
    worker.terminate();
    this.worker = null;
    this.open = null;
    for (const answer of this.waiting.values()) answer.reject(new Error('The worker failed.'));
    this.waiting.clear();
  }
}

/** Like `Promise.withResolvers`, which the oldest supported browsers lack. @returns {Answer} */
function withResolvers() {
  const made = /** @type {any} */ ({});
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
