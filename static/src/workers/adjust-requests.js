/** What the worker of adjusted images is asked: one image file at a size, with adjustments. Keeps what was decoded last; no messages. */
import { equalize } from './clahe.js';
import { applyTones, showChannel } from './tones.js';

/** @typedef {import('./tones.js').Adjustments} Adjustments */
/** @typedef {{width: number, height: number, rgba: Uint8ClampedArray}} Raster */

/**
 * @typedef {object} AdjustRequest
 * @property {string} source  names the file: the same name, the same pixels
 * @property {Blob} blob
 * @property {number} width   of the answer
 * @property {number} height
 * @property {Adjustments} adjustments
 */

export class AdjustRequests {
  /** @param {(blob: Blob, width: number, height: number) => Promise<Raster>} decode */
  constructor(decode) {
    this.decode = decode;
    /** As decoded. @type {{key: string, raster: Promise<Raster>} | null} */
    this.decoded = null;
    /** With its channel and its contrast equalized: what moving a slider of tones begins with. @type {{key: string, rgba: Uint8ClampedArray} | null} */
    this.base = null;
  }

  /** @param {AdjustRequest} request @returns {Promise<Raster>} its bytes are the caller's */
  async run({ source, blob, width, height, adjustments }) {
    const key = `${source} ${width} ${height}`;
    if (this.decoded?.key !== key) {
      this.base = null;
      this.decoded = { key, raster: this.decode(blob, width, height) };
      this.decoded.raster.catch(() => { this.decoded = null; });
    }
    const raster = await this.decoded.raster;
    const rgba = this.#based(key, raster, adjustments).slice();
    applyTones(rgba, adjustments);
    return { width: raster.width, height: raster.height, rgba };
  }

  /** @param {string} source @param {Raster} raster @param {Adjustments} adjustments */
  #based(source, raster, { channel, clahe }) {
    if (!channel && !clahe) return raster.rgba;
    const key = `${source} ${channel} ${clahe}`;
    if (this.base?.key === key) return this.base.rgba;
    const rgba = raster.rgba.slice();
    if (channel) showChannel(rgba, channel);
    if (clahe) equalize(rgba, raster.width, raster.height, clahe);
    this.base = { key, rgba };
    return rgba;
  }
}
