/** Keypoints of a label in image pixels: measures and edits; pure functions, no list is changed in place. */

/**
 * @import {Box, Keypoint, Point} from '../types/geometry'
 * @import {KeypointSchema} from '../types/page'
 */

/** The smallest box around all points, occluded ones included; null without points. @param {readonly Keypoint[]} keypoints @returns {Box | null} */
export function bounds(keypoints) {
  if (!keypoints.length) return null;
  const xs = keypoints.map((p) => p.x);
  const ys = keypoints.map((p) => p.y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** @param {readonly Keypoint[]} keypoints @param {number} dx @param {number} dy @returns {Keypoint[]} */
export function translate(keypoints, dx, dy) {
  return keypoints.map((p) => ({ ...p, x: p.x + dx, y: p.y + dy }));
}

/** @param {readonly Keypoint[]} keypoints @param {string} id @param {number} x @param {number} y @returns {Keypoint[]} */
export function movePoint(keypoints, id, x, y) {
  return keypoints.map((p) => (p.id === id ? { ...p, x, y } : p));
}

/** @param {readonly Keypoint[]} keypoints @param {string} id @param {boolean} visible false: occluded @returns {Keypoint[]} */
export function setVisible(keypoints, id, visible) {
  return keypoints.map((p) => (p.id === id ? { ...p, visible } : p));
}

/** @param {readonly Keypoint[]} keypoints @param {string} id @returns {Keypoint[]} */
export function removePoint(keypoints, id) {
  return keypoints.filter((p) => p.id !== id);
}

/** Stretches from one box to another; a side without length moves only. @param {readonly Keypoint[]} keypoints @param {Box} from @param {Box} to @returns {Keypoint[]} */
export function fitBox(keypoints, from, to) {
  const sx = from[2] > from[0] ? (to[2] - to[0]) / (from[2] - from[0]) : 1;
  const sy = from[3] > from[1] ? (to[3] - to[1]) / (from[3] - from[1]) : 1;
  return keypoints.map((p) => ({ ...p, x: to[0] + (p.x - from[0]) * sx, y: to[1] + (p.y - from[1]) * sy }));
}

/** The point nearest to a place, if it is within `reach` pixels. @param {readonly Keypoint[]} keypoints @param {number} x @param {number} y @param {number} [reach] @returns {Keypoint | null} */
export function nearest(keypoints, x, y, reach = Infinity) {
  let best = null;
  let least = reach;
  for (const point of keypoints) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance <= least) {
      least = distance;
      best = point;
    }
  }
  return best;
}

/**
 * The lines of the skeleton whose two ends are there.
 * @param {readonly Keypoint[]} keypoints @param {KeypointSchema['edges']} edges pairs of class ids with a color
 * @returns {{from: Point, to: Point, color: string, isVisible: boolean}[]} isVisible: both ends are
 */
export function skeletonLines(keypoints, edges) {
  const byClass = new Map(keypoints.map((p) => [p.keypoint_class, p]));
  return edges.flatMap(([a, b, color]) => {
    const from = byClass.get(a);
    const to = byClass.get(b);
    if (!from || !to) return [];
    const isVisible = [from, to].every((p) => p.visible !== false && p.visible !== 0 && p.visible !== 1);
    return [{ from: [from.x, from.y], to: [to.x, to.y], color, isVisible }];
  });
}

/** The points of a polyline schema one after the other. @param {readonly Keypoint[]} keypoints @returns {Point[]} */
export function polyline(keypoints) {
  return [...keypoints].sort((a, b) => a.order - b.order).map((p) => [p.x, p.y]);
}
