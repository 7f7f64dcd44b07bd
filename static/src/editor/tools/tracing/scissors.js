/**
 * Draws polygons along edges of the image: clicks set anchors, the path between them follows what the worker finds
 * (intelligent scissors, live-wire). What is drawn belongs to the tool and the image; it is not kept for later.
 */
import { clip } from '../../geom/clip.js';
import { bounds } from '../../geom/poly.js';
import { ngettext, t } from '../../../i18n.js';
import { DrawTool } from '../draw.js';
import { simplified } from '../snap.js';

/** @import {HistoryEntry} from '../../types/changes' */
/** @import {Point} from '../../types/geometry' */
/** @import {Key, Pen, ToolPointer} from '../tool.js' */

/** How far a path may leave out corners of pixels, in pixels: about the depth of a stair. */
const TOLERANCE = 0.8;
/** CSS pixels around a click in which it snaps to an edge. */
const SNAP = { mouse: 8, touch: 16 };
/** CSS pixels around the first anchor that close the outline. */
const CLOSE = { mouse: 8, touch: 24 };

/** @typedef {{point: Point, path: Point[]}} Anchor `path`: the way to it from the anchor before, which is not part of it */

export class ScissorsTool extends DrawTool {
  /** @override */
  name = 'scissors';
  /** @type {Anchor[]} */
  anchors = [];
  /** The way from the last anchor to where the pointer is. @type {Point[]} */
  ahead = [];
  /** Where the way ahead was asked for last, and whether that is being answered. @type {{to: string, isBusy: boolean}} */
  asked = { to: '', isBusy: false };
  /** Clicks and keys are carried out one after the other: each begins where the one before ended. */
  queue = Promise.resolve();
  /** Of these, those that are not done. */
  pending = 0;
  /** What was discarded last, while the history is the same; `close` closes its notice. @type {{anchors: Anchor[], history: readonly HistoryEntry[], close: () => void} | null} */
  discarded = null;
  /** Changes when the drawing is given up: answers for it are of no use. */
  drawing = 0;

  /** @override */
  activate() {
    this.context.pixels.prepare();
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl && !this.isDrawing) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    const touch = p.type === 'touch' ? 'touch' : 'mouse';
    if (this.anchors.length >= 2 && (p.clicks === 2 || this.#isOnFirst([p.x, p.y], CLOSE[touch]))) return this.#close();
    const radius = p.ctrl ? 0 : SNAP[touch] / this.context.camera().zoom;
    this.#enqueue(() => this.#add(p.x, p.y, radius));
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    void this.#lookAhead();
  }

  /** @param {Point} point @param {number} reach CSS pixels */
  #isOnFirst([x, y], reach) {
    const [fx, fy] = this.anchors[0].point;
    return Math.hypot(x - fx, y - fy) <= reach / this.context.camera().zoom;
  }

