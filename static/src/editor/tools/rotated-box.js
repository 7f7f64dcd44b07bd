/** Draws rotated boxes: one side by a drag or two clicks, then a click for the width; by keys too. */
import { t } from '../../i18n.js';
import { degrees, frameFrom, outlineOf } from '../geom/frame.js';
import { bounds } from '../geom/poly.js';
import { DrawTool } from './draw.js';
import { snapped, vertexDigits } from './snap.js';
import { isDrag } from './tool.js';

/** @import {Point} from '../types/geometry' */
/** @import {Frame} from '../geom/frame.js' */
/** @import {Pen, ToolPointer, Key} from './tool.js' */

/** Image pixels on each side. */
const LEAST = 2;
/** With Shift the side turns by these steps. */
const TURN = Math.PI / 12;

/** @param {Frame} frame */
const words = (frame) => `${Number(frame.w.toFixed(1))} × ${Number(frame.h.toFixed(1))}, ${degrees(frame)}°`;

export class RotatedBoxTool extends DrawTool {
  /** @override */
  name = 'rotated_box';
  /** The ends of the first side, once they are set. @type {readonly Point[]} */
  side = [];
  /** Where the press began, while the button is down. @type {{px: number, py: number} | null} */
  press = null;
  /** The release sets a point: it was a drag, or the press is not the first. */
  isSetting = false;
  isStepped = false;

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl && !this.side.length) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    this.isStepped = p.shift;
    this.press = { px: p.px, py: p.py };
    this.isSetting = this.side.length > 0;
    if (!this.side.length) this.side = [this.#point(p.x, p.y)];
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    this.isStepped = p.shift;
    if (this.press && isDrag(this.press, p)) this.isSetting = true;
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    if (!this.press) return;
    this.press = null;
    this.isStepped = p.shift;
    if (this.isSetting) this.#set(p.x, p.y);
  }

  /** A place in the image; the end of the side is turned in steps with Shift. @param {number} x @param {number} y @returns {Point} */
  #point(x, y) {
    const media = this.context.store.media.peek() ?? { width: 0, height: 0 };
    const digits = vertexDigits(this.context.camera().zoom);
    const [start, end] = this.side;
    if (!start || end || !this.isStepped) return snapped(x, y, media, digits);
    const angle = Math.round(Math.atan2(y - start[1], x - start[0]) / TURN) * TURN;
    const length = Math.hypot(x - start[0], y - start[1]);
    return [start[0] + length * Math.cos(angle), start[1] + length * Math.sin(angle)];
  }

  /** Ends the side, or the box when the side is there. @param {number} x @param {number} y */
  #set(x, y) {
    const point = this.#point(x, y);
    const [start, end] = this.side;
    if (end) return this.#finish(frameFrom(start, end, point));
    if (Math.hypot(point[0] - start[0], point[1] - start[1]) < LEAST) {
      this.#forget();
      return this.context.announce(t('Too small: a box must be at least 2 × 2 px'));
    }
    this.side = [start, point];
    this.context.announce(t('Side set. Click where the opposite side shall be.'), { spokenOnly: true });
    this.context.redraw();
  }

  /** @param {Frame} frame a thin one leaves the side: its width can be set again */
  #finish(frame) {
    if (frame.h < LEAST) return this.context.announce(t('Too small: a box must be at least 2 × 2 px'));
    this.#forget();
    const points = outlineOf('rotated_box', frame);
    this.finish({ points, box: bounds(points) }, { shape: 'rotated_box', tool: 'polygon', kind: t('Rotated box'), size: words(frame) });
  }

  /** @override */
  cancel() {
    const was = this.side.length > 0;
    this.#forget();
    return was || super.cancel();
  }

  /** Removes the end of the side, then its beginning. @override */
  back() {
    if (!this.side.length || this.press) return false;
    this.side = this.side.slice(0, -1);
    this.context.redraw();
    return true;
  }

  /** @override a second finger takes back what the first began */
  drop() {
    if (this.press && this.side.length < 2) this.#forget();
    this.press = null;
  }

  #forget() {
    this.side = [];
    this.press = null;
    this.isSetting = false;
    this.context.redraw();
  }

  /** @override */
  get isDrawing() {
    return this.side.length > 0;
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) {
      this.isStepped = false;
      return true;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const place = this.aim ?? (this.side.length ? this.pointer : null);
    if (!place) return false;
    if (!this.isReady) return true;
    if (this.side.length) this.#set(...place);
    else {
      this.side = [this.#point(...place)];
      this.context.announce(t('First corner at {x}, {y}', { x: this.side[0][0], y: this.side[0][1] }), { spokenOnly: true });
      this.context.redraw();
    }
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
    const { side: [start, end], tip, shownConcept: concept } = this;
    if (!start || !tip) return;
    const point = this.#point(...tip);
    if (!end) return pen.line([start, point], { isClosed: false, concept });
    const frame = frameFrom(start, end, point);
    pen.line(outlineOf('rotated_box', frame)[0][0], { isClosed: true, concept });
    pen.note(...point, words(frame));
  }
}
