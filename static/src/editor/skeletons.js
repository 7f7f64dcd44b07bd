/** Figures of keypoint schemas: which schema a label has, its points by class, deltas that change them. Changes nothing itself. */
import { t } from '../i18n.js';
import { updateLabel } from './commands.js';
import { absentPoints, flipped, nextState, pointsPatch, stateOf, withPoint } from './geom/skeleton.js';
import { uuid7 } from './store/uuid.js';

/**
 * @import {LabelDelta} from './types/changes'
 * @import {Keypoint} from './types/geometry'
 * @import {Label, LabelPatch} from './types/labels'
 * @import {KeypointSchema} from './types/page'
 * @import {Store} from './types/store'
 * @import {PointState} from './geom/skeleton.js'
 */

/** The schema of a class, when it has points. @param {Store} store @param {string | null} concept @returns {KeypointSchema | null} */
export function schemaOfClass(store, concept) {
  const id = store.concept(concept)?.keypoint_schema ?? null;
  const schema = id === null ? undefined : store.keypointSchemas.peek().find((one) => one.id === id);
  return schema?.classes.length ? schema : null;
}

/** The schema that the points of a label are of, else that of its class. @param {Store} store @param {Label} label @returns {KeypointSchema | null} */
export function schemaOf(store, label) {
  const [first] = label.keypoints;
  const own = first && store.keypointSchemas.peek().find((schema) => schema.classes.some((one) => one.id === first.keypoint_class));
  return own ?? schemaOfClass(store, label.concept);
}

/** The selected figures with left and right exchanged. @param {Store} store @returns {LabelDelta[]} none where no point has another side */
export function flipDeltas(store) {
  return [...store.selection.peek()].flatMap((id) => {
    const label = store.labels.get(id);
    const schema = label && store.isEditable(id) ? schemaOf(store, label) : null;
    const next = label && schema ? flipped(label.keypoints, schema) : null;
    return label && next ? (updateLabel(store, id, pointsPatch(label, next)) ?? []) : [];
  });
}

/** @param {PointState} state */
export function stateWord(state) {
  return state === 'visible' ? t('visible') : state === 'occluded' ? t('occluded') : t('absent');
}

/** @param {Store} store @param {string} id of the class of a point */
export function pointName(store, id) {
  return store.keypointSchemas.peek().flatMap((schema) => schema.classes).find((one) => one.id === id)?.name ?? t('Point');
}

/** The points of the schema that the label does not have, where its template has them. @param {Store} store @param {Label} label */
export function absentOf(store, label) {
  const schema = schemaOf(store, label);
  return schema ? absentPoints(label.keypoints, schema, store.media.peek() ?? { width: 0, height: 0 }) : [];
}

/** The point as the label has it, or as it would be added. @param {Store} store @param {Label} label @param {string} id of its class @returns {Keypoint | null} */
export function pointOf(store, label, id) {
  const own = label.keypoints.find((one) => one.keypoint_class === id);
  if (own) return own;
  const place = absentOf(store, label).find((one) => one.keypoint_class === id);
  return place ? { id: uuid7(), keypoint_class: id, x: place.x, y: place.y, visible: true, order: place.order } : null;
}

/**
 * The label with a point in another state, the next one unless given, and what became of it in words.
 * @param {Store} store @param {Label} label @param {string} id of the class of the point @param {PointState} [wanted]
 * @returns {{patch: LabelPatch | null, text: string}} no patch when it is the only point left
 */
export function changedPoint(store, label, id, wanted) {
  const point = pointOf(store, label, id);
  const state = wanted ?? nextState(stateOf(label.keypoints.find((one) => one.keypoint_class === id)));
  const patch = point && withPoint(label, point, state);
  if (!patch) return { patch: null, text: t('A figure needs at least one point. Delete the object instead.') };
  return { patch, text: t('{name}: {state}', { name: pointName(store, id), state: stateWord(state) }) };
}
