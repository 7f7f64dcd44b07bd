/** Loads and decodes images, makes smaller copies for far-out views, draws the part that is seen. No view state. */

import { Tiles } from './tiles.js';

/** @import {Media} from '../types/page' */
/** @import {Camera} from './camera.js' */
/** @import {AdjustedImages} from './adjusted.js' */

/** Images with a longer side are shown by their preview until someone zooms in. */
const LARGE_SIDE = 8192;
/** Decoded pixels cached for images that are not shown (next, previous): 4 bytes each. */
const CACHE_PIXELS = 64e6;
/** Up to this zoom pixels are smoothed; beyond it each is a square. */
const SMOOTH_UNTIL = 2;

/**
 * @typedef {object} Level
 * @property {ImageBitmap} image
 * @property {number} scale  its pixels per image pixel
 * @property {boolean} isOwn  made here; the others belong to the cache
 * @property {Blob} blob  the file it was decoded from
 * @property {string} source  names the file
 */

/**
 * @typedef {object} Decoded
 * @property {ImageBitmap} bitmap
 * @property {Blob} blob the file: smaller copies are decoded from it off the main thread, from the bitmap they would not be
 */

/** @param {string} url @returns {Promise<Decoded>} */
async function decode(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  const blob = await response.blob();
  return { blob, bitmap: await createImageBitmap(blob) };
}

/** Decoded images by address; the last used stay. */
export class ImageCache {
  constructor() {
    /** @type {Map<string, Promise<Decoded>>} */
    this.entries = new Map();
    /** @type {Map<string, number>} */
    this.pixels = new Map();
    /** @type {ReadonlySet<string>} */
    this.pinned = new Set();
  }

  /** @param {string} url @returns {Promise<Decoded>} */
  get(url) {
    const known = this.entries.get(url);
    const entry = known ?? decode(url).then((decoded) => {
      this.pixels.set(url, decoded.bitmap.width * decoded.bitmap.height);
      queueMicrotask(() => this.#trim());
      return decoded;
    });
    this.entries.delete(url);
    this.entries.set(url, entry);
    if (!known) entry.catch(() => this.entries.delete(url));
    return entry;
  }

  #trim() {
    let sum = 0;
    for (const [url, pixels] of this.pixels) if (!this.pinned.has(url)) sum += pixels;
    for (const url of [...this.entries.keys()]) {
      if (sum <= CACHE_PIXELS) break;
      if (this.pinned.has(url) || !this.pixels.has(url)) continue;
      sum -= this.pixels.get(url) ?? 0;
      this.drop(url);
    }
  }

  /** @param {string} url */
  drop(url) {
    void this.entries.get(url)?.then(({ bitmap }) => bitmap.close(), () => {});
    this.entries.delete(url);
    this.pixels.delete(url);
  }

  clear() {
    for (const url of [...this.entries.keys()]) this.drop(url);
  }
}

export class StageImage {
  /** @param {() => void} onChange called when there is something new to draw @param {AdjustedImages | null} [adjusted] copies to show instead */
  constructor(onChange, adjusted = null) {
    this.onChange = onChange;
    this.adjusted = adjusted;
    this.cache = new ImageCache();
    this.tiles = new Tiles(onChange, adjusted);
    /** @type {Media | null} */
    this.media = null;
    /** Largest first. @type {Level[]} */
    this.levels = [];
    this.version = 0;
    this.isDetailRequested = false;
    /** Set when nothing of the image can be shown. */
    this.failure = '';
  }

  /** Changes when there is something else to draw. */
  get key() {
    return `${this.version}:${this.levels.length}:${this.levels[0]?.scale}:${this.adjusted?.version}:${this.tiles.version}`;
  }

  /**
   * Shows another image. Resolves when it is decoded, or cannot be: then `failure` is set.
   * @param {Media} media
   * @returns {Promise<void>}
   */
  async show(media) {
    const version = ++this.version;
    this.#forgetLevels();
    this.media = media;
    this.failure = '';
    void this.tiles.open(media);
    this.isDetailRequested = Boolean(media.tiles) || Math.max(media.width, media.height) <= LARGE_SIDE || media.detail_url === media.preview_url;
    // the preview stands in for tiles, so no other file is loaded
    const wanted = media.tiles ? [media.preview_url] : this.isDetailRequested ? [media.detail_url, media.preview_url] : [media.preview_url, media.detail_url];
    this.cache.pinned = new Set(wanted);
    for (const url of wanted) {
      const decoded = await this.cache.get(url).catch(() => null);
      if (version !== this.version) return;
      if (decoded) {
        this.#setLevels(decoded, media, url);
        return;
      }
    }
    this.failure = media.name;
    this.onChange();
  }

