/** The points of the selected figure under the tool that selects: moved singly, shown, occluded or absent, named. Draws no figure. */
import { t } from '../../../i18n.js';
import { movePoint, nearest } from '../../geom/keypoints.js';
import { pointsPatch, stateOf, withPoint } from '../../geom/skeleton.js';
import { absentOf, changedPoint, pointName, pointOf, stateWord } from '../../skeletons.js';
import { snapped, vertexDigits } from '../snap.js';

/** @import {Label, LabelPatch} from '../../types/labels' */
/** @import {PointState} from '../../geom/skeleton.js' */
/** @import {Grip} from '../grips.js' */
/** @import {Key, Pen, ToolContext} from '../tool.js' */

export class PointHandles {
  /** @param {ToolContext} context */
  constructor(context) {
    this.context = context;
  }

  get #media() {
    return this.context.store.media.peek() ?? { width: 0, height: 0 };
  }

  /** Handles for the points of the label and, where the template has them, for those that it does not have. @param {Label} label @returns {Grip[]} */
  grips(label) {
    if (!label.keypoints.length) return [];
    const present = label.keypoints.filter((one) => stateOf(one) !== 'absent');
    return [...absentOf(this.context.store, label), ...present].map(({ x, y, keypoint_class: point }) => ({ x, y, edges: null, vertex: null, point }));
  }

  /** @param {Label} label @param {string} point */
  activate(label, point) {
    this.context.store.activePoint.value = { label: label.id, point };
  }

  clear() {
    this.context.store.activePoint.value = null;
  }

  /** The class of the point that keys act on. @param {Label | null} label @returns {string | null} */
  active(label) {
    const now = this.context.store.activePoint.peek();
    return label && now?.label === label.id ? now.point : null;
  }

  /** The label with the point at another place in the image; an absent one becomes visible. @param {Label} label @param {string} id @param {number} x @param {number} y @returns {LabelPatch} */
  dragged(label, id, x, y) {
    const place = snapped(x, y, this.#media, vertexDigits(this.context.camera().zoom));
    const point = pointOf(this.context.store, label, id);
    if (!point) return {};
    if (label.keypoints.includes(point)) return pointsPatch(label, movePoint(label.keypoints, point.id, ...place));
    return withPoint(label, { ...point, x: place[0], y: place[1] }, 'visible') ?? {};
  }

  /** The label with the point in another state, the next one unless given; says what became of it. @param {Label} label @param {string} id @param {PointState} [wanted] @returns {LabelPatch | null} */
  changed(label, id, wanted) {
    const { patch, text } = changedPoint(this.context.store, label, id, wanted);
    this.context.announce(text);
    return patch;
  }

  /**
   * What a key does to the active point: Del makes it absent, arrows move it.
   * @param {Label | null} label @param {Key} e @param {[number, number] | null} way of an arrow key @returns {LabelPatch | null | undefined} undefined: not used
   */
  key(label, e, way) {
    const id = this.active(label);
    if (!label || id === null) return undefined;
    const point = label.keypoints.find((one) => one.keypoint_class === id);
    if (way) return point ? pointsPatch(label, movePoint(label.keypoints, point.id, ...snapped(point.x + way[0], point.y + way[1], this.#media, 6))) : null;
    if (e.key === 'Delete') return point ? this.changed(label, id, 'absent') : null;
    return undefined;
  }

  /** @param {Pen} pen @param {Label} label @param {{isTouch: boolean}} look */
  paint(pen, label, { isTouch }) {
    const active = this.active(label);
    for (const { x, y, keypoint_class } of absentOf(this.context.store, label)) pen.ghost(x, y, { isOn: keypoint_class === active, concept: label.concept });
    for (const { x, y, keypoint_class } of label.keypoints) {
      if (keypoint_class === active || isTouch) pen.handle(x, y, { isOn: keypoint_class === active, isTouch, concept: label.concept });
    }
  }

  /** The name of the point under the pointer. @param {Pen} pen @param {Label} label @param {{x: number, y: number}} at @param {number} reach image pixels */
  paintName(pen, label, at, reach) {
    const found = nearest([...label.keypoints, ...absentOf(this.context.store, label).map((one) => ({ ...one, id: '', visible: null }))], at.x, at.y, reach);
    if (!found) return;
    const own = label.keypoints.find((one) => one.keypoint_class === found.keypoint_class);
    const name = pointName(this.context.store, found.keypoint_class);
    pen.note(found.x, found.y, stateOf(own) === 'visible' ? name : t('{name}: {state}', { name, state: stateWord(stateOf(own)) }));
  }
}
