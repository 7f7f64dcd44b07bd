/**
 * Draws polygons by clicks, freehand or keys, holes into the selected polygon and further parts of it; stays active.
 *
 * What is drawn so far is the draft of the store: it outlives the tool, the image and the page until it is finished or
 * discarded. Its points may lie outside the image; what is finished is clipped at the border.
 */
import { updateLabel } from '../commands.js';
import { clip } from '../geom/clip.js';
import { bounds } from '../geom/poly.js';
import { ngettext, t } from '../../i18n.js';
import { extended, isPart, mayGoOn } from './hosts.js';
import { simplified } from './snap.js';
import { SnappingTool } from './snapping.js';
import { isDrag } from './tool.js';

/** @import {Draft} from '../types/draft' */
/** @import {Point} from '../types/geometry' */
/** @import {HistoryEntry} from '../types/changes' */
/** @import {Pen, ToolCamera, ToolPointer, Key} from './tool.js' */

/** CSS pixels between two points drawn freehand, and how far the line may leave them out. */
const FREEHAND_STEP = 3;
const FREEHAND_TOLERANCE = 0.8;
/** CSS pixels around the first point that close the polygon. */
const CLOSE_REACH = { mouse: 8, touch: 24 };
/** @type {readonly Point[]} */
const NO_POINTS = [];

/**
 * @typedef {object} Press The press that set a point.
 * @property {number} px @property {number} py
 * @property {readonly Point[]} before the points without it
 * @property {Point[] | null} path drawn freehand, with the point of the press; null: it is a click so far
 */

export class PolygonTool extends SnappingTool {
  /** @override */
  name = 'polygon';
  /** @type {Press | null} */
  press = null;
  /** The last point was set by Enter: Enter again at the same place ends the shape. */
  isByKeys = false;
  /** Points that were taken back, the next one last, while the history is the same. @type {{points: Point[], host: string | null, history: readonly HistoryEntry[]}} */
  undone = { points: [], host: null, history: [] };
  /** What was discarded last, while the history is the same; `close` closes its notice. @type {{draft: Draft, history: readonly HistoryEntry[], close: () => void} | null} */
  discarded = null;
  /** How near the first point closes: by the last pointer. */
  isTouch = false;

  /** The fewest points of a shape. */
  least = 3;
  /** The last point is joined with the first. */
  isRing = true;

  /** What this tool has drawn so far. */
  get draft() {
    const draft = this.context.store.draft.peek();
    return draft && (draft.tool ?? 'polygon') === this.name ? draft : null;
  }

  /** @returns {readonly Point[]} */
  get points() {
    return this.draft?.points ?? NO_POINTS;
  }

  /** Id of the polygon that gets a hole; null: a new polygon. */
  get host() {
    return this.draft?.host ?? null;
  }

  /** What is announced. @returns {{tooFew: string, discarded: string, kept: (n: number) => string}} */
  get words() {
    return {
      tooFew: t('A polygon needs at least three points'),
      discarded: t('Polygon discarded'),
      kept: (n) => ngettext('Unfinished polygon with {n} point kept. The polygon tool continues it.', 'Unfinished polygon with {n} points kept. The polygon tool continues it.', n),
    };
  }

