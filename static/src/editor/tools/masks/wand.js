/** Selects pixels of like color around a click: a preview whose tolerance can be changed until Enter stores it as a mask. */
import { t } from '../../../i18n.js';
import { MOST_TOLERANCE } from '../../store/store.js';
import { isDrag } from '../tool.js';
import { MaskDraft } from './draft.js';
import { MaskTool } from './edit.js';

/** @import {Rows} from '../../geom/rows.js' */
/** @import {Label} from '../../types/labels' */
/** @import {Key, Pen, ToolPointer} from '../tool.js' */

/** CSS pixels that the pointer moves for one step of the tolerance. */
const PX_PER_STEP = 3;

/**
 * @typedef {object} Region A click and what was joined by it.
 * @property {MaskDraft} draft @property {Label | undefined} label the mask that it changes, as it was
 * @property {Rows} before the pixels without it @property {boolean} isRemoving
 * @property {number} tolerance of what the draft shows @property {boolean} isBusy an answer is awaited
 * @property {boolean} isFixed the worker knows a later click: its tolerance is not changed any more
 * @property {Region | null} last the region that this one was added to
 */

export class WandTool extends MaskTool {
  /** @override */
  name = 'wand';
  /** @override */
  maker = 'magic_wand';
  /** @type {Region | null} */
  region = null;
  /** The press that began it, while the button is down. @type {{px: number, py: number, tolerance: number} | null} */
  press = null;
  /** Enter was pressed before the answer came. */
  isSaving = false;
  /** Ends to follow the tolerance. */
  unfollow = () => {};

  /** @override */
  activate() {
    this.context.pixels.prepare();
    this.unfollow = this.context.store.wandTolerance.subscribe(() => this.#adjust());
  }

  /** @override */
  deactivate() {
    this.unfollow();
    super.deactivate();
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    this.#begin(p.x, p.y, p.alt ? 'remove' : p.shift ? 'add' : 'new');
    this.press = { px: p.px, py: p.py, tolerance: this.context.store.wandTolerance.peek() };
  }

  /** @param {number} x @param {number} y @param {'new' | 'add' | 'remove'} how */
  #begin(x, y, how) {
    const { store, announce, previews } = this.context;
    const media = store.media.peek();
    if (!media) return;
    const [i, j] = [Math.floor(x), Math.floor(y)];
    if (i < 0 || j < 0 || i >= media.width || j >= media.height) return announce(t('The click is outside the image'));
    if (how === 'new') this.#forget();
    const last = this.region;
    if (last?.isBusy) return;
    const label = last ? last.label : how === 'new' ? undefined : this.selectedMask;
    if (how === 'remove' && !last && !label) return announce(t('Select a mask to remove from it'));
    if (label && !this.mayChange(label)) return;
    const before = last ? last.draft.rows : this.rowsOf(label);
    if (label) previews.set(label.id, null);
    const tolerance = store.wandTolerance.peek();
    /** @type {Region} */
    const region = { draft: new MaskDraft(before.copy(), media), label, before, isRemoving: how === 'remove', tolerance, isBusy: true, isFixed: false, last };
    this.region = region;
    void this.#ask(region, 'flood', { x: i, y: j, tolerance }, true);
  }

  /** @param {Region} region @param {string} call @param {any} args @param {boolean} isJoining whether pixels join, or leave, the region */
  async #ask(region, call, args, isJoining) {
    region.isBusy = true;
    try {
      const spans = await this.context.pixels.ask(call, args);
      if (this.region === region) this.#apply(region, spans, isJoining);
    } catch {
      if (this.region !== region) return;
      this.cancel();
      this.context.announce(this.context.pixels.problem);
    }
  }

  /** @param {Region} region @param {Int32Array} spans flat: row, from, to @param {boolean} isJoining */
  #apply(region, spans, isJoining) {
    const { draft, before, isRemoving } = region;
    region.isBusy = false;
    for (let i = 0; i < spans.length; i += 3) {
      const [y, from, to] = [spans[i], spans[i + 1], spans[i + 2]];
      draft.set(y, from, to, isJoining && !isRemoving);
      const kept = isJoining ? [] : before.within(y, from, to);
      for (let k = 0; k < kept.length; k += 2) draft.set(y, kept[k], kept[k + 1], true);
    }
    this.context.redraw();
    this.#adjust();
    if (this.isSaving && !region.isBusy) this.#store();
  }

  /** Brings the preview to the present tolerance; one question at a time, then the newest. */
  #adjust() {
    const { region } = this;
    const tolerance = this.context.store.wandTolerance.peek();
    if (!region || region.isBusy || region.isFixed || region.tolerance === tolerance) return;
    const isJoining = tolerance > region.tolerance;
    region.tolerance = tolerance;
    void this.#ask(region, 'tolerance', tolerance, isJoining);
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    const { press } = this;
    if (!press || !this.region || !isDrag(press, p)) return;
    const wanted = press.tolerance + Math.round((p.px - press.px - (p.py - press.py)) / PX_PER_STEP);
    this.context.store.wandTolerance.value = Math.min(MOST_TOLERANCE, Math.max(0, wanted));
  }

  /** @override */
  up() {
    this.press = null;
  }

  #store() {
    const { region } = this;
    if (!region) return;
    if (region.isBusy) return void (this.isSaving = true);
    const { label, draft } = region;
    this.#forget();
    this.save(label, draft.rows);
  }

  #forget() {
    const id = this.region?.label?.id;
    if (id !== undefined) this.context.previews.delete(id);
    this.region = null;
    this.press = null;
    this.isSaving = false;
    this.context.redraw();
  }

  /** @override */
  cancel() {
    const was = this.region !== null;
    this.#forget();
    return was || super.cancel();
  }

  /** @override a second finger drops the preview of the first */
  drop() {
    this.#forget();
  }

  /** Takes the last click back. @override */
  back() {
    const { region } = this;
    if (!region) return false;
    if (!region.last) this.#forget();
    else this.region = { ...region.last, draft: new MaskDraft(region.last.draft.rows, region.draft.image), isFixed: true };
    this.context.redraw();
    return true;
  }

  /** @override */
  get isDrawing() {
    return this.region !== null;
  }

  /** Enter stores the preview, or clicks at the crosshair. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    if (this.region) {
      this.#store();
      return true;
    }
    const point = this.aim;
    if (point && this.isReady) this.#begin(...point, 'new');
    return point !== null;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    if (this.crosshair.point) this.paintGuides(pen);
    const { region, tip } = this;
    if (!region) return;
    pen.mask(region.draft, { concept: region.label?.concept ?? this.shownConcept });
    if (tip) pen.note(...tip, region.isBusy ? '…' : t('Tolerance {n}', { n: region.tolerance }));
  }
}
