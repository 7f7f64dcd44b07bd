/** Selects shapes and changes the selected ones: move, resize, vertices, by mouse or keys. Draws no new shape. */
import { movedTogether, nudge, updateLabel } from '../commands.js';
import { fromCorners, isInside } from '../geom/box.js';
import { t } from '../../i18n.js';
import { isFramed } from '../geom/frame.js';
import { looksSame, same } from '../store/fields.js';
import { ActiveVertex } from './active-vertex.js';
import { announcePlaces, commitGesture } from './gesture.js';
import { cursorOf, moveLine, pressAt } from './press.js';
import { PointHandles } from './skeletons/points.js';
import {
  boxEdgeNear, draggedVertex, edgeNear, frameEdgeNear, gripsOf, hasGrips, inBox, movedVertex, nearestGrip, polygonPatch, reframed, resizedBox, stretched, verticesOf, withVertex, withoutVertex,
} from './grips.js';
import { MANY_GRIPS, paintHandles, paintSize } from './handles.js';
import { rounded, vertexDigits } from './snap.js';
import { snappedVertex } from './snapping.js';
import { REACH, Tool, arrow, isDrag } from './tool.js';

/** @import {Part, Point} from '../types/geometry' */
/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {Grip} from './grips.js' */
/** @import {Press} from './press.js' */
/** @import {VertexRef} from '../geom/poly.js' */
/** @import {Pen, ToolCamera, ToolPointer, Key} from './tool.js' */

/** CSS pixels from the outline at which a press takes the edge: of a box to move it, of a polygon to insert a vertex. */
const EDGE_REACH = { mouse: 6, touch: 14 };
const MERGE = { merge: 'select-keys' };

export class SelectTool extends Tool {
  /** @override */
  name = 'select';
  /** @type {Press | null} */
  press = null;
  /** The last pointer, for the marquee and the nearest handles. @type {ToolPointer | null} */
  at = null;
  /** Handles are larger for fingers. */
  isTouch = false;

  /** @param {import('./tool.js').ToolContext} context */
  constructor(context) {
    super(context);
    this.active = new ActiveVertex(context.store);
    this.points = new PointHandles(context);
  }

  /** @override */
  get isReshaping() {
    return this.press?.kind === 'grip' && (this.press.isDragged || this.press.inserted !== null);
  }

  /** The one selected label that has handles. @returns {Label | null} */
  get single() {
    const { store } = this.context;
    const selection = store.selection.peek();
    if (selection.size !== 1) return null;
    const label = store.labels.get([...selection][0]);
    return label && hasGrips(label) && store.isEditable(label.id) && !store.isHidden(label.id) ? label : null;
  }

  /** Selected labels whose place may be changed here. Masks move with others, not alone. @returns {Label[]} */
  get movable() {
    const { store } = this.context;
    const selection = store.selection.peek();
    return [...selection].flatMap((id) => {
      const label = store.labels.get(id);
      return label && (selection.size > 1 || hasGrips(label)) && store.isEditable(id) ? [label] : [];
    });
  }

