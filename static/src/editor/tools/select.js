/** Selects shapes and changes the selected ones: move, resize, vertices, by mouse or keys. Draws no new shape. */
import { limited, moved, nudge, updateLabel } from '../commands.js';
import { fromCorners } from '../geom/box.js';
import { ngettext, t } from '../../i18n.js';
import {
  edgeNear, gripsOf, hasGrips, movedVertex, nearestGrip, resizedBox, stretched, withVertex, withoutVertex,
} from './grips.js';
import { rounded, snapped, vertexDigits } from './snap.js';
import { CLICK_PX, REACH, Tool, arrow } from './tool.js';

/** @import {Delta} from '../types/changes' */
/** @import {Point} from '../types/geometry' */
/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {Grip} from './grips.js' */
/** @import {VertexRef} from '../geom/poly.js' */
/** @import {Pen, ToolCamera, ToolPointer, Key} from './tool.js' */

/** CSS pixels from the outline at which a click inserts a vertex. */
const EDGE_REACH = 6;
/** More handles than this are drawn only near the pointer. */
const MANY_GRIPS = 400;
const MERGE = { merge: 'select-keys' };

/**
 * @typedef {object} Press What began with the button going down.
 * @property {'move' | 'grip' | 'marquee' | 'none'} kind
 * @property {number} x @property {number} y image pixels
 * @property {number} px @property {number} py
 * @property {boolean} isDragged
 * @property {Label[]} labels that a drag changes, as they are
 * @property {Grip | null} grip
 * @property {LabelPatch | null} inserted geometry with the vertex that the press inserted
 * @property {string[] | null} click what to select when it was only a click
 */

const CURSORS = /** @type {Record<string, string>} */ ({
  '0,1': 'nwse-resize', '2,3': 'nwse-resize', '0,3': 'nesw-resize', '2,1': 'nesw-resize',
  '-1,1': 'ns-resize', '-1,3': 'ns-resize', '0,-1': 'ew-resize', '2,-1': 'ew-resize',
});

export class SelectTool extends Tool {
  /** @override */
  name = 'select';
  /** @type {Press | null} */
  press = null;
  /** The last pointer, for the marquee and the nearest handles. @type {ToolPointer | null} */
  at = null;
  /** Handles are larger for fingers. */
  isTouch = false;
  /** The vertex that the arrow keys move. @type {{id: string, vertex: VertexRef} | null} */
  active = null;

  /** The one selected label that has handles. @returns {Label | null} */
  get single() {
    const { store } = this.context;
    const selection = store.selection.peek();
    if (selection.size !== 1) return null;
    const label = store.labels.get([...selection][0]);
    return label && hasGrips(label) && store.isEditable(label.id) && !store.isHidden(label.id) ? label : null;
  }

  /** Selected labels whose place may be changed here. @returns {Label[]} */
  get movable() {
    const { store } = this.context;
    return [...store.selection.peek()].flatMap((id) => {
      const label = store.labels.get(id);
      return label && hasGrips(label) && store.isEditable(id) ? [label] : [];
    });
  }

