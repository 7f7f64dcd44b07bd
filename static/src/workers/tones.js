/** How an image is shown: brightness, contrast, gamma, saturation, inversion and one channel alone, as arithmetic on RGBA bytes. No canvas. */

/**
 * @typedef {object} Adjustments
 * @property {number} brightness  -100 to 100: added, 100 is the whole range
 * @property {number} contrast    -100 to 100: about the middle gray, -100 is flat
 * @property {number} gamma       0.2 to 5; above 1 shows the dark parts lighter
 * @property {number} saturation  -100 to 100; -100 is gray
 * @property {boolean} invert
 * @property {string} channel     '' all, 'red', 'green', 'blue', 'alpha' or 'luma' alone, as gray
 * @property {number} clahe       0 off, up to 10: the clip limit of adaptive equalization
 */

/** The image as it is stored. @type {Readonly<Adjustments>} */
export const NEUTRAL = Object.freeze({ brightness: 0, contrast: 0, gamma: 1, saturation: 0, invert: false, channel: '', clahe: 0 });

export const CHANNELS = Object.freeze(['', 'red', 'green', 'blue', 'alpha', 'luma']);

/** @param {Adjustments} a */
export const isNeutral = (a) => Object.entries(NEUTRAL).every(([name, value]) => a[/** @type {keyof Adjustments} */ (name)] === value);

/** The weighted gray of a color, as Rec. 601 has it, 0 to 255. @param {number} r @param {number} g @param {number} b */
export const lumaOf = (r, g, b) => (77 * r + 150 * g + 29 * b + 128) >> 8;

/** What becomes of each of the 256 values of a channel. @param {Pick<Adjustments, 'brightness' | 'contrast' | 'gamma' | 'invert'>} a @returns {Uint8ClampedArray} */
export function toneTable({ brightness, contrast, gamma, invert }) {
  const slope = contrast < 0 ? 1 + contrast / 100 : 1 / (1 - 0.99 * (contrast / 100));
  return Uint8ClampedArray.from({ length: 256 }, (_, i) => {
    const light = (i / 255) ** (1 / gamma);
    const shown = (light - 0.5) * slope + 0.5 + brightness / 100;
    return Math.round(255 * Math.min(1, Math.max(0, invert ? 1 - shown : shown)));
  });
}

/** Shows one channel alone, as gray; alpha as an opaque image. @param {Uint8ClampedArray} rgba changed in place @param {string} channel */
export function showChannel(rgba, channel) {
  const at = ['red', 'green', 'blue', 'alpha'].indexOf(channel);
  for (let i = 0; i < rgba.length; i += 4) {
    const value = at < 0 ? lumaOf(rgba[i], rgba[i + 1], rgba[i + 2]) : rgba[i + at];
    rgba[i] = rgba[i + 1] = rgba[i + 2] = value;
    if (at === 3) rgba[i + 3] = 255;
  }
}

/** Saturation, then the table of tones; transparency stays. @param {Uint8ClampedArray} rgba changed in place @param {Adjustments} a */
export function applyTones(rgba, a) {
  const table = toneTable(a);
  const share = Math.round(256 * (1 + a.saturation / 100));
  if (share === 256) {
    for (let i = 0; i < rgba.length; i += 4) {
      rgba[i] = table[rgba[i]];
      rgba[i + 1] = table[rgba[i + 1]];
      rgba[i + 2] = table[rgba[i + 2]];
    }
    return;
  }
  const limited = (/** @type {number} */ v) => (v < 0 ? 0 : v > 255 ? 255 : v);
  for (let i = 0; i < rgba.length; i += 4) {
    const y = lumaOf(rgba[i], rgba[i + 1], rgba[i + 2]);
    for (let k = i; k < i + 3; k++) rgba[k] = table[limited(y + ((share * (rgba[k] - y) + 128) >> 8))];
  }
}