  /** @param {readonly Point[]} points @param {string | null} host */
  #set(points, host) {
    this.context.store.setDraft(points.length ? { points, host, target: this.redrawn, tool: this.name } : null);
    this.context.redraw();
  }

  /** @override */
  activate() {
    this.#resume();
  }

  /** Continues the draft of the image, with the shape that it replaces selected again. */
  #resume() {
    const { store } = this.context;
    const target = this.draft?.target ?? null;
    if (target === null || !store.labels.has(target)) return;
    store.select([target]);
    this.redrawn = target;
    this.base = this.target;
  }

  /** @override */
  reset() {
    this.#forgetGesture();
    this.#forgetDiscarded();
    this.undone = { points: [], host: null, history: [] };
    this.redrawn = null;
    this.crosshair.hide();
    this.#resume();
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl && !this.points.length) return this.pick(p);
    if (!this.isReady) return;
    this.follow(p);
    this.isTouch = p.type === 'touch';
    this.isByKeys = false;
    if (this.points.length >= this.least && (p.clicks === 2 || this.#isOnFirst(p.x, p.y))) {
      this.#finish();
      return;
    }
    const before = this.points;
    if (this.#add(this.placed(p.x, p.y), p.alt)) this.press = { px: p.px, py: p.py, before, path: null };
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
    this.isTouch = p.type === 'touch';
    const press = this.press;
    if (!press || (!press.path && !isDrag(press, p))) return;
    press.path ??= this.points.slice(press.before.length);
    const step = FREEHAND_STEP / this.context.camera().zoom;
    for (const [x, y] of p.path()) {
      const last = press.path.at(-1) ?? this.points.at(-1);
      const point = this.gridPoint(x, y);
      if (last && Math.hypot(x - last[0], y - last[1]) >= step && this.#mayAdd(point)) press.path.push(point);
    }
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    if (this.#endPress() && this.points.length >= this.least && this.#isOnFirst(p.x, p.y)) this.#finish();
  }

  /** Puts what was drawn freehand into the draft. @returns {boolean} whether there was anything */
  #endPress() {
    const { press } = this;
    this.press = null;
    if (!press?.path) return false;
    const kept = simplified(press.path, FREEHAND_TOLERANCE / this.context.camera().zoom);
    this.#set([...press.before, ...kept], this.host);
    return true;
  }

  /** @override a second finger removes the point of the first */
  drop() {
    if (this.press) this.#set(this.press.before, this.host);
    this.press = null;
  }

  /** @param {number} x @param {number} y */
  #isOnFirst(x, y) {
    const [first] = this.points;
    if (!this.isRing) return false;
    const reach = (this.isTouch ? CLOSE_REACH.touch : CLOSE_REACH.mouse) / this.context.camera().zoom;
    return Math.hypot(x - first[0], y - first[1]) <= reach;
  }

  /** The polygon that gets a hole or another part: the one that is selected, if it may be changed. @returns {string | null} */
  get holeHost() {
    const { store } = this.context;
    const [id, ...more] = store.selection.peek();
    const label = id === undefined || more.length ? undefined : store.labels.get(id);
    return label?.shape === 'polygon' && store.isEditable(label.id) ? label.id : null;
  }

  /** @param {Point} point @param {boolean} isAlt a first point begins a hole, or outside of the polygon another part @returns {boolean} whether a point was added */
  #add(point, isAlt) {
    if (!this.context.store.media.peek()) return false;
    const last = this.points.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) return true;
    const host = this.points.length ? this.host : isAlt ? this.holeHost : null;
    if (!this.#mayAdd(point, host)) {
      this.context.announce(t('A hole must lie inside the polygon'));
      return false;
    }
    this.undone.points = [];
    this.#forgetDiscarded();
    this.#set([...this.points, ...(host === null ? this.border(last, ...point) : []), point], host);
    return true;
  }

  /** @param {Point} point @param {string | null} [host] */
  #mayAdd(point, host = this.host) {
    if (host === null) return true;
    const points = this.context.store.labels.get(host)?.points;
    return points ? mayGoOn(points, this.points, point) : false;
  }

  /** Commits the draft; it stays when that cannot be done. @returns {boolean} whether it was committed */
  #finish() {
    this.#endPress();
    const { points: ring, host } = this;
    if (ring.length < this.least) this.context.announce(this.words.tooFew);
    if (ring.length < this.least || !this.isReady) return false;
    if (host !== null) return this.#extend(host, [...ring]);
    if (!this.make(ring)) return false;
    this.#forget();
    return true;
  }

  /** Commits what was drawn. @param {readonly Point[]} ring @returns {boolean} whether it was committed */
  make(ring) {
    const { width, height } = /** @type {import('./snap.js').Size} */ (this.context.store.media.peek());
    const points = clip([[[...ring]]], [0, 0, width, height]);
    if (!points.length) {
      this.context.announce(t('The polygon lies outside the image'));
      return false;
    }
    const size = ngettext('{n} point', '{n} points', points.flat(2).length);
    return this.finish({ points, box: bounds(points) }, { shape: 'polygon', tool: 'polygon', kind: t('Polygon'), size });
  }

  /** Adds a hole or another part. @param {string} id @param {Point[]} ring */
  #extend(id, ring) {
    const { store, commit, announce } = this.context;
    const points = store.labels.get(id)?.points;
    const isNewPart = points ? isPart(points, ring[0]) : false;
    const patch = points ? extended(points, ring, /** @type {import('./snap.js').Size} */ (store.media.peek())) : null;
    if (!patch) {
      announce(!points ? t('The polygon of this hole was deleted') : isNewPart ? t('The polygon lies outside the image') : t('A hole must lie inside the polygon'));
      return false;
    }
    const delta = updateLabel(store, id, patch);
    if (delta) commit(delta);
    const n = ring.length;
    announce(isNewPart ? ngettext('Part added, {n} point', 'Part added, {n} points', n) : ngettext('Hole added, {n} point', 'Hole added, {n} points', n), { spokenOnly: true });
    this.#forget();
    return true;
  }

  /** Enough points become the shape, fewer stay as the draft of this image. @override */
  finishOrKeep() {
    this.#endPress();
    const count = this.points.length;
    if (!(count >= this.least && this.mayDraw && this.#finish()) && count) this.context.announce(this.words.kept(count));
    this.#forgetGesture();
    this.redrawn = null;
  }

  /** Discards the draft, and offers to bring it back. @override */
  cancel() {
    const { store, offerUndo } = this.context;
    const { draft } = this;
    this.#forget();
    if (!draft) return super.cancel();
    this.#forgetDiscarded();
    this.discarded = { draft, history: store.history.peek(), close: offerUndo(this.words.discarded, () => this.#bringBack(draft)) };
    return true;
  }

  /** @override */
  restore() {
    const { discarded } = this;
    if (!discarded || discarded.history !== this.context.store.history.peek()) return false;
    this.#bringBack(discarded.draft);
    return true;
  }

  /** @param {Draft} draft */
  #bringBack(draft) {
    const { store, setTool, redraw } = this.context;
    this.#forgetDiscarded();
    store.setDraft(draft);
    if (store.tool.peek() === this.name) this.#resume();
    else setTool(this.name);
    redraw();
  }

  #forgetDiscarded() {
    this.discarded?.close();
    this.discarded = null;
  }

  #forget() {
    this.#forgetGesture();
    this.undone.points = [];
    if (this.points.length) this.#set(NO_POINTS, null);
  }

  #forgetGesture() {
    this.press = null;
    this.isByKeys = false;
    this.context.redraw();
  }

  /** Takes the last point back. @override */
  back() {
    const { points, host, undone } = this;
    const last = points.at(-1);
    if (!last || this.press) return false;
    this.undone = { points: [...undone.points, last], host, history: this.context.store.history.peek() };
    this.isByKeys = false;
    this.#set(points.slice(0, -1), host);
    this.context.announce(t('Point {n} removed', { n: points.length }), { spokenOnly: true });
    return true;
  }

  /** Adds the point again that was taken back last. @override */
  again() {
    const { points, host, history } = this.undone;
    const next = points.at(-1);
    if (!next || this.press || history !== this.context.store.history.peek() || (this.points.length && this.host !== host)) return false;
    this.undone.points = points.slice(0, -1);
    this.#forgetDiscarded();
    this.#set([...this.points, next], host);
    this.context.announce(t('Point {n} restored', { n: this.points.length }), { spokenOnly: true });
    return true;
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) {
      this.isByKeys = false;
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
    if ((this.points.length >= this.least && this.#isOnFirst(...point)) || this.isByKeys) {
      this.#finish();
      return true;
    }
    if (this.#add(point, isAlt)) {
      this.isByKeys = true;
      this.context.announce(t('Point {n} at {x}, {y}', { n: this.points.length, x: point[0], y: point[1] }), { spokenOnly: true });
    }
    return true;
  }

  /** @override @param {Pen} pen @param {ToolCamera} _camera */
  paint(pen, _camera) {
    this.paintGuides(pen);
    const { points, host, press } = this;
    if (!points.length) return;
    const concept = host === null ? this.shownConcept : (this.context.store.labels.get(host)?.concept ?? null);
    const tip = press?.path ? null : this.tip;
    const isClosing = tip !== null && points.length >= this.least && this.#isOnFirst(...tip);
    const line = [...(press?.path ? press.before : points), ...(press?.path ?? []), ...(tip && !isClosing ? [...this.border(points.at(-1), ...tip), this.placed(...tip)] : [])];
    pen.line(line, { isClosed: this.isRing && line.length > 2, concept, isFilled: host === null });
    if (!press?.path) for (const point of points.slice(1)) pen.handle(...point, { concept });
    pen.handle(...points[0], { isOn: isClosing, isTarget: isClosing, concept });
  }
}
