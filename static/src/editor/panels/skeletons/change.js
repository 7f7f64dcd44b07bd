/** What the commands for figures of keypoints do and say: each is one step. */
import { t } from '../../../i18n.js';
import { updateLabel } from '../../commands.js';
import { stateOf } from '../../geom/skeleton.js';
import { changedPoint, flipDeltas } from '../../skeletons.js';

/** @import {App} from '../app' */
/** @import {Label} from '../../types/labels' */
/** @import {PointState} from '../../geom/skeleton.js' */

/** Exchanges left and right of the selected figures. @param {App} app */
export function flipSelected({ store, announce }) {
  const deltas = flipDeltas(store);
  store.commit(deltas);
  announce(deltas.length ? t('Left and right exchanged') : t('The selected objects have no points of a left and a right side'));
}

/** The selected figure with its active point, when it may be changed. @param {App} app */
function activePoint({ store }) {
  const now = store.activePoint.peek();
  const label = now && store.selection.peek().size === 1 && store.selection.peek().has(now.label) ? store.labels.get(now.label) : undefined;
  return now && label && store.isEditable(label.id) ? { label, point: now.point } : null;
}

/** @param {App} app @param {Label} label @param {string} point class of the point @param {PointState} [wanted] the next state, when left out */
export function changePoint({ store, announce }, label, point, wanted) {
  const { patch, text } = changedPoint(store, label, point, wanted);
  if (patch) store.commit(updateLabel(store, label.id, patch));
  announce(text);
}

/** The active point in its next state. @param {App} app */
export function cyclePoint(app) {
  const active = activePoint(app);
  if (active) changePoint(app, active.label, active.point);
  else app.announce(t('Click a keypoint first'));
}

/** Makes the active point occluded, or visible when it is; without one all points of the selected figures. @param {App} app */
export function toggleOccluded(app) {
  const { store, announce } = app;
  const active = activePoint(app);
  if (active) {
    const own = active.label.keypoints.find((one) => one.keypoint_class === active.point);
    return changePoint(app, active.label, active.point, stateOf(own) === 'occluded' ? 'visible' : 'occluded');
  }
  const labels = [...store.selection.peek()].flatMap((id) => store.labels.get(id) ?? []).filter((one) => one.keypoints.length && store.isEditable(one.id));
  if (!labels.length) return announce(t('Only keypoints can be occluded'));
  const visible = labels.every((label) => label.keypoints.every((point) => stateOf(point) === 'occluded'));
  store.commit(labels.map((label) => updateLabel(store, label.id, { keypoints: label.keypoints.map((point) => ({ ...point, visible })) })));
  announce(visible ? t('All points visible') : t('All points occluded'));
}