  /** @param {ToolPointer} p image pixels that count as on a handle */
  #reach(p) {
    return (p.type === 'touch' ? REACH.touch : REACH.mouse) / this.context.camera().zoom;
  }

  /** The handle under the pointer; a small shape keeps its middle free for moving it. @param {ToolPointer} p @returns {Grip | null} */
  #grip(p) {
    const label = this.single;
    if (!label) return null;
    const side = Math.min(label.box[2] - label.box[0], label.box[3] - label.box[1]);
    const reach = label.points?.length ? this.#reach(p) : Math.min(this.#reach(p), Math.max(side / 3, this.#reach(p) / 2));
    return nearestGrip(gripsOf(label), p.x, p.y, reach);
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    this.at = p;
    this.isTouch = p.type === 'touch';
    this.press = { kind: 'none', x: p.x, y: p.y, px: p.px, py: p.py, isDragged: false, labels: [], grip: null, inserted: null, click: null };
    if (!p.shift && this.#pressHandle(p)) return;
    const labels = this.context.hit(p.x, p.y, p.type);
    if (labels.length) this.#pressLabels(p, labels);
    else this.#pressNothing(p);
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
    this.active = grip?.vertex ? { id: label.id, vertex: grip.vertex } : null;
    if (grip) {
      Object.assign(press, { kind: 'grip', labels: [label], grip });
      return true;
    }
    const edge = p.alt ? null : edgeNear(label, p.x, p.y, EDGE_REACH / this.context.camera().zoom);
    if (!edge) return false;
    const at = snapped(edge.x, edge.y, this.#size, vertexDigits(this.context.camera().zoom));
    const inserted = withVertex(label, edge, at);
    const next = { ...label, ...inserted };
    const vertex = { part: edge.part, ring: edge.ring, vertex: edge.edge + 1 };
    this.active = { id: label.id, vertex };
    Object.assign(press, { kind: 'grip', labels: [next], inserted, grip: { x: at[0], y: at[1], edges: null, vertex } });
    this.context.previews.set(label.id, next);
    this.context.redraw();
    return true;
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
    if (p.clicks === 2) {
      this.press = null;
      return this.context.fit();
    }
    if (p.type === 'touch') {
      this.press = null;
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
    if (!press.isDragged && Math.hypot(p.px - press.px, p.py - press.py) < CLICK_PX) return;
    press.isDragged = true;
    for (const { label, patch } of this.#dragged(press, p)) this.context.previews.set(label.id, { ...label, ...patch });
    this.context.redraw();
  }

  /** @param {ToolPointer} p */
  #hover(p) {
    const { store, hit, setCursor, redraw } = this.context;
    const grip = this.#grip(p);
    const [label] = grip ? [] : hit(p.x, p.y, p.type);
    const isOnEdge = !grip && this.single !== null && edgeNear(this.single, p.x, p.y, EDGE_REACH / this.context.camera().zoom) !== null;
    if (grip) setCursor(grip.edges ? CURSORS[grip.edges.join()] : 'crosshair');
    else setCursor(isOnEdge ? 'copy' : label ? (store.isEditable(label.id) && hasGrips(label) ? 'move' : 'pointer') : 'default');
    const id = label?.id ?? null;
    if (store.hover.peek() !== id) store.hover.value = id;
    if (this.single && gripsOf(this.single).length > MANY_GRIPS) redraw();
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
    const wanted = [rounded(p.x - press.x, digits), rounded(p.y - press.y, digits)];
    const [dx, dy] = limited(press.labels, this.context.store.media.peek(), wanted[0], wanted[1]);
    return press.labels.map((label) => ({ label, patch: moved(label, dx, dy) }));
  }

  /** @param {Press} press @param {ToolPointer} p @returns {LabelPatch} */
  #dragGrip(press, p) {
    const [label] = press.labels;
    const grip = /** @type {Grip} */ (press.grip);
    const x = grip.x + p.x - press.x;
    const y = grip.y + p.y - press.y;
    if (grip.edges) return { box: resizedBox(label.box, grip.edges, x, y, this.#size) };
    const vertex = /** @type {VertexRef} */ (grip.vertex);
    return movedVertex(label, vertex, x, y, this.#size, vertexDigits(this.context.camera().zoom));
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    const press = this.press;
    this.press = null;
    this.at = p;
    if (!press) return;
    if (press.isDragged && press.kind === 'marquee') this.#selectInside(press, p);
    else if (press.isDragged) this.#commit(this.#dragged(press, p));
    else if (press.inserted) this.#commit([{ label: press.labels[0], patch: press.inserted }]);
    else if (press.click) this.context.store.select(press.click);
    this.context.previews.clear();
    this.context.redraw();
  }

  /** @param {Press} press @param {ToolPointer} p */
  #selectInside(press, p) {
    const { store, inside } = this.context;
    const ids = inside(fromCorners([press.x, press.y], [p.x, p.y])).map((label) => label.id);
    store.select(ids, p.shift ? 'add' : 'replace');
  }

  /** @param {{label: Label, patch: LabelPatch}[]} changes */
  #commit(changes) {
    const { store, commit, announce } = this.context;
    const deltas = changes.flatMap(({ label, patch }) => /** @type {Delta[]} */ (updateLabel(store, label.id, patch) ?? []));
    if (!deltas.length) return;
    commit(deltas);
    const [label] = changes;
    const box = label.patch.box ?? label.label.box;
    const values = box.map((n) => Number(n.toFixed(1)));
    if (changes.length > 1) announce(ngettext('{n} object changed', '{n} objects changed', changes.length), { spokenOnly: true });
    else announce(t('Now at {x}, {y}, {width} × {height}', { x: values[0], y: values[1], width: Number((values[2] - values[0]).toFixed(1)), height: Number((values[3] - values[1]).toFixed(1)) }), { spokenOnly: true });
  }

  /** @param {Label} label @param {VertexRef} vertex */
  #removeVertex(label, vertex) {
    const patch = withoutVertex(label, vertex);
    this.active = null;
    if (patch) this.#commit([{ label, patch }]);
    else this.context.announce(t('A polygon needs at least three points'));
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
    this.active = null;
    this.context.store.hover.value = null;
  }

  /** @override @param {Key} e */
  key(e) {
    const way = arrow(e);
    if (!way || e.ctrlKey || e.metaKey || !this.context.store.selection.peek().size) return false;
    if (e.altKey) this.#stretch(way);
    else if (!this.#nudgeVertex(way)) this.#nudge(way);
    return true;
  }

  /** @param {Point} way */
  #nudge([dx, dy]) {
    this.context.commit(nudge(this.context.store, this.movable.map((label) => label.id), dx, dy), MERGE);
  }

  /** @param {Point} way */
  #nudgeVertex([dx, dy]) {
    const label = this.single;
    if (!label || this.active?.id !== label.id) return false;
    const at = this.active.vertex;
    const point = label.points?.[at.part]?.[at.ring]?.[at.vertex];
    if (!point) return false;
    const patch = movedVertex(label, at, point[0] + dx, point[1] + dy, this.#size, 6);
    const delta = updateLabel(this.context.store, label.id, patch);
    if (delta) this.context.commit(delta, MERGE);
    return true;
  }

  /** @param {Point} way */
  #stretch([dx, dy]) {
    const deltas = this.movable.flatMap((label) => updateLabel(this.context.store, label.id, stretched(label, dx, dy, this.#size)) ?? []);
    this.context.commit(deltas, MERGE);
  }

  /** @param {string} id @param {VertexRef} at */
  #isActive(id, at) {
    const now = this.active?.id === id ? this.active.vertex : null;
    return now !== null && now.part === at.part && now.ring === at.ring && now.vertex === at.vertex;
  }

  /** @override @param {Pen} pen @param {ToolCamera} camera */
  paint(pen, camera) {
    const press = this.press;
    const at = this.at;
    if (press?.kind === 'marquee' && press.isDragged && at) pen.marquee(fromCorners([press.x, press.y], [at.x, at.y]));
    const selected = this.single;
    if (!selected) return;
    const label = this.context.previews.get(selected.id) ?? selected;
    const grips = gripsOf(label);
    const near = 60 / camera.zoom;
    for (const { x, y, vertex } of grips) {
      if (grips.length > MANY_GRIPS && (!at || Math.hypot(x - at.x, y - at.y) > near)) continue;
      const isOn = vertex !== null && this.#isActive(label.id, vertex);
      pen.handle(x, y, { isOn, isTouch: this.isTouch, concept: label.concept });
    }
    if (press?.kind === 'grip' && press.isDragged && press.grip?.edges) {
      const [x0, y0, x1, y1] = label.box;
      pen.note(x1, y1, `${x1 - x0} × ${y1 - y0}`);
    }
  }
}
