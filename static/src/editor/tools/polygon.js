/** Draws polygons by clicks, freehand or keys, and holes into the selected polygon; stays active. */
import { updateLabel } from '../commands.js';
import { addHole, bounds, partAt } from '../geom/poly.js';
import { ngettext, t } from '../../i18n.js';
import { DrawTool } from './draw.js';
import { rounded, simplified, snapped, vertexDigits } from './snap.js';
import { CLICK_PX, REACH } from './tool.js';

/** @import {Point} from '../types/geometry' */
/** @import {Pen, ToolCamera, ToolPointer, Key} from './tool.js' */

/** CSS pixels between two points drawn freehand, and how far the line may leave them out. */
const FREEHAND_STEP = 3;
const FREEHAND_TOLERANCE = 0.8;

export class PolygonTool extends DrawTool {
  /** @override */
  name = 'polygon';
  /** @type {Point[]} */
  points = [];
  /** Id of the polygon that gets a hole; null: a new polygon. @type {string | null} */
  host = null;
  /** The press that set a point; `before`: how many there were. @type {{px: number, py: number, before: number, isFree: boolean} | null} */
  press = null;
  /** The last point was set by Enter: Enter again at the same place ends the shape. */
  isByKeys = false;

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl && !this.points.length) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    this.isByKeys = false;
    if (this.points.length >= 3 && (p.clicks === 2 || this.#isOnFirst(p))) return this.#finish();
    if (!this.points.length) this.host = p.alt ? this.#selectedPolygon() : null;
    const before = this.points.length;
    if (this.#add(p.x, p.y)) this.press = { px: p.px, py: p.py, before, isFree: false };
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    const press = this.press;
    if (!press) return;
    if (!press.isFree && Math.hypot(p.px - press.px, p.py - press.py) < CLICK_PX + 1) return;
    press.isFree = true;
    const step = FREEHAND_STEP / this.context.camera().zoom;
    for (const [x, y] of p.path()) {
      const last = this.points[this.points.length - 1];
      if (last && Math.hypot(x - last[0], y - last[1]) >= step) this.#add(x, y);
    }
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    const press = this.press;
    this.press = null;
    if (!press?.isFree) return;
    const kept = simplified(this.points.slice(press.before), FREEHAND_TOLERANCE / this.context.camera().zoom);
    this.points = [...this.points.slice(0, press.before), ...kept];
    if (this.points.length >= 3 && this.#isOnFirst(p)) this.#finish();
    this.context.redraw();
  }

  /** @override a second finger removes the point of the first */
  drop() {
    if (this.press) this.points.length = this.press.before;
    if (!this.points.length) this.host = null;
    this.press = null;
    this.context.redraw();
  }

  /** @param {ToolPointer} p */
  #isOnFirst(p) {
    const reach = (p.type === 'touch' ? REACH.touch : REACH.mouse) / this.context.camera().zoom;
    const [x, y] = this.points[0];
    return Math.hypot(p.x - x, p.y - y) <= reach;
  }

  /** The one selected polygon, if it may be changed. @returns {string | null} */
  #selectedPolygon() {
    const { store } = this.context;
    const [id, ...more] = store.selection.peek();
    const label = id === undefined || more.length ? undefined : store.labels.get(id);
    return label?.points?.length && !label.mask?.length && store.isEditable(label.id) ? label.id : null;
  }

  /** @param {number} x @param {number} y @returns {boolean} whether a point was added */
  #add(x, y) {
    const { store, camera, announce, redraw } = this.context;
    const media = store.media.peek();
    if (!media) return false;
    const point = snapped(x, y, media, vertexDigits(camera().zoom));
    const last = this.points[this.points.length - 1];
    if (last && last[0] === point[0] && last[1] === point[1]) return true;
    if (this.host !== null && !this.#isInHost(point)) {
      announce(t('A hole must lie inside the polygon'));
      return false;
    }
    this.points.push(point);
    redraw();
    return true;
  }

  /** Is the point in the polygon that gets the hole? @param {Point} point */
  #isInHost([x, y]) {
    const points = this.context.store.labels.get(this.host ?? '')?.points;
    return points ? partAt(points, x, y) >= 0 : false;
  }

  #finish() {
    if (this.points.length < 3) return this.context.announce(t('A polygon needs at least three points'));
    const { points: ring, host } = this;
    this.#forget();
    if (host !== null) return this.#cut(host, ring);
    const points = [[ring]];
    this.finish({ points, box: bounds(points) }, { shape: 'polygon', tool: 'polygon', kind: t('Polygon'), size: ngettext('{n} point', '{n} points', ring.length) });
  }

  /** @param {string} id @param {Point[]} ring */
  #cut(id, ring) {
    const { store, commit, announce } = this.context;
    const cut = addHole(store.labels.get(id)?.points ?? [], ring);
    if (!cut) return announce(t('A hole must lie inside the polygon'));
    const delta = updateLabel(store, id, { points: cut });
    if (delta) commit(delta);
    announce(ngettext('Hole added, {n} point', 'Hole added, {n} points', ring.length), { spokenOnly: true });
  }

  /** @override */
  cancel() {
    const was = this.points.length > 0;
    this.#forget();
    return was || super.cancel();
  }

  #forget() {
    this.points = [];
    this.host = null;
    this.press = null;
    this.isByKeys = false;
    this.context.redraw();
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) {
      this.isByKeys = false;
      return true;
    }
    const isUndo = (e.ctrlKey || e.metaKey) && !e.shiftKey && (e.key === 'z' || e.code === 'KeyZ');
    if (this.points.length && (e.key === 'Backspace' || isUndo)) {
      this.points.pop();
      this.isByKeys = false;
      if (!this.points.length) this.host = null;
      this.context.redraw();
      return true;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey) return false;
    if (this.points.length && !this.crosshair.point) {
      this.#finish();
      return true;
    }
    const point = this.aim;
    return point ? this.#enter(point, e.altKey) : false;
  }

  /** @override */
  get isDrawing() {
    return this.points.length > 0;
  }

  /** Sets a vertex; on the first vertex, or twice at the same place, ends the shape. @param {Point} point @param {boolean} isAlt */
  #enter(point, isAlt) {
    if (!this.isReady) return true;
    const [first] = this.points;
    const isFirst = this.points.length >= 3 && first[0] === point[0] && first[1] === point[1];
    if (isFirst || this.isByKeys) {
      this.#finish();
      return true;
    }
    if (!this.points.length) this.host = isAlt ? this.#selectedPolygon() : null;
    if (this.#add(...point)) {
      this.isByKeys = true;
      this.context.announce(t('Point {n} at {x}, {y}', { n: this.points.length, x: point[0], y: point[1] }), { spokenOnly: true });
    }
    return true;
  }

  /** @override @param {Pen} pen @param {ToolCamera} camera */
  paint(pen, camera) {
    this.paintGuides(pen);
    if (!this.points.length) return;
    const concept = this.host === null ? this.shownConcept : (this.context.store.labels.get(this.host)?.concept ?? null);
    const digits = vertexDigits(camera.zoom);
    const tip = this.press?.isFree ? null : this.tip;
    /** @type {Point[]} */
    const line = tip ? [...this.points, [rounded(tip[0], digits), rounded(tip[1], digits)]] : this.points;
    pen.line(line, { isClosed: line.length > 2, concept, isFilled: this.host === null });
    if (!this.press?.isFree) for (const point of this.points.slice(1)) pen.handle(...point, { concept });
    pen.handle(...this.points[0], { isOn: this.points.length >= 3, concept });
  }
}
