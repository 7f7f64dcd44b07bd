/** Redraws a part of the outline of the selected polygon or line: drawn over it from one place of it to another. */
import { clip } from '../geom/clip.js';
import { placeOn, redrawn, redrawnLine } from '../geom/contour.js';
import { bounds } from '../geom/poly.js';
import { t } from '../../i18n.js';
import { DrawTool } from './draw.js';
import { commitGesture } from './gesture.js';
import { rounded, simplified, snapped, vertexDigits } from './snap.js';
import { isDrag } from './tool.js';

/** @import {Label} from '../types/labels' */
/** @import {Part, Point} from '../types/geometry' */
/** @import {Pen, ToolPointer} from './tool.js' */

/** CSS pixels around the outline that count as on it. */
const REACH = { mouse: 10, touch: 24 };
/** CSS pixels between two points, and how far the line may leave them out. */
const STEP = 3;
const TOLERANCE = 0.8;

export class ContourTool extends DrawTool {
  /** @override */
  name = 'contour';
  /** What is drawn, with the label as it was at the press. @type {{label: Label, path: Point[], px: number, py: number, isDragged: boolean} | null} */
  stroke = null;

  /** The one selected polygon or line that may be changed. @returns {Label | null} */
  get selected() {
    const { store } = this.context;
    const [id, ...more] = store.selection.peek();
    const label = id === undefined || more.length ? undefined : store.labels.get(id);
    return label && (label.shape === 'polygon' || label.shape === 'polyline') && store.isEditable(label.id) ? label : null;
  }

  /** @param {ToolPointer} p image pixels */
  #reach(p) {
    return (p.type === 'touch' ? REACH.touch : REACH.mouse) / this.context.camera().zoom;
  }

  /** @param {number} x @param {number} y @returns {Point} */
  #point(x, y) {
    const digits = vertexDigits(this.context.camera().zoom);
    if (this.selected?.shape === 'polyline') return snapped(x, y, this.context.store.media.peek() ?? { width: 0, height: 0 }, digits);
    return [rounded(x, digits), rounded(y, digits)];
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    this.follow(p);
    const label = this.selected;
    if (!label) return this.context.announce(t('Select a polygon or a line first'));
    if (!placeOn(/** @type {Part[]} */ (label.points), [p.x, p.y], this.#reach(p))) return this.context.announce(t('Begin on the outline of the selected object'));
    this.stroke = { label, path: [this.#point(p.x, p.y)], px: p.px, py: p.py, isDragged: false };
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    const { stroke } = this;
    if (!stroke) return;
    stroke.isDragged ||= isDrag(stroke, p);
    const step = STEP / this.context.camera().zoom;
    for (const [x, y] of p.path()) {
      const last = stroke.path[stroke.path.length - 1];
      if (Math.hypot(x - last[0], y - last[1]) >= step) stroke.path.push(this.#point(x, y));
    }
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    const { stroke } = this;
    this.stroke = null;
    this.context.redraw();
    if (!stroke?.isDragged) return;
    const path = simplified([...stroke.path, this.#point(p.x, p.y)], TOLERANCE / this.context.camera().zoom);
    const points = this.#redrawn(stroke.label, path, this.#reach(p));
    if (!points?.length) return this.context.announce(t('End on the outline that the stroke began on'));
    if (commitGesture(this.context, [{ label: stroke.label, patch: { points, box: bounds(points) } }])) this.context.announce(t('Outline redrawn'), { spokenOnly: true });
  }

  /** @param {Label} label @param {readonly Point[]} path @param {number} reach @returns {Part[] | null} cut at the border of the image */
  #redrawn(label, path, reach) {
    const old = /** @type {Part[]} */ (label.points);
    if (label.shape === 'polyline') return redrawnLine(old, path, reach);
    const points = redrawn(old, path, reach);
    const { width, height } = this.context.store.media.peek() ?? { width: 0, height: 0 };
    const [x0, y0, x1, y1] = bounds(old);
    return points && clip(points, [Math.min(0, x0), Math.min(0, y0), Math.max(width, x1), Math.max(height, y1)]);
  }

  /** @override */
  get isDrawing() {
    return this.stroke !== null;
  }

  /** @override */
  cancel() {
    const was = this.stroke !== null;
    this.stroke = null;
    this.context.redraw();
    return was;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    const { stroke } = this;
    if (stroke) pen.line(stroke.path, { isClosed: false, concept: stroke.label.concept });
  }
}
