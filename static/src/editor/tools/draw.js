/** What the drawing tools share: the class of the next shape, picking with Ctrl, guides. Draws no shape. */
import { createLabel } from '../commands.js';
import { t } from '../../i18n.js';
import { Crosshair } from './crosshair.js';
import { commitGesture } from './gesture.js';
import { Tool, arrow } from './tool.js';

/** @import {Box, Point, ShapeKind} from '../types/geometry' */
/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {Key, Pen, ToolContext, ToolPointer} from './tool.js' */

export class DrawTool extends Tool {
  /** @override */
  cursor = 'crosshair';
  /** @override */
  isDrawTool = true;

  /** @param {ToolContext} context */
  constructor(context) {
    super(context);
    this.crosshair = new Crosshair(context);
    /** Where the mouse is, image pixels. @type {Point | null} */
    this.pointer = null;
    /** Id of the shape that the next drawing replaces. @type {string | null} */
    this.redrawn = null;
    /** The shape to redraw as it was when the drawing began. @type {Label | undefined} */
    this.base = undefined;
  }

  /** The next drawing becomes the geometry of this shape. @param {string} id */
  redraw(id) {
    this.cancel();
    this.redrawn = id;
    this.context.announce(t('Redraw the shape'));
  }

  /** The shape to redraw, while it alone stays selected and may be changed. @returns {Label | undefined} */
  get target() {
    const { store } = this.context;
    const id = this.redrawn;
    if (id === null || store.selection.peek().size !== 1 || !store.selection.peek().has(id) || !store.isEditable(id)) return undefined;
    return store.labels.get(id);
  }

  /** Ends redrawing when another shape is selected: selecting the first one again does not resume it. Before the first point the base follows. */
  #forgetOther() {
    if (!this.target) this.redrawn = null;
    if (!this.isDrawing) this.base = this.target;
  }

  /** Cancels redrawing. @override */
  cancel() {
    const was = this.target !== undefined;
    this.redrawn = null;
    this.base = undefined;
    return was;
  }

  /** Id of the class that the next shape gets, or null with an announcement. */
  get concept() {
    const { store, announce } = this.context;
    const id = store.activeConcept.peek() ?? store.regionConcepts.peek()[0]?.id ?? null;
    if (id === null) announce(t('Objects need a class. This project has no classes yet.'));
    return id;
  }

  /** The class that a draft is shown in. */
  get shownConcept() {
    return this.target?.concept ?? this.context.store.activeConcept.peek() ?? this.context.store.regionConcepts.peek()[0]?.id ?? null;
  }

  /** Announces why nothing is drawn when this person may not, or there is no class. */
  get isReady() {
    if (this.mayDraw) return this.target !== undefined || this.concept !== null;
    this.context.announce(this.context.store.may.peek().reason || t('You cannot edit this image'));
    return false;
  }

  /** Selects what is under the pointer; shapes below a drawing tool are picked only like this. @param {ToolPointer} p */
  pick(p) {
    const [label] = this.context.hit(p.x, p.y, p.type);
    this.context.store.select(label ? [label.id] : [], p.shift ? 'toggle' : 'replace');
  }

  /** @param {ToolPointer} p */
  follow(p) {
    this.#forgetOther();
    this.pointer = [p.x, p.y];
    this.crosshair.hide();
    const [label] = p.ctrl ? this.context.hit(p.x, p.y, p.type) : [];
    this.context.store.hover.value = label?.id ?? null;
    this.context.redraw();
  }

  /** @override */
  leave() {
    this.pointer = null;
    this.context.redraw();
  }

  /** @override */
  deactivate() {
    super.deactivate();
    this.crosshair.hide();
    this.pointer = null;
    this.context.store.hover.value = null;
  }

  /** @override */
  get hasCrosshair() {
    return this.crosshair.point !== null || this.target !== undefined;
  }

  /** An arrow key: moves the crosshair, which starts at the mouse when it started the shape. @param {Key} e */
  steer(e) {
    this.#forgetOther();
    if (!this.crosshair.point && this.isDrawing && this.pointer && arrow(e)) this.crosshair.show(this.pointer);
    return this.crosshair.key(e);
  }

  /** The position for Enter: the crosshair; the mouse, when it started the shape; else the middle of the stage. */
  get aim() {
    if (this.crosshair.point) return this.crosshair.point;
    return this.pointer ? null : this.crosshair.show();
  }

  /** Where the next point would be. */
  get tip() {
    return this.crosshair.point ?? this.pointer;
  }

  /** @param {Pen} pen */
  paintGuides(pen) {
    const tip = this.tip;
    const isShown = this.context.store.display.peek().crosshair || this.crosshair.point !== null;
    if (tip && isShown && this.mayDraw) pen.guides(...tip);
  }

  /** The shape that the drawing replaces, as it was when the drawing began, also if somebody deleted it meanwhile. */
  #redrawnBase() {
    const { target, base } = this;
    const isDeleted = base !== undefined && !this.context.store.labels.has(base.id);
    return target || isDeleted ? (base ?? target) : undefined;
  }

  /**
   * Commits what was drawn, as the geometry of the shape to redraw or as a new one.
   * @param {LabelPatch & {box: Box}} geometry
   * @param {{shape: ShapeKind, tool: string, kind: string, size: string}} how
   * @returns {boolean} false when there is no class for it
   */
  finish(geometry, { shape, tool, kind, size }) {
    const { store, commit, announce } = this.context;
    const base = this.#redrawnBase();
    this.redrawn = null;
    this.base = undefined;
    if (base) {
      commitGesture(this.context, [{ label: base, patch: geometry }]);
      announce(t('{kind} redrawn, {size}', { kind, size }), { spokenOnly: true });
      return true;
    }
    const concept = this.concept;
    if (concept === null) return false;
    const delta = createLabel(store, { concept, shape, ...geometry, tool });
    commit(delta);
    this.added(/** @type {Label} */ (delta.after), kind, size);
    return true;
  }

  /** Selects the new shape and announces it. @param {Label} label @param {string} kind @param {string} size */
  added(label, kind, size) {
    const { store, announce } = this.context;
    store.select([label.id]);
    announce(t('{kind} added, class {name}, {size}', { kind, name: store.concept(label.concept)?.name ?? '?', size }), { spokenOnly: true });
  }
}
