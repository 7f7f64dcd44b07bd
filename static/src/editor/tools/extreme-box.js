/** Draws boxes by four points that the object reaches furthest with, in any order: left, top, right, bottom; stays active. */
import { t } from '../../i18n.js';
import { bounds } from '../geom/poly.js';
import { DrawTool } from './draw.js';
import { snapped } from './snap.js';

/** @import {Point} from '../types/geometry' */
/** @import {Pen, ToolPointer, Key} from './tool.js' */

const POINTS = 4;
/** Image pixels on each side. */
const LEAST = 2;

export class ExtremeBoxTool extends DrawTool {
  /** @override */
  name = 'extreme_box';
  /** @type {readonly Point[]} */
  points = [];

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl && !this.points.length) return this.pick(p);
    this.follow(p);
    if (this.isReady) this.#add(p.x, p.y);
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
  }

  /** @param {number} x @param {number} y @returns {Point} */
  #placed(x, y) {
    return snapped(x, y, this.context.store.media.peek() ?? { width: 0, height: 0 }, 0);
  }

  /** @param {number} x @param {number} y */
  #add(x, y) {
    const points = [...this.points, this.#placed(x, y)];
    this.points = points.length < POINTS ? points : [];
    this.context.redraw();
    if (points.length < POINTS) return this.context.announce(t('Point {n} of {all}', { n: points.length, all: POINTS }), { spokenOnly: true });
    const box = bounds([[points]]);
    const [width, height] = [box[2] - box[0], box[3] - box[1]];
    if (width < LEAST || height < LEAST) return this.context.announce(t('Too small: a box must be at least 2 × 2 px'));
    this.finish({ box }, { shape: 'box', tool: 'bbox', kind: t('Box'), size: `${width} × ${height}` });
  }

  /** @override */
  cancel() {
    const was = this.points.length > 0;
    this.#forget();
    return was || super.cancel();
  }

  /** @override */
  back() {
    if (!this.points.length) return false;
    this.points = this.points.slice(0, -1);
    this.context.redraw();
    return true;
  }

  /** @override a second finger removes the point of the first */
  drop() {
    this.back();
  }

  #forget() {
    this.points = [];
    this.context.redraw();
  }

  /** @override */
  get isDrawing() {
    return this.points.length > 0;
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const place = this.aim ?? this.pointer;
    if (!place) return false;
    if (this.isReady) this.#add(...place);
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
    const { points, tip, shownConcept: concept } = this;
    if (!points.length) return;
    const box = bounds([[[...points, ...(tip ? [this.#placed(...tip)] : [])]]]);
    pen.box(box, { concept });
    for (const point of points) pen.handle(...point, { concept });
    pen.note(box[2], box[3], `${box[2] - box[0]} × ${box[3] - box[1]}`);
  }
}
