/** Draws boxes: by a drag, by two clicks, or by keys; stays active. */
import { fromCorners } from '../geom/box.js';
import { t } from '../../i18n.js';
import { DrawTool } from './draw.js';
import { snapped, squared } from './snap.js';
import { isDrag } from './tool.js';

/** @import {Box, Point} from '../types/geometry' */
/** @import {Pen, ToolPointer, Key} from './tool.js' */

/** Image pixels on each side. */
const LEAST = 2;

export class BoxTool extends DrawTool {
  /** @override */
  name = 'box';
  /** The first corner, once it is set. @type {Point | null} */
  anchor = null;
  /** Where the press began, while the button is down. @type {{px: number, py: number} | null} */
  press = null;
  isDragged = false;
  isSquare = false;

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    this.isSquare = p.shift;
    this.press = { px: p.px, py: p.py };
    this.isDragged = false;
    if (!this.anchor) this.anchor = this.#corner(p.x, p.y);
    else this.isDragged = true;
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    this.isSquare = p.shift;
    if (this.press && isDrag(this.press, p)) this.isDragged = true;
  }

  /** A drag or the second click ends the box; the first click leaves its corner. @override @param {ToolPointer} p */
  up(p) {
    if (!this.press) return;
    this.press = null;
    this.isSquare = p.shift;
    if (this.isDragged) this.#finish(this.#corner(p.x, p.y));
  }

  /** @param {number} x @param {number} y @returns {Point} */
  #corner(x, y) {
    const media = this.context.store.media.peek() ?? { width: 0, height: 0 };
    const corner = snapped(x, y, media, 0);
    return this.anchor && this.isSquare ? squared(this.anchor, corner, media) : corner;
  }

  /** @param {Point} corner */
  #finish(corner) {
    const box = fromCorners(/** @type {Point} */ (this.anchor), corner);
    const width = box[2] - box[0];
    const height = box[3] - box[1];
    this.#forget();
    if (width < LEAST || height < LEAST) return this.context.announce(this.tooSmall);
    this.place(box, `${width} × ${height}`);
  }

  get tooSmall() {
    return t('Too small: a box must be at least 2 × 2 px');
  }

  /** Makes what the corners are for. @param {Box} box @param {string} size in words */
  place(box, size) {
    this.finish({ box }, { shape: 'box', tool: 'bbox', kind: t('Box'), size });
  }

  /** @override */
  cancel() {
    const was = this.anchor !== null;
    this.#forget();
    return was || super.cancel();
  }

  /** Removes the corner. @override */
  back() {
    if (!this.anchor) return false;
    this.#forget();
    return true;
  }

  /** @override a second finger removes the corner of the first */
  drop() {
    this.#forget();
  }

  #forget() {
    this.anchor = null;
    this.press = null;
    this.isDragged = false;
    this.isSquare = false;
    this.context.redraw();
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) {
      this.isSquare = false;
      return true;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    if (this.anchor && !this.crosshair.point && this.pointer) {
      this.#finish(this.#corner(...this.pointer));
      return true;
    }
    const point = this.aim;
    if (!point) return false;
    if (this.isReady) this.#enter(point);
    return true;
  }

  /** @param {Point} point */
  #enter(point) {
    if (this.anchor) return this.#finish(point);
    this.anchor = point;
    this.context.announce(t('First corner at {x}, {y}', { x: point[0], y: point[1] }), { spokenOnly: true });
    this.context.redraw();
  }

  /** @override */
  get isDrawing() {
    return this.anchor !== null;
  }

  /** @returns {Box | null} */
  get draft() {
    const tip = this.tip;
    return this.anchor && tip ? fromCorners(this.anchor, this.#corner(...tip)) : null;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
    const box = this.draft;
    if (!box) return;
    this.paintDraft(pen, box);
    pen.note(box[2], box[3], `${box[2] - box[0]} × ${box[3] - box[1]}`);
  }

  /** @param {Pen} pen @param {Box} box */
  paintDraft(pen, box) {
    pen.box(box, { concept: this.shownConcept });
  }
}
