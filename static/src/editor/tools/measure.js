/** Measures distances and areas: a drag, or clicks and Enter. Stores nothing. */
import { num, t } from '../../i18n.js';
import { measured } from '../geom/measure.js';
import { DrawTool } from './draw.js';
import { rounded, vertexDigits } from './snap.js';
import { isDrag } from './tool.js';

/** @import {Point} from '../types/geometry' */
/** @import {Key, Pen, ToolPointer} from './tool.js' */

export class MeasureTool extends DrawTool {
  /** @override */
  name = 'measure';
  /** @type {Point[]} */
  points = [];
  /** The path is complete: the next point begins another. */
  isDone = false;
  /** @type {{px: number, py: number} | null} */
  press = null;

  /** @override anybody may measure */
  get mayDraw() {
    return true;
  }

  /** @override */
  get hasCrosshair() {
    return true;
  }

  /** @override */
  get isDrawing() {
    return this.points.length > 0 && !this.isDone;
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    this.follow(p);
    this.press = { px: p.px, py: p.py };
    if (p.clicks === 2 && this.isDrawing) return this.#end();
    this.#add(p.x, p.y);
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
  }

  /** A drag measures from where it began to where it ends. @override @param {ToolPointer} p */
  up(p) {
    const { press } = this;
    this.press = null;
    if (!press || !isDrag(press, p) || !this.isDrawing) return;
    this.#add(p.x, p.y);
    if (this.points.length === 2) this.#end();
  }

  /** @param {number} x @param {number} y */
  #add(x, y) {
    if (this.isDone) this.#forget();
    const digits = vertexDigits(this.context.camera().zoom);
    this.points = [...this.points, [rounded(x, digits), rounded(y, digits)]];
    this.context.redraw();
  }

  #end() {
    if (this.points.length < 2) return this.#forget();
    this.isDone = true;
    this.context.announce(this.#words(this.points));
    this.context.redraw();
  }

  /** @param {readonly Point[]} points */
  #words(points) {
    const { length, width, height, area } = measured(points);
    if (area === null) return t('{length} px ({width} × {height})', { length: num(length, 1), width: num(width, 1), height: num(height, 1) });
    return t('{length} px, area {area} px²', { length: num(length, 1), area: num(area, 1) });
  }

  /** @override */
  cancel() {
    const was = this.points.length > 0;
    this.#forget();
    return was;
  }

  /** @override */
  back() {
    if (!this.isDrawing) return false;
    this.points = this.points.slice(0, -1);
    this.context.redraw();
    return true;
  }

  /** @override a second finger gives the press up */
  drop() {
    this.press = null;
  }

  #forget() {
    this.points = [];
    this.isDone = false;
    this.context.redraw();
  }

  /** Enter ends the path at the pointer's last click; with the crosshair it sets a point, and ends where one is. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const place = this.aim;
    const last = this.points.at(-1);
    const isThere = place && last && place[0] === last[0] && place[1] === last[1];
    if (this.isDrawing && (!place || isThere)) this.#end();
    else if (place) this.#add(...place);
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    const { tip } = this;
    const points = this.isDrawing && tip ? [...this.points, tip] : this.points;
    if (!points.length) return this.paintGuides(pen);
    pen.line(points, { isClosed: points.length > 2, concept: null });
    for (const [x, y] of this.points) pen.handle(x, y);
    if (points.length > 1) pen.note(...points[points.length - 1], this.#words(points));
  }
}