  /** @param {() => Promise<void>} step */
  #enqueue(step) {
    const { drawing } = this;
    this.pending += 1;
    this.queue = this.queue.then(async () => {
      try {
        if (drawing === this.drawing) await step();
      } catch {
        if (drawing === this.drawing) this.context.announce(this.context.pixels.problem);
      } finally {
        this.pending -= 1;
        this.context.redraw();
      }
    });
  }

  /** @param {number} x @param {number} y @param {number} radius image pixels, 0: exactly there */
  async #add(x, y, radius) {
    const { drawing } = this;
    const media = this.context.store.media.peek();
    if (!media) return;
    const clamp = (/** @type {number} */ n, /** @type {number} */ most) => Math.min(most, Math.max(0, n));
    const [cx, cy] = [clamp(x, media.width), clamp(y, media.height)];
    /** @type {Point} */
    const point = radius ? await this.context.pixels.ask('snap', { x: cx, y: cy, radius, step: this.#step }) : [Math.round(cx), Math.round(cy)];
    const last = this.anchors.at(-1);
    const path = last ? await this.#path(last.point, point) : [];
    if (drawing !== this.drawing || (last && !path.length)) return;
    this.#forgetDiscarded();
    this.anchors = [...this.anchors, { point, path }];
    this.ahead = [];
    this.asked.to = '';
    this.context.announce(t('Point {n} at {x}, {y}', { n: this.anchors.length, x: point[0], y: point[1] }), { spokenOnly: true });
    void this.#lookAhead();
  }

  /** Image pixels that are about one of the screen: paths are as fine as what the person sees. */
  get #step() {
    return Math.max(1, Math.floor(1 / this.context.camera().zoom));
  }

  /** The way without its first point; none between a place and itself. @param {Point} from @param {Point} to @returns {Promise<Point[]>} */
  async #path(from, to) {
    const step = this.#step;
    if (from[0] === to[0] && from[1] === to[1]) return [];
    const flat = await this.context.pixels.ask('path', { from, to, step });
    const points = Array.from({ length: flat.length / 2 }, (_, i) => /** @type {Point} */ ([flat[2 * i], flat[2 * i + 1]]));
    return simplified(points, TOLERANCE * step).slice(1);
  }

  /** Shows the way to the pointer; one question at a time, then the newest. */
  async #lookAhead() {
    const { tip, drawing, asked } = this;
    const last = this.anchors.at(-1);
    const media = this.context.store.media.peek();
    if (!tip || !last || !media || asked.isBusy || this.pending) return;
    /** @type {Point} */
    const to = [Math.min(media.width, Math.max(0, Math.round(tip[0]))), Math.min(media.height, Math.max(0, Math.round(tip[1])))];
    if (asked.to === `${to}`) return;
    this.asked = { to: `${to}`, isBusy: true };
    const path = await this.#path(last.point, to).catch(() => /** @type {Point[]} */ ([]));
    this.asked.isBusy = false;
    if (drawing !== this.drawing) return;
    if (this.anchors.at(-1) === last) this.ahead = path;
    this.context.redraw();
    void this.#lookAhead();
  }

  #close() {
    this.#enqueue(async () => {
      const { drawing } = this;
      if (this.anchors.length < 2) return this.context.announce(t('Set at least two points first'));
      const path = await this.#path(/** @type {Anchor} */ (this.anchors.at(-1)).point, this.anchors[0].point);
      if (drawing === this.drawing) this.#finish(path);
    });
  }

  /** @param {readonly Point[]} closing the way back to the first anchor, which ends it @returns {boolean} whether it was committed */
  #finish(closing) {
    const { store, announce } = this.context;
    const { width, height } = /** @type {import('../snap.js').Size} */ (store.media.peek());
    const ring = [this.anchors[0].point, ...this.anchors.flatMap(({ path }) => path), ...closing.slice(0, -1)];
    const points = ring.length < 3 ? [] : clip([[ring.map(([x, y]) => /** @type {Point} */ ([x, y]))]], [0, 0, width, height]);
    if (!points.length) return announce(t('The outline encloses no area')), false;
    const count = points.flat(2).length;
    const size = ngettext('{n} point', '{n} points', count);
    if (!this.finish({ points, box: bounds(points) }, { shape: 'polygon', tool: 'contour', kind: t('Polygon'), size })) return false;
    this.#forget();
    return true;
  }

  #forget() {
    this.drawing += 1;
    this.anchors = [];
    this.ahead = [];
    this.asked.to = '';
    this.context.redraw();
  }

  /** Three points or more are closed by a straight line. @override */
  finishOrKeep() {
    if (this.anchors.length >= 3 && this.mayDraw && this.#finish([])) return;
    this.#forget();
    super.cancel();
  }

  /** @override */
  reset() {
    this.#forget();
    this.#forgetDiscarded();
    super.cancel();
    this.crosshair.hide();
  }

  /** Discards the outline, and offers to bring it back. @override */
  cancel() {
    const { anchors } = this;
    const { store, offerUndo } = this.context;
    const was = this.isDrawing;
    this.#forget();
    if (!anchors.length) return super.cancel() || was;
    this.#forgetDiscarded();
    this.discarded = { anchors, history: store.history.peek(), close: offerUndo(t('Outline discarded'), () => this.#bringBack()) };
    return true;
  }

  /** @override */
  restore() {
    if (this.discarded?.history !== this.context.store.history.peek()) return false;
    this.#bringBack();
    return true;
  }

  #bringBack() {
    const { discarded } = this;
    this.#forgetDiscarded();
    if (!discarded || this.isDrawing) return;
    this.context.setTool(this.name);
    this.anchors = discarded.anchors;
    this.context.redraw();
  }

  #forgetDiscarded() {
    this.discarded?.close();
    this.discarded = null;
  }

  /** @override a second finger draws nothing */
  drop() {}

  /** Takes the last anchor back, with the way to it. @override */
  back() {
    if (!this.isDrawing) return false;
    this.#enqueue(async () => {
      this.context.announce(t('Point {n} removed', { n: this.anchors.length }), { spokenOnly: true });
      this.anchors = this.anchors.slice(0, -1);
      this.ahead = [];
      this.asked.to = '';
    });
    this.queue = this.queue.then(() => this.#lookAhead());
    return true;
  }

  /** @override */
  get isDrawing() {
    return this.anchors.length > 0 || this.pending > 0;
  }

  /** Enter closes the outline, or sets an anchor at the crosshair; at the last or the first one it closes. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) {
      void this.#lookAhead();
      return true;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    if (this.isDrawing && !this.crosshair.point) {
      this.#close();
      return true;
    }
    const point = this.aim;
    if (!point) return false;
    if (!this.isReady) return true;
    const last = this.anchors.at(-1)?.point;
    const isAgain = last !== undefined && last[0] === point[0] && last[1] === point[1];
    if (this.anchors.length >= 2 && (isAgain || this.#isOnFirst(point, CLOSE.mouse))) this.#close();
    else this.#enqueue(() => this.#add(...point, 0));
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
    const { anchors, ahead } = this;
    if (!anchors.length) return;
    const concept = this.shownConcept;
    const line = [anchors[0].point, ...anchors.flatMap(({ path }) => path)];
    if (line.length > 1) pen.line(line, { isClosed: false, concept });
    if (ahead.length) pen.line([anchors[anchors.length - 1].point, ...ahead], { isClosed: false, concept });
    for (const { point } of anchors) pen.handle(...point, { concept });
    const tip = this.tip;
    const isClosing = tip !== null && anchors.length >= 2 && this.#isOnFirst(tip, CLOSE.mouse);
    pen.handle(...anchors[0].point, { isOn: isClosing, isTarget: isClosing, concept });
  }
}