  /** @param {ToolPointer} p @param {{mouse: number, touch: number}} [reach] @returns {number} image pixels that count as on a handle */
  #reach(p, reach = REACH) {
    return (p.type === 'touch' ? reach.touch : reach.mouse) / this.context.camera().zoom;
  }

  #grips = (/** @type {Label} */ label) => gripsOf(label, this.context.camera().zoom);

  /** The handle or edge of a box under the pointer; a small shape keeps its middle free for moving it. @param {ToolPointer} p @returns {Grip | null} */
  #grip(p) {
    const label = this.single;
    if (!label) return null;
    const side = Math.min(label.box[2] - label.box[0], label.box[3] - label.box[1]);
    const point = nearestGrip(this.points.grips(label), p.x, p.y, this.#reach(p));
    if (point) return point;
    const reach = label.points?.length && !isFramed(label) ? this.#reach(p) : Math.min(this.#reach(p), Math.max(side / 3, this.#reach(p) / 2));
    const edge = this.#reach(p, EDGE_REACH);
    return nearestGrip(this.#grips(label), p.x, p.y, reach) ?? boxEdgeNear(label, p.x, p.y, edge) ?? frameEdgeNear(label, p.x, p.y, edge);
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    this.at = p;
    this.isTouch = p.type === 'touch';
    this.press = pressAt(p);
    if (!p.shift && this.#pressHandle(p)) return;
    const labels = this.#hit(p);
    if (labels.length) this.#pressLabels(p, labels);
    else this.#pressNothing(p);
  }

  /** What is under the pointer; the frame of the selected figure moves it where nothing else is. @param {ToolPointer} p @returns {Label[]} */
  #hit(p) {
    const labels = this.context.hit(p.x, p.y, p.type);
    const figure = labels.length || p.shift || this.single?.shape !== 'keypoints' ? null : this.single;
    return figure && isInside(figure.box, p.x, p.y) ? [figure] : labels;
  }

  /** @param {ToolPointer} p */
  #pressHandle(p) {
    const label = this.single;
    const press = /** @type {Press} */ (this.press);
    if (!label) return false;
    const grip = this.#grip(p);
    if (grip?.vertex && p.alt) {
      this.press = null;
      this.#removeVertex(label, grip.vertex);
      return true;
    }
    this.active.clear();
    this.points.clear();
    if (grip?.point && p.alt) {
      this.press = null;
      this.#changePoint(label, this.points.changed(label, grip.point));
      return true;
    }
    if (grip) {
      if (grip.point) this.points.activate(label, grip.point);
      if (grip.vertex) this.active.set(label, grip.vertex);
      Object.assign(press, { kind: 'grip', labels: [label], grip, click: grip.vertex || grip.point ? null : this.#underEdge(p, label) });
      return true;
    }
    const edge = p.alt ? null : edgeNear(label, p.x, p.y, this.#reach(p, EDGE_REACH));
    if (!edge) return false;
    const digits = vertexDigits(this.context.camera().zoom);
    /** @type {Point} */
    const at = [rounded(edge.x, digits), rounded(edge.y, digits)];
    const next = { ...label, ...withVertex(label, edge, at) };
    const vertex = { part: edge.part, ring: edge.ring, vertex: edge.edge + 1 };
    this.active.set(next, vertex);
    Object.assign(press, { kind: 'grip', labels: [label], inserted: next, grip: { x: at[0], y: at[1], edges: null, vertex } });
    this.context.previews.set(label.id, next);
    this.context.redraw();
    return true;
  }

  /** What a click on the edge of a selected box selects: a smaller shape there. @param {ToolPointer} p @param {Label} label */
  #underEdge(p, label) {
    const [first] = this.context.hit(p.x, p.y, p.type);
    return first && first.id !== label.id ? [first.id] : null;
  }

  /** @param {ToolPointer} p @param {Label[]} labels the one to select first */
  #pressLabels(p, labels) {
    const { store } = this.context;
    const selection = store.selection.peek();
    const press = /** @type {Press} */ (this.press);
    if (p.alt && labels.length > 1) {
      const now = labels.findIndex((label) => selection.has(label.id));
      press.click = [labels[(now + 1) % labels.length].id];
    } else if (p.shift) {
      store.select([labels[0].id], 'toggle');
    } else if (labels.some((label) => selection.has(label.id))) {
      press.click = [labels[0].id];
    } else {
      store.select([labels[0].id]);
    }
    press.kind = 'move';
    press.labels = labels.some((label) => store.selection.peek().has(label.id)) ? this.movable : [];
  }

  /** @param {ToolPointer} p */
  #pressNothing(p) {
    const press = /** @type {Press} */ (this.press);
    if (p.clicks === 2 || p.type === 'touch') this.press = null;
    if (p.clicks === 2) return this.context.doubleClick(p);
    if (p.type === 'touch') {
      if (!p.shift) this.context.store.select([]);
      return this.context.beginPan(p);
    }
    press.kind = 'marquee';
    press.click = p.shift ? null : [];
  }

  get #size() {
    return this.context.store.media.peek() ?? { width: 0, height: 0 };
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.at = p;
    const press = this.press;
    if (!press) return this.#hover(p);
    if (!press.isDragged && !isDrag(press, p)) return;
    if (!press.isDragged && press.inserted?.shape === 'polyline' && moveLine(press, this.#reach(p))) this.active.clear();
    press.isDragged = true;
    const dragged = this.#dragged(press, p);
    for (const { label, patch } of dragged) this.context.previews.set(label.id, { ...label, ...patch });
    this.#followVertex(press, dragged);
    this.context.redraw();
  }

  /** @param {ToolPointer} p */
  #hover(p) {
    const { store, setCursor, redraw } = this.context;
    const grip = this.#grip(p);
    const [label] = grip ? [] : this.#hit(p);
    const isOnEdge = !grip && this.single !== null && edgeNear(this.single, p.x, p.y, this.#reach(p, EDGE_REACH)) !== null;
    setCursor(grip ? cursorOf(grip) : isOnEdge ? 'copy' : label ? (store.isEditable(label.id) && hasGrips(label) ? 'move' : 'pointer') : 'default');
    const id = label?.id ?? null;
    if (store.hover.peek() !== id) store.hover.value = id;
    if (this.single && (this.single.keypoints.length || this.#grips(this.single).length > MANY_GRIPS)) redraw();
  }

  /** @override */
  leave() {
    this.at = null;
    this.context.store.hover.value = null;
  }

  /** @param {Press} press @param {ToolPointer} p @returns {{label: Label, patch: LabelPatch}[]} */
  #dragged(press, p) {
    if (press.kind === 'grip') return [{ label: press.labels[0], patch: this.#dragGrip(press, p) }];
    if (press.kind !== 'move') return [];
    const isFine = press.labels.every((label) => label.points?.length) && vertexDigits(this.context.camera().zoom) > 0;
    const digits = isFine ? 1 : 0;
    const by = [p.x - press.x, p.y - press.y].map((n) => rounded(n, digits));
    return movedTogether(press.labels, this.context.store.media.peek(), by[0], by[1]);
  }

  /** The vertex that is dragged stays the active one. @param {Press} press @param {{label: Label, patch: LabelPatch}[]} dragged */
  #followVertex({ grip, inserted, labels }, [first]) {
    if (!grip?.vertex || !first) return;
    const { part, ring, vertex } = grip.vertex;
    const others = (/** @type {Label} */ label) => verticesOf(label, part, ring).toSpliced(vertex, 1);
    const now = { ...first.label, ...first.patch };
    if (same(others(now), others(inserted ?? labels[0]))) this.active.set(now, grip.vertex);
    else this.active.clear(); // it was clipped off
  }

  /** @param {Press} press @param {ToolPointer} p @returns {LabelPatch} */
  #dragGrip(press, p) {
    const [label] = press.labels;
    const grip = /** @type {Grip} */ (press.grip);
    const x = grip.x + p.x - press.x;
    const y = grip.y + p.y - press.y;
    if (grip.point) return this.points.dragged(label, grip.point, x, y);
    if (grip.edges) return inBox(label, resizedBox(label.box, grip.edges, x, y, this.#size));
    if (grip.frame) return reframed(label, grip.frame, x, y, p.shift);
    const [toX, toY, digits] = snappedVertex(this.context, p, label.id, x, y);
    return draggedVertex(press.inserted ?? label, /** @type {VertexRef} */ (grip.vertex), toX, toY, this.#size, digits);
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    const press = this.press;
    this.press = null;
    this.at = p;
    if (!press) return;
    if (press.isDragged && press.kind === 'marquee') this.#selectInside(press, p);
    else if (press.isDragged) this.#release(press, p);
    else if (press.inserted) this.#commit([{ label: press.labels[0], patch: polygonPatch(press.inserted.points ?? []) }]);
    else if (press.click) this.context.store.select(press.click);
    this.context.previews.clear();
    this.context.redraw();
  }

  /** @param {Press} press @param {ToolPointer} p */
  #release(press, p) {
    const dragged = this.#dragged(press, p);
    this.#followVertex(press, dragged);
    this.#commit(dragged);
    if (press.kind === 'move') this.#announceLocked();
  }

  /** Says that locked ones of the selected shapes stay where they are. */
  #announceLocked() {
    const { store, announce } = this.context;
    if ([...store.selection.peek()].some((id) => store.isLocked(id))) announce(t('Locked objects were not changed'));
  }

  /** @param {Press} press @param {ToolPointer} p */
  #selectInside(press, p) {
    const { store, inside } = this.context;
    const ids = inside(fromCorners([press.x, press.y], [p.x, p.y])).map((label) => label.id);
    store.select(ids, p.shift ? 'add' : 'replace');
  }

  /** @param {{label: Label, patch: LabelPatch}[]} changes labels as they were when the gesture began */
  #commit(changes) {
    if (commitGesture(this.context, changes)) announcePlaces(this.context, changes);
  }

  /** @param {Label} label @param {VertexRef} vertex */
  #removeVertex(label, vertex) {
    const patch = withoutVertex(label, vertex);
    if (!patch) return this.context.announce(label.shape === 'polyline' ? t('A line needs at least two points') : t('A polygon needs at least three points'));
    this.active.clear();
    this.#commit([{ label, patch }]);
  }

  /** @override */
  cancel() {
    const was = this.press?.isDragged === true || Boolean(this.press?.inserted);
    this.press = null;
    this.context.previews.clear();
    this.context.redraw();
    return was;
  }

  /** @override */
  deactivate() {
    this.cancel();
    this.active.clear();
    this.context.store.hover.value = null;
  }

  /** @override @param {Key} e */
  key(e) {
    const way = arrow(e);
    const change = e.ctrlKey || e.metaKey || e.altKey ? undefined : this.points.key(this.single, e, way);
    if (change !== undefined) return this.#changePoint(this.single, change, way ? MERGE : {});
    if (e.key === 'Delete') return this.#deleteVertex();
    if (!way || e.ctrlKey || e.metaKey || !this.context.store.selection.peek().size) return false;
    if (e.altKey) this.#stretch(way);
    else if (!this.#nudgeVertex(way)) this.#nudge(way);
    return true;
  }

  /** @param {Point} way */
  #nudge([dx, dy]) {
    this.context.commit(nudge(this.context.store, this.movable.map((label) => label.id), dx, dy), MERGE);
    this.#announceLocked();
  }

  /** @param {Point} way */
  #nudgeVertex([dx, dy]) {
    const label = this.single;
    const at = this.active.of(label);
    if (!label || !at) return false;
    const [x, y] = /** @type {Part[]} */ (label.points)[at.part][at.ring][at.vertex];
    const patch = movedVertex(label, at, x + dx, y + dy, this.#size, 6);
    this.active.set({ ...label, ...patch }, at);
    const delta = updateLabel(this.context.store, label.id, patch);
    if (delta) this.context.commit(delta, MERGE);
    return true;
  }

  /** @param {Label | null} label @param {LabelPatch | null} patch @param {{merge?: string}} [how] */
  #changePoint(label, patch, how = {}) {
    const delta = label && patch && updateLabel(this.context.store, label.id, patch);
    if (delta) this.context.commit(delta, how);
    this.context.redraw();
    return true;
  }

  /** Removes the active vertex. @returns {boolean} false when there is none: the key is for the whole shape then */
  #deleteVertex() {
    const label = this.single;
    const at = this.active.of(label);
    if (label && at) this.#removeVertex(label, at);
    return at !== null;
  }

  /** @param {Point} way */
  #stretch([dx, dy]) {
    const deltas = this.movable.filter(hasGrips).flatMap((label) => updateLabel(this.context.store, label.id, stretched(label, dx, dy, this.#size)) ?? []);
    this.context.commit(deltas, MERGE);
  }

  /** What somebody else made of the shapes while they are dragged, dashed. @param {Pen} pen */
  #paintOthers(pen) {
    for (const label of this.press?.isDragged ? this.press.labels : []) {
      const now = this.context.store.labels.get(label.id);
      if (now && now !== label && !looksSame(now, label)) pen.other(now);
    }
  }

  /** The name of the keypoint under the pointer, of the selected figure or of the one that is pointed at. @param {Pen} pen @param {Label | null} [label] */
  #paintName(pen, label = this.context.store.labels.get(this.context.store.hover.peek() ?? '')) {
    if (this.at && label?.keypoints.length) this.points.paintName(pen, label, this.at, this.#reach(this.at));
  }

  /** @override @param {Pen} pen @param {ToolCamera} camera */
  paint(pen, camera) {
    const press = this.press;
    const at = this.at;
    if (press?.kind === 'marquee' && press.isDragged && at) pen.marquee(fromCorners([press.x, press.y], [at.x, at.y]));
    this.#paintOthers(pen);
    const selected = this.single;
    if (!selected) return this.#paintName(pen);
    const label = this.context.previews.get(selected.id) ?? selected;
    this.points.paint(pen, label, this);
    this.#paintName(pen, label);
    const { active, isTouch } = this;
    paintHandles(pen, label, this.#grips(label), { active: active.of(label), at, zoom: camera.zoom, isTouch });
    if (press?.isDragged && press.grip) paintSize(pen, label, press.grip);
  }
}
