/** Contrast limited adaptive histogram equalization (Zuiderveld, 1994) of the luma of RGBA bytes; colors keep their hue. No canvas. */
import { lumaOf } from './tones.js';

/** Tiles in each direction. */
const GRID = 8;

/**
 * The table of each tile: where the histogram of its luma, cut at the limit, has its shares.
 * @param {Uint8Array} luma @param {number} width @param {number} height @param {number} limit times the mean of the histogram
 * @param {number} tileWidth @param {number} tileHeight @returns {Uint8Array[]} row by row
 */
function tables(luma, width, height, limit, tileWidth, tileHeight) {
  return Array.from({ length: GRID * GRID }, (_, n) => {
    const [left, top] = [(n % GRID) * tileWidth, Math.floor(n / GRID) * tileHeight];
    const histogram = new Uint32Array(256);
    // beyond the right and the lower edge the image is mirrored
    for (let y = top; y < top + tileHeight; y++) {
      const row = mirrored(y, height) * width;
      for (let x = left; x < left + tileWidth; x++) histogram[luma[row + mirrored(x, width)]]++;
    }
    clip(histogram, Math.max(1, Math.floor((limit * tileWidth * tileHeight) / 256)));
    const table = new Uint8Array(256);
    for (let i = 0, sum = 0; i < 256; i++) {
      sum += histogram[i];
      table[i] = Math.min(255, roundHalfEven((sum * 255) / (tileWidth * tileHeight)));
    }
    return table;
  });
}

/** @param {number} at @param {number} size */
const mirrored = (at, size) => (at < size ? at : Math.max(0, 2 * size - 2 - at));

/** @param {number} value */
function roundHalfEven(value) {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + (low % 2) : Math.round(value);
}

/** What is above the limit goes to all values alike, the rest of the division at even distances. @param {Uint32Array} histogram @param {number} limit */
function clip(histogram, limit) {
  let excess = 0;
  for (let i = 0; i < 256; i++) {
    if (histogram[i] <= limit) continue;
    excess += histogram[i] - limit;
    histogram[i] = limit;
  }
  const each = Math.floor(excess / 256);
  let rest = excess - 256 * each;
  for (let i = 0; i < 256; i++) histogram[i] += each;
  const step = rest ? Math.max(1, Math.floor(256 / rest)) : 256;
  for (let i = 0; i < 256 && rest > 0; i += step, rest--) histogram[i]++;
}

/** The two tiles that a pixel lies between, and the share of the second. @param {number} size of the image @param {number} tile */
function between(size, tile) {
  const first = new Uint8Array(size);
  const second = new Uint8Array(size);
  const share = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const at = i / tile - 0.5;
    const low = Math.floor(at);
    first[i] = Math.max(0, low);
    second[i] = Math.min(GRID - 1, low + 1);
    share[i] = at - low;
  }
  return { first, second, share };
}

/**
 * Equalizes the luma in 8 x 8 tiles, blended between their middles.
 * @param {Uint8ClampedArray} rgba changed in place @param {number} width @param {number} height @param {number} limit of the contrast: 1 changes little
 */
export function equalize(rgba, width, height, limit) {
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) luma[i] = lumaOf(rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]);
  const [tileWidth, tileHeight] = [Math.ceil(width / GRID), Math.ceil(height / GRID)];
  const all = tables(luma, width, height, limit, tileWidth, tileHeight);
  const [across, down] = [between(width, tileWidth), between(height, tileHeight)];
  for (let y = 0, i = 0; y < height; y++) {
    const [upper, lower, below] = [GRID * down.first[y], GRID * down.second[y], down.share[y]];
    for (let x = 0; x < width; x++, i++) {
      const [left, right, beside, old] = [across.first[x], across.second[x], across.share[x], luma[i]];
      const above = all[upper + left][old] * (1 - beside) + all[upper + right][old] * beside;
      const under = all[lower + left][old] * (1 - beside) + all[lower + right][old] * beside;
      const change = Math.round(above * (1 - below) + under * below) - old;
      rgba[4 * i] += change;
      rgba[4 * i + 1] += change;
      rgba[4 * i + 2] += change;
    }
  }
}
