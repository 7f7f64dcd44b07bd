/** Sets the points of a figure one by one, in the order of the schema; begins a figure where none is selected. */
import { createLabel, updateLabel } from '../../commands.js';
import { t } from '../../../i18n.js';
import { withPoint } from '../../geom/skeleton.js';
import { schemaOf, schemaOfClass } from '../../skeletons.js';
import { uuid7 } from '../../store/uuid.js';
import { DrawTool } from '../draw.js';
import { snapped, vertexDigits } from '../snap.js';
import { isDrag } from '../tool.js';
import { useClassWithPoints } from './skeleton.js';

/** @import {Point} from '../../types/geometry' */
/** @import {Label} from '../../types/labels' */
/** @import {KeypointSchema} from '../../types/page' */
/** @import {Key, Pen, ToolPointer} from '../tool.js' */

export class KeypointTool extends DrawTool {
  /** @override */
  name = 'keypoint';
  /** @type {{px: number, py: number} | null} */
  press = null;
  /** Classes of points that the person passed over, of the figure that they belong to. @type {{label: string | null, ids: Set<string>}} */
  skipped = { label: null, ids: new Set() };

  /** @override */
  activate() {
    if (!this.figure) useClassWithPoints(this.context);
  }

  /** The one selected object that takes points. @returns {Label | undefined} */
  get figure() {
    const { store } = this.context;
    const [id, ...more] = store.selection.peek();
    const label = id === undefined || more.length || !store.isEditable(id) ? undefined : store.labels.get(id);
    return label && schemaOf(store, label) ? label : undefined;
  }

  /** The point that the next click sets, and the figure that gets it; undefined: a new one. @returns {{schema: KeypointSchema, order: number, figure: Label | undefined} | null} */
  get next() {
    const { store } = this.context;
    const { figure } = this;
    const schema = figure ? schemaOf(store, figure) : null;
    if (figure && schema) {
      const set = new Set(figure.keypoints.map((one) => one.keypoint_class));
      const skipped = this.skipped.label === figure.id ? this.skipped.ids : new Set();
      const order = schema.classes.findIndex(({ id }) => !set.has(id) && !skipped.has(id));
      if (order >= 0) return { schema, order, figure };
    }
    const own = schemaOfClass(store, figure?.concept ?? this.shownConcept);
    if (!own) return null;
    const skipped = this.skipped.label === null ? this.skipped.ids : new Set();
    return { schema: own, order: Math.max(0, own.classes.findIndex(({ id }) => !skipped.has(id))), figure: undefined };
  }

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    this.follow(p);
    this.press = { px: p.px, py: p.py };
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    const isClick = this.press && !isDrag(this.press, p);
    this.press = null;
    if (isClick) this.#set([p.x, p.y], !p.alt);
  }

  /** @override */
  drop() {
    this.press = null;
  }

  /** @param {Point} at @param {boolean} visible */
  #set(at, visible) {
    const { store, commit, announce } = this.context;
    if (!this.isReady) return;
    const next = this.next;
    if (!next) return announce(t('Class {name} has no keypoints', { name: store.concept(this.shownConcept)?.name ?? '?' }));
    const { schema, order, figure } = next;
    const media = store.media.peek() ?? { width: 0, height: 0 };
    const [x, y] = snapped(...at, media, vertexDigits(this.context.camera().zoom));
    const point = { id: uuid7(), keypoint_class: schema.classes[order].id, x, y, visible, order };
    const concept = figure?.concept ?? (this.figure ?? { concept: this.concept }).concept;
    if (concept === null) return;
    const delta = figure
      ? updateLabel(store, figure.id, withPoint(figure, point, visible ? 'visible' : 'occluded') ?? {})
      : createLabel(store, { concept, shape: 'keypoints', box: [x, y, x, y], keypoints: [point], tool: 'keypoints' });
    if (!delta) return;
    commit(delta);
    if (!figure) {
      this.skipped = { label: delta.label_id, ids: this.skipped.label === null ? this.skipped.ids : new Set() };
      store.select([delta.label_id]);
    }
    const last = this.next;
    announce(last?.figure ? t('{name} set. Next: {next}', { name: schema.classes[order].name, next: last.schema.classes[last.order].name }) : t('{name} set. All points are set.', { name: schema.classes[order].name }), { spokenOnly: true });
  }

  /** Passes over the next point: it stays absent. @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key === 'v') return this.#skip();
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const point = this.aim;
    if (!point) return false;
    this.#set(point, true);
    return true;
  }

  #skip() {
    const next = this.next;
    if (!next) return false;
    const label = next.figure?.id ?? null;
    if (this.skipped.label !== label) this.skipped = { label, ids: new Set() };
    this.skipped.ids.add(next.schema.classes[next.order].id);
    this.context.announce(t('{name} left out', { name: next.schema.classes[next.order].name }));
    this.context.redraw();
    return true;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
    const next = this.tip && this.mayDraw ? this.next : null;
    if (next && this.tip) pen.note(...this.tip, next.schema.classes[next.order].name);
  }
}
