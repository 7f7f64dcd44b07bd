/**
 * Cuts an object out of the image: by a box dragged around it or four clicks at its ends; strokes over the selected mask
 * say what belongs to it (Alt: what does not). The server finds the pixels; each answer is stored when it is there.
 */
import { createLabel } from '../../commands.js';
import { discOf } from '../../geom/brush.js';
import { fromCorners } from '../../geom/box.js';
import { runsArea } from '../../geom/mask.js';
import { Rows } from '../../geom/rows.js';
import { t } from '../../../i18n.js';
import { same } from '../../store/fields.js';
import { commitGesture } from '../gesture.js';
import { isDrag } from '../tool.js';
import { MaskDraft } from './draft.js';
import { MaskTool } from './edit.js';

/** @import {Box, Point} from '../../types/geometry' */
/** @import {Label} from '../../types/labels' */
/** @import {MaskInBox} from '../../geom/rows.js' */
/** @import {Disc} from '../../geom/brush.js' */
/** @import {Key, Pen, ToolPointer} from '../tool.js' */

/** Image pixels on each side of a box. */
const LEAST = 3;
/** Ends of an object that are clicked. */
const ENDS = 4;
/** How far outside the mask a stroke still means it, as a share of its sides. */
const REACH = 0.15;

/** @typedef {{keep: Rows, remove: Rows, box: Box, mask: readonly number[]}} Strokes what was said of a mask so far; they hold while it is `mask` */
/** @typedef {{controller: AbortController, box: Box, draft: MaskDraft | null, concept: string | null, label: string | null}} Request `label`: id of the mask that it refines */

export class GrabCutTool extends MaskTool {
  /** @override */
  name = 'grabcut';
  /** @type {{px: number, py: number, from: Point} | null} */
  press = null;
  /** @type {Box | null} */
  box = null;
  /** Ends of the object that were clicked. @type {readonly Point[]} */
  ends = [];
  /** The stroke under way. @type {{label: Label, draft: MaskDraft, last: Disc, isRemoving: boolean} | null} */
  stroke = null;
  /** By id of the mask. @type {Map<string, Strokes>} */
  strokes = new Map();
  /** Those without an answer, oldest first. @type {Set<Request>} */
  requests = new Set();

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    const mask = this.ends.length ? undefined : this.selectedMask;
    if (!mask && p.alt) return this.context.announce(t('Select a mask to remove from it'));
    if (mask && (p.alt || p.shift || this.#isNear(mask, p))) return this.#beginStroke(mask, p);
    this.press = { px: p.px, py: p.py, from: this.#corner(p.x, p.y) };
  }

  /** @param {Label} mask @param {{x: number, y: number}} p */
  #isNear({ box: [x0, y0, x1, y1] }, { x, y }) {
    const [dx, dy] = [(x1 - x0) * REACH, (y1 - y0) * REACH];
    return x >= x0 - dx && x <= x1 + dx && y >= y0 - dy && y <= y1 + dy;
  }

  /** @param {number} x @param {number} y @returns {Point} a corner between pixels, in the image */
  #corner(x, y) {
    const { width, height } = this.context.store.media.peek() ?? { width: 0, height: 0 };
    return [Math.min(width, Math.max(0, Math.round(x))), Math.min(height, Math.max(0, Math.round(y)))];
  }

