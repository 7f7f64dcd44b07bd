/** Draws what tools show above the shapes: handles, drafts, guides, notes. Places are image pixels. */
import { sidesOf } from '../geom/brush.js';
import { toStage } from './camera.js';
import { makeCanvas, transform } from './label-paint.js';
import { MaskTiles } from './mask-tiles.js';

/** @import {Box, Keypoint, Point} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {Camera} from './camera.js' */
/** @import {LabelPainter} from './label-paint.js' */
/** @import {Disc} from '../geom/brush.js' */
/** @import {MaskDraft} from '../tools/masks/draft.js' */

/** CSS pixels across. */
const HANDLE = 8;
const HANDLE_TOUCH = 20;
const HANDLE_TARGET = 16;
const DARK = 'rgb(32,36,42)';

export class Pen {
  /** @param {LabelPainter} painter */
  constructor(painter) {
    this.painter = painter;
    this.g = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (null));
    this.c = /** @type {Camera} */ (/** @type {unknown} */ (null));
    this.font = '12px sans-serif';
    /** @type {WeakMap<MaskDraft, MaskTiles>} */
    this.tiles = new WeakMap();
    /** Something was drawn since `begin`. */
    this.isUsed = false;
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c */
  begin(g, c) {
    this.g = g;
    this.c = c;
    this.isUsed = false;
    g.lineJoin = 'round';
  }

