/**
 * The tiles of an image that is too large, or too deep, for the browser: those that are seen, of the level that fits, over
 * the preview that stands in for them until they are there.
 */
import { Window } from './window.js';

/** @import {Media} from '../types/page' */
/** @import {Camera} from './camera.js' */
/** @import {AdjustedImages} from './adjusted.js' */
/** @import {Layer, Values} from './window.js' */

/** Tiles in memory: about three large screens full, 1 MB each. */
const KEPT = 160;
/** Requests at a time; what is seen by then is asked for next. */
const AT_ONCE = 8;
/** A tile that could not be loaded is asked for again after so long. */
const AGAIN_MS = 5000;

/**
 * @typedef {object} Tile
 * @property {ImageBitmap} image
 * @property {number} scale  always 1: its own pixels
 * @property {boolean} isOwn
 * @property {Blob} blob  empty for stored values
 * @property {string} source
 * @property {Values[] | null} values  the channels it was made of
 * @property {string} windowKey  how they were shown
 */

export class Tiles {
  /** @param {() => void} onChange @param {AdjustedImages | null} adjusted */
  constructor(onChange, adjusted) {
    this.onChange = onChange;
    this.adjusted = adjusted;
    this.window = new Window(() => this.#changed());
    /** @type {Media | null} */
    this.media = null;
    /** @type {string[]} */
    this.addresses = [];
    /** @type {Layer | null} */
    this.layer = null;
    /** By "<level>/<column>_<row>", the last used at the end. @type {Map<string, Tile>} */
    this.kept = new Map();
    /** @type {Map<string, AbortController>} */
    this.loading = new Map();
    /** @type {Map<string, number>} */
    this.failed = new Map();
    this.version = 0;
  }

  /** Whether this image is shown by tiles. */
  get isUsed() {
    return this.layer !== null;
  }

  /** Whether nothing that was seen last is still being loaded. */
  get isSettled() {
    return this.loading.size === 0 && (this.layer !== null || !this.addresses.length);
  }

  /** Shows another image, or the same one when its tiles have come. @param {Media} media */
  async open(media) {
    this.close();
    const { version } = this;
    this.media = media;
    this.addresses = media.tiles?.layers ?? [];
    if (!this.addresses.length) return;
    const layers = await Promise.all(this.addresses.map((address) => fetchJson(address.replace('{tile}', 'layer.json')))).catch(() => null);
    if (version !== this.version) return;
    if (!layers) {
      this.addresses = []; // the preview stays
      return;
    }
    this.layer = layers[0];
    this.window.open(layers, media);
    this.#changed();
  }

  close() {
    this.version += 1;
    this.layer = null;
    this.media = null;
    for (const request of this.loading.values()) request.abort();
    this.loading.clear();
    this.failed.clear();
    for (const tile of this.kept.values()) this.#drop(tile);
    this.kept.clear();
    this.window.close();
  }

  /** @param {Tile} tile */
  #drop(tile) {
    this.adjusted?.release(tile);
    tile.image.close();
  }