  /** The file that shows an image in full. @param {Media} media @returns {Promise<Blob>} */
  async file(media) {
    return (await this.cache.get(media.detail_url)).blob;
  }

  /** @param {Decoded} decoded @param {Media} media @param {string} source */
  #setLevels({ bitmap, blob }, media, source) {
    this.levels = [{ image: bitmap, scale: bitmap.width / media.width, isOwn: false, blob, source }];
    this.onChange();
    const version = this.version;
    const later = window.requestIdleCallback ?? ((/** @type {() => void} */ fn) => setTimeout(fn, 200));
    later(() => void this.#addLevels(version, blob));
  }

  /** Halves the image until it is small: a far-out view of 12 megapixels costs too much per frame otherwise. @param {number} version @param {Blob} blob */
  async #addLevels(version, blob) {
    for (;;) {
      const last = this.levels[this.levels.length - 1];
      if (version !== this.version || !last || Math.max(last.image.width, last.image.height) < 1600) return;
      const resizeWidth = Math.ceil(last.image.width / 2);
      const resizeHeight = Math.ceil(last.image.height / 2);
      const image = await createImageBitmap(blob, { resizeWidth, resizeHeight, resizeQuality: 'medium' }).catch(() => null);
      if (!image) return;
      if (version !== this.version) return image.close();
      this.levels.push({ image, scale: (last.scale * image.width) / last.image.width, isOwn: true, blob, source: last.source });
      this.onChange();
    }
  }

  #forgetLevels() {
    this.adjusted?.forget();
    for (const { image, isOwn } of this.levels.splice(0)) if (isOwn) image.close();
  }

  /** Loads the original of a large image when the view needs more than the preview has. @param {number} scale */
  #requestDetail(scale) {
    const media = this.media;
    if (this.isDetailRequested || !media || scale <= this.levels[0].scale * 1.05) return;
    this.isDetailRequested = true;
    const version = this.version;
    void this.cache.get(media.detail_url).then(
      ({ bitmap, blob }) => {
        if (version !== this.version) return;
        this.levels.unshift({ image: bitmap, scale: bitmap.width / media.width, isOwn: false, blob, source: media.detail_url });
        this.onChange();
      },
      () => {},
    );
  }

  /** @param {number} scale device pixels per image pixel @returns {Level} the smallest that is sharp */
  levelFor(scale) {
    let best = this.levels[0];
    for (const level of this.levels) if (level.scale >= scale * 0.98) best = level;
    return best;
  }

  /** @param {CanvasRenderingContext2D} g of a canvas over the stage @param {Camera} c */
  draw(g, c) {
    g.clearRect(0, 0, c.deviceWidth, c.deviceHeight);
    const media = this.media;
    if (!media || !this.levels.length) return;
    this.#requestDetail(c.scale);
    const level = this.levelFor(c.scale);
    const { image, scale } = this.adjusted?.of(level, this.levels) ?? level;
    const left = Math.max(0, Math.floor(c.left * scale) - 1);
    const top = Math.max(0, Math.floor(c.top * scale) - 1);
    const right = Math.min(image.width, Math.ceil((c.left + c.deviceWidth / c.scale) * scale) + 1);
    const bottom = Math.min(image.height, Math.ceil((c.top + c.deviceHeight / c.scale) * scale) + 1);
    if (right <= left || bottom <= top) return;
    const k = c.scale / scale;
    g.imageSmoothingEnabled = c.zoom <= SMOOTH_UNTIL;
    g.drawImage(
      image, left, top, right - left, bottom - top,
      left * k - c.left * c.scale, top * k - c.top * c.scale, (right - left) * k, (bottom - top) * k,
    );
    this.tiles.draw(g, c);
  }

  /** Decodes images that come next. @param {readonly Pick<Media, 'detail_url' | 'preview_url' | 'width' | 'height' | 'tiles'>[]} next */
  preload(next) {
    for (const media of next) {
      const isLarge = Boolean(media.tiles) || Math.max(media.width, media.height) > LARGE_SIDE;
      void this.cache.get(isLarge ? media.preview_url : media.detail_url).catch(() => {});
    }
  }

  destroy() {
    this.version++;
    this.#forgetLevels();
    this.tiles.close();
    this.cache.clear();
  }
}
