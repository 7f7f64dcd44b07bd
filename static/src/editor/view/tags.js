/** Name tags beside shapes: which are shown, where, and their drawing. Knows no store. */
import { boxOnStage } from './camera.js';
import { boundsOf } from './pack.js';

/** The text of a tag is at most this wide, CSS pixels: a long name must not cover the shapes around. */
export const MOST_WIDTH = 160;

/** @import {Label} from '../types/labels' */
/** @import {Camera} from './camera.js' */

const HEIGHT = 18;
const PAD = 6;
const GAP = 3;

/**
 * @typedef {object} Tag
 * @property {Label} label
 * @property {string} text
 * @property {string} fill  class color
 * @property {string} ink
 * @property {boolean} isForced  shown even where it covers another
 */

/** @typedef {{x: number, y: number, width: number, tag: Tag}} Placed in CSS pixels on the stage */

/**
 * A name and what follows it (a score), the name cut with an ellipsis where both do not fit.
 * @param {string} name @param {string} rest @param {(text: string) => number} measure width in CSS pixels @param {number} [most]
 */
export function shortened(name, rest, measure, most = MOST_WIDTH) {
  if (measure(name + rest) <= most) return name + rest;
  const letters = [...name];
  const cut = (/** @type {number} */ n) => `${letters.slice(0, n).join('').trimEnd()}…${rest}`;
  let [fits, tooMany] = [1, letters.length];
  while (tooMany - fits > 1) {
    const n = (fits + tooMany) >> 1;
    if (measure(cut(n)) <= most) fits = n;
    else tooMany = n;
  }
  return cut(fits);
}

/**
 * Above the shape, inside the stage; tags that are not forced give way to those placed before them.
 * @param {readonly Tag[]} tags the important ones first
 * @param {Camera} c @param {(text: string) => number} measure width in CSS pixels
 * @returns {Placed[]}
 */
export function placeTags(tags, c, measure) {
  /** @type {Placed[]} */
  const placed = [];
  for (const tag of tags) {
    const [left, top, right, bottom] = boxOnStage(c, boundsOf(tag.label));
    if (right < 0 || bottom < 0 || left > c.width || top > c.height) continue;
    const width = measure(tag.text) + 2 * PAD;
    if (!tag.isForced && right - left < Math.min(width * 0.6, 28)) continue;
    const x = Math.round(Math.max(2, Math.min(left - 1, c.width - width - 2)));
    const above = top - HEIGHT - GAP;
    const y = Math.round(above >= 2 ? above : Math.min(Math.max(2, top + GAP), c.height - HEIGHT - 2));
    const isFree = placed.every((p) => x + width < p.x || p.x + p.width < x || y + HEIGHT < p.y || p.y + HEIGHT < y);
    if (isFree || tag.isForced) placed.push({ x, y, width, tag });
  }
  return placed;
}

/**
 * @param {CanvasRenderingContext2D} g @param {readonly Placed[]} placed @param {number} ratio
 * @param {string} font
 */
export function drawTags(g, placed, ratio, font) {
  g.save();
  g.scale(ratio, ratio);
  g.font = font;
  g.textBaseline = 'middle';
  for (const { x, y, width, tag } of placed) {
    g.beginPath();
    g.roundRect(x, y, width, HEIGHT, 4);
    g.fillStyle = tag.fill;
    g.fill();
    g.strokeStyle = 'rgba(0,0,0,0.3)';
    g.lineWidth = 1;
    g.stroke();
    g.fillStyle = tag.ink;
    g.fillText(tag.text, x + PAD, y + HEIGHT / 2 + 0.5);
  }
  g.restore();
}