  #changed() {
    this.version += 1;
    this.onChange();
  }

  /** The lowest level that is sharp, and the image pixels of one of its own. @param {number} scale device pixels per image pixel */
  levelFor(scale) {
    const { levels } = /** @type {Layer} */ (this.layer);
    let step = 1;
    let level = levels - 1;
    while (level > 0 && scale * 2 * step <= 1.02) {
      step *= 2;
      level -= 1;
    }
    return { level, step };
  }

  /** @param {CanvasRenderingContext2D} g of a canvas over the stage that shows the preview @param {Camera} c */
  draw(g, c) {
    if (!this.layer || !this.media) return;
    const { width, height, tile: side } = this.layer;
    const { level, step } = this.levelFor(c.scale);
    const size = side * step;
    const [x0, y0] = [Math.max(0, Math.floor(c.left / size)), Math.max(0, Math.floor(c.top / size))];
    const x1 = Math.min(Math.ceil(width / size), Math.ceil((c.left + c.deviceWidth / c.scale) / size));
    const y1 = Math.min(Math.ceil(height / size), Math.ceil((c.top + c.deviceHeight / c.scale) / size));
    /** @type {{name: string, distance: number}[]} */
    const missing = [];
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const name = `${level}/${x}_${y}`;
        const tile = this.#use(name);
        if (tile) this.#paint(g, c, tile, x * size, y * size, step);
        else missing.push({ name, distance: Math.hypot((x + 0.5) * size - c.x, (y + 0.5) * size - c.y) });
      }
    }
    this.#request(missing.sort((a, b) => a.distance - b.distance).map(({ name }) => name));
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c @param {Tile} tile @param {number} x image pixels @param {number} y @param {number} step */
  #paint(g, c, tile, x, y, step) {
    const { image } = this.adjusted?.of(tile) ?? tile;
    // edges of neighbors are rounded alike, so that no line shows between them
    const left = Math.round((x - c.left) * c.scale);
    const top = Math.round((y - c.top) * c.scale);
    const right = Math.round((x + image.width * step - c.left) * c.scale);
    const bottom = Math.round((y + image.height * step - c.top) * c.scale);
    g.drawImage(image, left, top, right - left, bottom - top);
  }

  /** @param {string} name @returns {Tile | undefined} */
  #use(name) {
    const tile = this.kept.get(name);
    if (!tile) return undefined;
    this.kept.delete(name);
    this.kept.set(name, tile);
    if (tile.values && tile.windowKey !== this.window.key) this.#show(name, tile);
    return this.kept.get(name);
  }

  /** Loads what is missing and forgets requests for what is not seen any more. @param {string[]} names the nearest first */
  #request(names) {
    const wanted = new Set(names);
    for (const [name, request] of this.loading) if (!wanted.has(name)) {
      request.abort();
      this.loading.delete(name);
    }
    for (const name of names) {
      if (this.loading.size >= AT_ONCE) break;
      if (this.loading.has(name) || performance.now() - (this.failed.get(name) ?? -Infinity) < AGAIN_MS) continue;
      const request = new AbortController();
      this.loading.set(name, request);
      void this.#load(name, request);
    }
  }

  /** @param {string} name @param {AbortController} request */
  async #load(name, request) {
    const { media } = this;
    try {
      const tile = await this.#fetch(name, request.signal);
      if (request.signal.aborted || media !== this.media) return tile.image.close();
      this.kept.set(name, tile);
      for (const [old, other] of this.kept) {
        if (this.kept.size <= KEPT) break;
        this.#drop(other);
        this.kept.delete(old);
      }
    } catch {
      if (!request.signal.aborted) {
        this.failed.set(name, performance.now());
        setTimeout(() => this.#changed(), AGAIN_MS);
      }
    } finally {
      if (this.loading.get(name) === request) this.loading.delete(name);
      if (!request.signal.aborted && media === this.media) this.#changed();
    }
  }

  /** @param {string} name @param {AbortSignal} signal @returns {Promise<Tile>} */
  async #fetch(name, signal) {
    const get = async (/** @type {string} */ address) => {
      const response = await fetch(address.replace('{tile}', name), { signal });
      if (!response.ok) throw new Error(String(response.status));
      return response.blob();
    };
    if (!this.window.isUsed) {
      const blob = await get(this.addresses[0]);
      return { image: await createImageBitmap(blob), scale: 1, isOwn: true, blob, source: name, values: null, windowKey: '' };
    }
    const { layers, key } = this.window;
    const values = await Promise.all(layers.map(async (number) => this.window.read(await get(this.addresses[number]), number)));
    return { image: await this.window.paint(values), scale: 1, isOwn: true, blob: new Blob([]), source: name, values, windowKey: key };
  }

  /** Shows the values of a tile in another window; of other channels it is loaded again. @param {string} name @param {Tile} tile */
  #show(name, tile) {
    const { key } = this.window;
    tile.windowKey = key;
    if (!this.window.holds(/** @type {Values[]} */ (tile.values))) {
      this.kept.delete(name);
      this.#drop(tile);
      return;
    }
    void this.window.paint(/** @type {Values[]} */ (tile.values)).then((image) => {
      if (this.kept.get(name) !== tile) return image.close();
      tile.image.close();
      tile.image = image;
      this.#changed();
    });
  }
}

/** @param {string} url @returns {Promise<any>} */
async function fetchJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
