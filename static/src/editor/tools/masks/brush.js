/** Paints and erases masks: each stroke is one change of the selected mask, or a new object. */
import { discOf } from '../../geom/brush.js';
import { t } from '../../../i18n.js';
import { MaskDraft } from './draft.js';
import { MaskTool } from './edit.js';

/** @import {Disc} from '../../geom/brush.js' */
/** @import {Label} from '../../types/labels' */
/** @import {Key, Pen, ToolPointer} from '../tool.js' */

/** @typedef {{draft: MaskDraft, label: Label | undefined, isErasing: boolean, last: Disc}} Stroke `label`: as it was when the stroke began */

export class BrushTool extends MaskTool {
  /** @override */
  name = 'brush';
  /** @override */
  hasEraser = true;
  erases = false;
  /** @type {Stroke | null} */
  current = null;
  /** Where a straight line begins: the end of the last stroke. @type {Disc | null} */
  end = null;
  /** Where the straight line would go that Shift draws now. @type {Disc | null} */
  straight = null;
  /** What the circle shows. */
  isOpposite = false;

  /** @param {{x: number, y: number, pressure?: number, type?: string}} p @returns {Disc} */
  #disc({ x, y, pressure = 1, type }) {
    const { size, pressure: isByPressure } = this.context.store.brush.peek();
    return discOf(x, y, size, type === 'pen' && isByPressure ? pressure : 1);
  }

  /** Alt does the opposite, and the eraser end of a pen erases. @param {{alt?: boolean, isEraser?: boolean}} p */
  #erasesWith({ alt, isEraser }) {
    return (this.erases || isEraser === true) !== (alt === true);
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    const disc = this.#disc(p);
    const isLine = p.shift && this.end !== null;
    if (!this.#begin(this.#erasesWith(p), isLine ? /** @type {Disc} */ (this.end) : disc)) return;
    if (isLine) this.straight = disc;
    else this.#to(disc);
  }

  /** @param {boolean} isErasing @param {Disc} last @returns {boolean} */
  #begin(isErasing, last) {
    const { store, announce, previews } = this.context;
    const media = store.media.peek();
    const label = this.selectedMask;
    if (!media || (label && !this.mayChange(label))) return false;
    if (isErasing && !label) {
      announce(t('Select a mask to erase from it'));
      return false;
    }
    this.current = { draft: new MaskDraft(this.rowsOf(label), media), label, isErasing, last };
    if (label) previews.set(label.id, null);
    return true;
  }

  /** @param {Disc} disc */
  #to(disc) {
    const { current } = this;
    if (!current) return;
    current.draft.stroke(current.last, disc, current.isErasing);
    current.last = disc;
    this.context.redraw();
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    this.isOpposite = p.alt || p.isEraser === true;
    const disc = this.#disc(p);
    if (!this.current) return void (this.straight = p.shift && this.end ? disc : null);
    if (p.shift) return void (this.straight = disc);
    if (this.straight) this.#to(this.straight);
    this.straight = null;
    const path = p.path();
    const from = this.current.last.r;
    path.forEach(([x, y], i) => {
      const at = this.#disc({ ...p, x, y });
      this.#to({ ...at, r: from + ((disc.r - from) * (i + 1)) / path.length });
    });
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    if (!this.current) return;
    this.pointer = /** @type {[number, number]} */ ([p.x, p.y]);
    // a pen that is lifted has no pressure any more
    this.#to({ ...this.#disc({ x: p.x, y: p.y }), r: this.straight?.r ?? this.current.last.r });
    this.#finish();
  }

  #finish() {
    const { current } = this;
    if (!current) return;
    this.end = current.last;
    this.#forget();
    if (current.draft.isTouched) this.save(current.label, current.draft.rows);
    else this.context.announce(t('The stroke is outside the image'));
  }

  #forget() {
    const id = this.current?.label?.id;
    if (id !== undefined) this.context.previews.delete(id);
    this.current = null;
    this.straight = null;
    this.context.redraw();
  }

  /** The person goes on: what is painted counts. @override */
  finishOrKeep() {
    if (this.current) this.#finish();
    super.finishOrKeep();
  }

  /** @override */
  cancel() {
    const was = this.current !== null;
    this.#forget();
    return was || super.cancel();
  }

  /** @override a second finger gives the stroke of the first up */
  drop() {
    this.#forget();
  }

  /** @override */
  reset() {
    super.reset();
    this.end = null;
  }

  /** @override */
  back() {
    const was = this.current !== null;
    if (was) this.#forget();
    return was;
  }

  /** @override */
  get isDrawing() {
    return this.current !== null;
  }

  /** Enter paints at the crosshair. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey || this.current) return false;
    const point = this.aim;
    if (!point) return false;
    if (!this.isReady) return true;
    const disc = this.#disc({ x: point[0], y: point[1] });
    if (this.#begin(this.erases, disc)) {
      this.#to(disc);
      this.#finish();
    }
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    const { current, tip, straight } = this;
    if (current) pen.mask(current.draft, { concept: current.label?.concept ?? this.shownConcept });
    if (!tip || !this.mayDraw) return;
    const isErasing = current ? current.isErasing : this.erases !== this.isOpposite;
    const disc = current && !straight ? current.last : this.#disc({ x: tip[0], y: tip[1] });
    pen.brush(disc, { isErasing, from: straight ? (current?.last ?? this.end) : null });
  }
}

export class EraserTool extends BrushTool {
  /** @override */
  name = 'eraser';
  /** @override */
  erases = true;
}
