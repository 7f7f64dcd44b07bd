/** Cuts the selected shapes along a line: a drag, two clicks, or keys. Then Select is the tool again. */
import { ngettext, t } from '../../i18n.js';
import { cut, operands } from '../shape-operations.js';
import { DrawTool } from './draw.js';
import { isDrag } from './tool.js';

/** @import {Point} from '../types/geometry' */
/** @import {Pen, ToolPointer, Key} from './tool.js' */

export class SliceTool extends DrawTool {
  /** @override */
  name = 'slice';
  /** Where the line begins, once it is set. @type {Point | null} */
  start = null;
  /** Where the press began, while the button is down. @type {{px: number, py: number} | null} */
  press = null;
  isDragged = false;

  /** @override the arrow keys move the crosshair, whatever is selected */
  get hasCrosshair() {
    return true;
  }

  /** @override */
  get isDrawing() {
    return this.start !== null;
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    this.follow(p);
    this.press = { px: p.px, py: p.py };
    this.isDragged = this.start !== null;
    this.start ??= [p.x, p.y];
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    if (this.press && isDrag(this.press, p)) this.isDragged = true;
  }

  /** A drag or the second click cuts; the first click leaves where the line begins. @override @param {ToolPointer} p */
  up(p) {
    if (!this.press) return;
    this.press = null;
    if (this.isDragged) this.#cut([p.x, p.y]);
  }

  /** @param {Point} end */
  #cut(end) {
    const { store, commit, announce, setTool } = this.context;
    const start = /** @type {Point} */ (this.start);
    this.#forget();
    const { labels } = operands(store);
    const made = cut(store, labels, start, end);
    if (!made.deltas.length) return announce(labels.length ? t('The line does not cut through a selected object') : t('Select an object first'));
    commit(made.deltas);
    store.select(made.ids);
    setTool('select');
    announce(ngettext('Cut into {n} object', 'Cut into {n} objects', made.ids.length));
  }

  /** @override */
  cancel() {
    const was = this.start !== null;
    this.#forget();
    return was;
  }

  /** @override */
  back() {
    return this.cancel();
  }

  /** @override a second finger gives the line of the first up */
  drop() {
    this.#forget();
  }

  #forget() {
    this.start = null;
    this.press = null;
    this.isDragged = false;
    this.context.redraw();
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const place = this.aim ?? this.pointer;
    if (!place) return false;
    if (this.start) this.#cut(place);
    else {
      this.start = [...place];
      this.context.redraw();
    }
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    const { start, tip } = this;
    if (start && tip) pen.line([start, tip], { isClosed: false, concept: this.shownConcept });
    else this.paintGuides(pen);
  }
}