  /** @param {number} x @param {number} y @returns {Point} device pixels */
  #at(x, y) {
    this.isUsed = true;
    const t = transform(this.c);
    return [x * t.scale + t.dx, y * t.scale + t.dy];
  }

  /** @param {string | null} concept */
  #style(concept) {
    return this.painter.styleOf(concept ?? '').style;
  }

  /** @param {number} x @param {number} y @param {{isOn?: boolean, isTarget?: boolean, isTouch?: boolean, concept?: string | null}} [look] `isTarget`: a click now is on it */
  handle(x, y, { isOn = false, isTarget = false, isTouch = false, concept = null } = {}) {
    const { g, c } = this;
    const [px, py] = this.#at(x, y);
    if (px < -40 || py < -40 || px > c.deviceWidth + 40 || py > c.deviceHeight + 40) return;
    const size = (isTouch ? HANDLE_TOUCH : isTarget ? HANDLE_TARGET : HANDLE) * c.ratio;
    const [left, top, side] = [Math.round(px - size / 2), Math.round(py - size / 2), Math.round(size)];
    g.fillStyle = isOn ? this.#style(concept).stroke : '#fff';
    g.fillRect(left, top, side, side);
    g.strokeStyle = isOn ? '#fff' : DARK;
    g.lineWidth = 1.25 * c.ratio;
    g.strokeRect(left, top, side, side);
  }

  /**
   * The draft of a polygon: the drawn line, and thinner where it will close.
   * @param {readonly Point[]} points @param {{isClosed: boolean, concept: string | null, isFilled?: boolean}} look
   */
  line(points, { isClosed, concept, isFilled = true }) {
    const { g, c } = this;
    const style = this.#style(concept);
    g.beginPath();
    points.forEach(([x, y], i) => (i ? g.lineTo(...this.#at(x, y)) : g.moveTo(...this.#at(x, y))));
    if (isClosed && isFilled) {
      g.fillStyle = style.fill;
      g.fill();
    }
    this.#stroke(style, 2);
    if (!isClosed) return;
    g.beginPath();
    g.moveTo(...this.#at(...points[points.length - 1]));
    g.lineTo(...this.#at(...points[0]));
    g.setLineDash([3 * c.ratio, 3 * c.ratio]);
    g.strokeStyle = style.stroke;
    g.lineWidth = c.ratio;
    g.stroke();
    g.setLineDash([]);
  }

  /** @param {{halo: string, stroke: string}} style @param {number} width CSS pixels */
  #stroke(style, width) {
    const { g, c } = this;
    g.strokeStyle = style.halo;
    g.lineWidth = (width + 2) * c.ratio;
    g.stroke();
    g.strokeStyle = style.stroke;
    g.lineWidth = width * c.ratio;
    g.stroke();
  }

  /** @param {Box} box @param {{concept: string | null}} look */
  box([x0, y0, x1, y1], { concept }) {
    const style = this.#style(concept);
    const [left, top] = this.#at(x0, y0).map(Math.round);
    const [right, bottom] = this.#at(x1, y1).map(Math.round);
    this.g.beginPath();
    this.g.rect(left, top, right - left, bottom - top);
    this.g.fillStyle = style.fill;
    this.g.fill();
    this.#stroke(style, 2);
  }

  /** A skeleton that is being placed. @param {Keypoint[]} keypoints @param {Box} box @param {{concept: string | null}} look */
  figure(keypoints, box, { concept }) {
    this.isUsed = true;
    const label = /** @type {any} */ ({ concept: concept ?? '', shape: 'keypoints', box, points: null, mask: null, keypoints, origin: 'human' });
    this.painter.paint(this.g, label, this.c, { isSelected: false, isFilled: true });
  }

  /** Where an absent point would be: a dashed ring. @param {number} x @param {number} y @param {{isOn: boolean, concept: string | null}} look */
  ghost(x, y, { isOn, concept }) {
    const { g, c } = this;
    g.beginPath();
    g.arc(...this.#at(x, y), 4.5 * c.ratio, 0, 2 * Math.PI);
    g.setLineDash([2 * c.ratio, 2 * c.ratio]);
    this.#stroke(this.#style(concept), isOn ? 2.5 : 1.25);
    g.setLineDash([]);
  }

  /** The version of a shape that another person made, dashed. @param {Label} label */
  other(label) {
    this.isUsed = true;
    this.painter.paintOther(this.g, label, this.c);
  }

  /** A mask that is being edited: only what changed since the last frame is drawn anew. @param {MaskDraft} draft @param {{concept: string | null}} look */
  mask(draft, { concept }) {
    this.isUsed = true;
    const style = this.#style(concept);
    const changes = draft.take();
    const known = this.tiles.get(draft);
    const tiles = known ?? new MaskTiles(draft.rows, style.stroke, makeCanvas);
    if (known) tiles.update(changes);
    else this.tiles.set(draft, tiles);
    this.g.globalAlpha = style.maskAlpha;
    tiles.draw(this.g, this.c);
    this.g.globalAlpha = 1;
  }

  /** The circle of a brush at its true size, dashed when it erases; `from`: the whole way of a straight line. @param {Disc} disc @param {{isErasing: boolean, from?: Disc | null}} look */
  brush(disc, { isErasing, from = null }) {
    const { g, c } = this;
    g.beginPath();
    for (const { x, y, r } of from ? [from, disc] : [disc]) {
      const [px, py] = this.#at(x, y);
      g.moveTo(px + r * c.scale, py);
      g.arc(px, py, r * c.scale, 0, 2 * Math.PI);
    }
    const sides = from ? sidesOf(from, disc) : [];
    for (const i of sides.length ? [0, 2] : []) {
      g.moveTo(...this.#at(...sides[i]));
      g.lineTo(...this.#at(...sides[i + 1]));
    }
    g.strokeStyle = DARK;
    g.lineWidth = 3 * c.ratio;
    g.stroke();
    if (isErasing) g.setLineDash([4 * c.ratio, 4 * c.ratio]);
    g.strokeStyle = '#fff';
    g.lineWidth = 1.25 * c.ratio;
    g.stroke();
    g.setLineDash([]);
  }

  /** @param {Box} box */
  marquee([x0, y0, x1, y1]) {
    const { g, c } = this;
    const [left, top] = this.#at(x0, y0).map((n) => Math.round(n) + 0.5);
    const [right, bottom] = this.#at(x1, y1).map((n) => Math.round(n) + 0.5);
    g.fillStyle = 'rgba(255,255,255,0.12)';
    g.fillRect(left, top, right - left, bottom - top);
    g.lineWidth = c.ratio;
    g.strokeStyle = DARK;
    g.strokeRect(left, top, right - left, bottom - top);
    g.setLineDash([4 * c.ratio, 4 * c.ratio]);
    g.strokeStyle = '#fff';
    g.strokeRect(left, top, right - left, bottom - top);
    g.setLineDash([]);
  }

  /** Lines across the stage through a point: light with dark edges. @param {number} x @param {number} y */
  guides(x, y) {
    const { g, c } = this;
    const [px, py] = this.#at(x, y).map(Math.round);
    const w = Math.max(1, Math.round(c.ratio));
    g.fillStyle = 'rgba(0,0,0,0.3)';
    g.fillRect(0, py - w, c.deviceWidth, 3 * w);
    g.fillRect(px - w, 0, 3 * w, c.deviceHeight);
    g.fillStyle = 'rgba(255,255,255,0.85)';
    g.fillRect(0, py, c.deviceWidth, w);
    g.fillRect(px, 0, w, c.deviceHeight);
  }

  /** @param {number} x @param {number} y @param {string} text */
  note(x, y, text) {
    const { g, c } = this;
    this.isUsed = true;
    const [px, py] = toStage(c, x, y);
    g.save();
    g.setTransform(c.ratio, 0, 0, c.ratio, 0, 0); // upright, however the image is turned
    g.font = this.font;
    const width = g.measureText(text).width + 12;
    const left = Math.min(px + 8, c.width - width - 4);
    const top = Math.min(py + 8, c.height - 24);
    g.beginPath();
    g.roundRect(left, top, width, 20, 4);
    g.fillStyle = 'rgba(24,27,31,0.86)';
    g.fill();
    g.fillStyle = '#fff';
    g.textBaseline = 'middle';
    g.fillText(text, left + 6, top + 10.5);
    g.restore();
  }
}
