/** Stored values of more than 8 bits as they are shown: which channels, and the values that are black and white. */
import { signal } from '@preact/signals-core';
import { readPng } from './png.js';

/** @import {Media} from '../types/page' */

/**
 * What describes the tiles of an image: value = offset + scale * number for stored values.
 * @typedef {object} Layer
 * @property {number} width @property {number} height @property {number} tile @property {number} levels
 * @property {{low: number, high: number, percentiles: number[]}[]} [channels]  numbers: extremes and 0.1, 0.5, 2, 98, 99.5 and 99.9 %
 * @property {number} [offset] @property {number} [scale] @property {boolean} [inverted] @property {number} [all]
 */
/** @typedef {{width: number, height: number, bands: number, data: Uint16Array, layer: number}} Values  of one file */
/** `channel`: -1 shows the first three as red, green and blue. @typedef {{low: number, high: number, channel: number}} Shown */

/** Places of the percentiles that presets use. */
/** @typedef {'full' | 'wide' | 'auto' | 'narrow'} Preset */
export const PRESETS = Object.freeze({ full: null, wide: [0, 5], auto: [1, 4], narrow: [2, 3] });

export class Window {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Layer[]} */
    this.all = [];
    /** What is shown, null when the image has no stored values. @type {import('@preact/signals-core').Signal<Shown | null>} */
    this.shown = signal(null);
    /** @type {Uint8ClampedArray | null} */
    this.table = null;
  }

  get isUsed() {
    return this.shown.peek() !== null;
  }

  get key() {
    return JSON.stringify(this.shown.peek());
  }

  /** @param {Layer[]} layers @param {Media} media */
  open(layers, media) {
    this.all = layers;
    if (!layers[0].channels) return;
    const channel = this.count === 3 ? -1 : 0;
    const range = media.display_range;
    const { offset = 0, scale = 1 } = layers[0];
    this.#set(range ? { low: (range[0] - offset) / scale, high: (range[1] - offset) / scale, channel } : { ...this.preset('auto', channel), channel });
  }

  close() {
    this.all = [];
    this.table = null;
    this.shown.value = null;
  }

  /** How many channels there are. */
  get count() {
    return this.all.reduce((sum, { channels = [] }) => sum + channels.length, 0);
  }

  /** The facts of a channel, of the first three together for -1. @param {number} channel */
  channel(channel) {
    const found = this.all.flatMap(({ channels = [] }) => channels);
    if (channel >= 0) return found[channel];
    const three = found.slice(0, 3);
    return {
      low: Math.min(...three.map(({ low }) => low)),
      high: Math.max(...three.map(({ high }) => high)),
      percentiles: found[0].percentiles.map((_, at) => (at < 3 ? Math.min : Math.max)(...three.map(({ percentiles }) => percentiles[at]))),
    };
  }

  /** @param {Preset} name @param {number} [channel] @returns {{low: number, high: number}} numbers */
  preset(name, channel = this.shown.peek()?.channel ?? 0) {
    const { low, high, percentiles } = this.channel(channel);
    const places = PRESETS[name];
    const [first, last] = places ? [percentiles[places[0]], percentiles[places[1]]] : [low, high];
    const [black, white] = first < last ? [first, last] : [low, Math.max(high, low + 1)];
    return this.all[0].inverted ? { low: white, high: black } : { low: black, high: white };
  }

  /** @param {Partial<Shown>} change */
  set(change) {
    const before = this.shown.peek();
    if (!before) return;
    const channel = change.channel ?? before.channel;
    this.#set(channel === before.channel ? { ...before, ...change } : { ...this.preset('auto', channel), channel });
    this.onChange();
  }

  /** @param {Shown} shown */
  #set(shown) {
    this.shown.value = shown;
    const { low, high } = shown;
    const factor = 255 / (high - low || 1);
    this.table = new Uint8ClampedArray(65536);
    for (let number = 0; number < 65536; number++) this.table[number] = (number - low) * factor;
  }

  /** The stored value of a number. @param {number} number */
  valueOf(number) {
    const { offset = 0, scale = 1 } = this.all[0];
    return offset + scale * number;
  }

  /** Whether stored values are whole numbers. */
  get isWhole() {
    return Number.isInteger(this.all[0].scale) && Number.isInteger(this.all[0].offset);
  }

  /** Which layers the shown channels are in. @returns {number[]} */
  get layers() {
    const { channel } = /** @type {Shown} */ (this.shown.peek());
    if (this.all.length === 1) return [0];
    return channel < 0 ? [0, 1, 2] : [channel];
  }

  /** Whether these values are those of the shown channels. @param {Values[]} values */
  holds(values) {
    return this.all.length === 1 || values.every((one, at) => one.layer === this.layers[at] && values.length === this.layers.length);
  }

  /** @param {Blob} blob a PNG of 16 bits @param {number} layer @returns {Promise<Values>} */
  async read(blob, layer) {
    return { ...(await readPng(blob)), layer };
  }

  /** @param {Values[]} values @returns {Promise<ImageBitmap>} */
  paint(values) {
    const { channel } = /** @type {Shown} */ (this.shown.peek());
    const table = /** @type {Uint8ClampedArray} */ (this.table);
    const { width, height, bands } = values[0];
    const image = new ImageData(width, height);
    const out = new Uint32Array(image.data.buffer);
    const sources = values.length === 3 ? values.map(({ data }) => data) : [values[0].data, values[0].data, values[0].data];
    const isSplit = values.length === 1 && bands === 3;
    const [r, g, b] = isSplit ? (channel < 0 ? [0, 1, 2] : [channel, channel, channel]) : [0, 0, 0];
    for (let at = 0, from = 0; at < out.length; at++, from += bands) {
      out[at] = 0xff000000 | (table[sources[2][from + b]] << 16) | (table[sources[1][from + g]] << 8) | table[sources[0][from + r]];
    }
    return createImageBitmap(image);
  }
}