  /** @param {Label} label @param {ToolPointer} p */
  #beginStroke(label, p) {
    const media = this.context.store.media.peek();
    if (!media || !this.mayChange(label)) return;
    const disc = this.#disc(p);
    this.stroke = { label, draft: new MaskDraft(new Rows(), media), last: disc, isRemoving: p.alt };
    this.#strokeTo(disc);
  }

  /** @param {{x: number, y: number}} p */
  #disc({ x, y }) {
    return discOf(x, y, this.context.store.brush.peek().size);
  }

  /** @param {Disc} disc */
  #strokeTo(disc) {
    const { stroke } = this;
    if (!stroke) return;
    stroke.draft.stroke(stroke.last, disc, false);
    stroke.last = disc;
    this.context.redraw();
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    if (this.stroke) for (const [x, y] of p.path()) this.#strokeTo(this.#disc({ x, y }));
    const { press } = this;
    if (press && (this.box || isDrag(press, p))) this.box = fromCorners(press.from, this.#corner(p.x, p.y));
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    if (this.stroke) return this.#endStroke(p);
    const { press, box } = this;
    this.press = null;
    this.box = null;
    if (!press) return;
    if (box) this.#cutBox(fromCorners(press.from, this.#corner(p.x, p.y)));
    else this.#addEnd([p.x, p.y]);
  }

  /** @param {Box} box */
  #cutBox(box) {
    this.ends = [];
    this.context.redraw();
    if (box[2] - box[0] < LEAST || box[3] - box[1] < LEAST) return this.context.announce(t('Too small: drag a box around the object'));
    void this.#cut(box, { box }, 'grabcut');
  }

  /** @param {Point} point */
  #addEnd([x, y]) {
    const { width, height } = this.context.store.media.peek() ?? { width: 0, height: 0 };
    /** @type {Point} */
    const end = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    this.ends = [...this.ends, end];
    this.context.redraw();
    if (this.ends.length < ENDS) return;
    const points = this.ends;
    this.ends = [];
    const [xs, ys] = [points.map((one) => one[0]), points.map((one) => one[1])];
    /** @type {Box} */
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    if (box[2] - box[0] < LEAST || box[3] - box[1] < LEAST) return this.context.announce(t('Too small: click the four ends of the object'));
    void this.#cut(box, { points }, 'dextr');
  }

  /** Stores what is found as a new object. @param {Box} box @param {object} hints @param {string} maker */
  async #cut(box, hints, maker) {
    const concept = this.concept;
    if (concept === null) return;
    const found = await this.#ask(box, hints, { concept });
    if (!found) return;
    const { store, commit, announce } = this.context;
    const delta = createLabel(store, { concept, shape: 'mask', ...found, tool: maker });
    commit(delta);
    const label = /** @type {Label} */ (delta.after);
    this.strokes.set(label.id, { keep: new Rows(), remove: new Rows(), box, mask: found.mask });
    const size = t('{n} pixels', { n: runsArea(found.mask) });
    if (store.tool.peek() === this.name) this.added(label, t('Mask'), size);
    else announce(t('Mask added, {size}', { size }));
  }

  /**
   * The answer of the server; null, and said why, without one.
   * @param {Box} box where the person looks for it @param {object} hints @param {{concept?: string | null, draft?: MaskDraft | null, label?: string | null}} how
   * @returns {Promise<MaskInBox | null>}
   */
  async #ask(box, hints, { concept = null, draft = null, label = null }) {
    const { announce, cut, redraw, store } = this.context;
    const media = store.media.peek()?.id;
    /** @type {Request} */
    const request = { controller: new AbortController(), box, draft, concept, label };
    this.requests.add(request);
    redraw();
    const { found = null, error = '' } = await cut(hints, request.controller.signal);
    this.requests.delete(request);
    redraw();
    if (request.controller.signal.aborted) return null;
    if (store.media.peek()?.id !== media) {
      announce(t('Another image was opened before the object was cut out'));
      return null;
    }
    if (error) announce(error);
    return found;
  }

  /** @param {ToolPointer} p */
  #endStroke(p) {
    const { stroke } = this;
    if (!stroke) return;
    this.#strokeTo(this.#disc(p));
    this.stroke = null;
    if (!stroke.draft.isTouched) return this.context.announce(t('The stroke is outside the image'));
    void this.#refine(stroke.label, stroke.draft, stroke.isRemoving);
  }

  /** @param {Label} label as it was when the stroke began @param {MaskDraft} draft @param {boolean} isRemoving */
  async #refine(label, draft, isRemoving) {
    const mask = /** @type {readonly number[]} */ (label.mask);
    const known = this.strokes.get(label.id);
    const said = known && same(known.mask, mask) ? known : { keep: new Rows(), remove: new Rows(), box: grown(label.box), mask };
    for (const [y, spans] of draft.rows.spans) {
      for (let i = 0; i < spans.length; i += 2) {
        (isRemoving ? said.remove : said.keep).add(y, spans[i], spans[i + 1]);
        (isRemoving ? said.keep : said.remove).remove(y, spans[i], spans[i + 1]);
      }
    }
    this.strokes.set(label.id, said);
    for (const other of this.requests) if (other.label === label.id) this.#drop(other);
    const [keep, remove] = [said.keep.toMask(), said.remove.toMask()];
    const hints = { box: said.box, mask: { box: label.box, mask }, ...(keep && { keep }), ...(remove && { remove }) };
    const found = await this.#ask(said.box, hints, { draft, label: label.id, concept: isRemoving ? null : label.concept });
    if (!found) return;
    const patch = { ...found, shape: /** @type {const} */ ('mask'), ...(label.points && { points: null }) };
    if (!commitGesture(this.context, [{ label, patch }])) return;
    this.strokes.set(label.id, { ...said, mask: this.context.store.labels.get(label.id)?.mask ?? found.mask });
    this.context.announce(t('Mask changed, {size}', { size: t('{n} pixels', { n: runsArea(found.mask) }) }), { spokenOnly: true });
  }

  /** @param {Request} request that another one takes the place of */
  #drop(request) {
    request.controller.abort();
    this.requests.delete(request);
  }

  /** Ends the requests. @returns {boolean} whether there was any */
  #abort() {
    const was = this.requests.size > 0;
    for (const { controller, label } of this.requests) {
      controller.abort();
      if (label !== null) this.strokes.delete(label);
    }
    this.requests.clear();
    if (was) this.context.announce(t('Cutting out was cancelled'));
    return was;
  }

  #forgetDraft() {
    const was = this.isDrawing;
    this.press = null;
    this.box = null;
    this.stroke = null;
    this.ends = [];
    this.context.redraw();
    return was;
  }

  /** Gives up the drawing, then what was asked. @override */
  cancel() {
    return this.#forgetDraft() || this.#abort() || super.cancel();
  }

  /** @override what was asked goes on: its answer is stored */
  finishOrKeep() {
    this.#forgetDraft();
    super.cancel();
  }

  /** @override */
  drop() {
    this.#forgetDraft();
  }

  /** @override */
  reset() {
    this.#forgetDraft();
    this.#abort();
    this.strokes.clear();
    super.reset();
  }

  /** Takes the last end back, or the question. @override */
  back() {
    if (this.ends.length) {
      this.ends = this.ends.slice(0, -1);
      this.context.redraw();
      return true;
    }
    return this.#forgetDraft() || this.#abort();
  }

  /** @override */
  get isDrawing() {
    return this.press !== null || this.stroke !== null || this.ends.length > 0;
  }

  /** Enter sets an end of the object at the crosshair. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const point = this.aim;
    if (point && this.isReady) this.#addEnd(point);
    return point !== null;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    const { stroke, box, tip } = this;
    for (const request of this.requests) {
      pen.box(request.box, { concept: request.concept });
      if (request.draft) pen.mask(request.draft, { concept: request.concept });
      pen.note(request.box[2], request.box[3], t('Cutting out …'));
    }
    for (const end of this.ends) pen.handle(...end, { concept: this.shownConcept });
    if (box) pen.box(box, { concept: this.shownConcept });
    if (stroke) {
      pen.mask(stroke.draft, { concept: stroke.isRemoving ? null : stroke.label.concept });
      pen.brush(stroke.last, { isErasing: stroke.isRemoving });
    } else if (tip && !box) this.paintGuides(pen);
  }
}

/** A box with a tenth more on each side. @param {Box} box @returns {Box} */
function grown([x0, y0, x1, y1]) {
  const [dx, dy] = [Math.ceil((x1 - x0) / 10), Math.ceil((y1 - y0) / 10)];
  return [x0 - dx, y0 - dy, x1 + dx, y1 + dy];
}
