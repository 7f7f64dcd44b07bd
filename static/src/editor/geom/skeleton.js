/** Figures of a keypoint schema: its template in a box, where absent points belong, which points are pairs; pure functions. */
import { bounds } from './keypoints.js';

/**
 * @import {Box, Keypoint, Point} from '../types/geometry'
 * @import {Label, LabelPatch} from '../types/labels'
 * @import {KeypointSchema} from '../types/page'
 */

/** @typedef {'visible' | 'occluded' | 'absent'} PointState */

/** Image pixels that a template is wide where nothing tells its size. */
const DEFAULT_SIZE = 40;

const tidy = (/** @type {number} */ value) => Math.round(value * 100) / 100;

/** @param {Keypoint | undefined} point @returns {PointState} */
export function stateOf(point) {
  if (!point || point.visible === 0) return 'absent';
  return point.visible === false || point.visible === 1 ? 'occluded' : 'visible';
}

/** The state that follows when a person goes through them. @param {PointState} state @returns {PointState} */
export function nextState(state) {
  return state === 'visible' ? 'occluded' : state === 'occluded' ? 'absent' : 'visible';
}

/** Stretched so that the points reach from 0 to 1 both ways. @param {readonly Point[]} points @returns {Point[]} */
function normalized(points) {
  const along = (/** @type {0 | 1} */ axis) => {
    const values = points.map((point) => point[axis]);
    const low = Math.min(...values);
    const size = Math.max(...values) - low;
    return (/** @type {number} */ value) => (size > 0 ? (value - low) / size : 0.5);
  };
  const [x, y] = [along(0), along(1)];
  return points.map((point) => [x(point[0]), y(point[1])]);
}

/**
 * The places of a schema's points in its template, from 0 to 1 across its extent; those without a place stand on an ellipse.
 * @param {KeypointSchema} schema @returns {Point[]} in the order of the classes
 */
export function templateOf({ classes }) {
  /** @type {Map<string, Point>} */
  const places = new Map();
  const placed = classes.filter((one) => typeof one.x === 'number' && typeof one.y === 'number');
  normalized(placed.map((one) => [Number(one.x), Number(one.y)])).forEach((place, i) => places.set(placed[i].id, place));
  const free = classes.filter((one) => !places.has(one.id));
  free.forEach((one, i) => {
    const angle = (2 * Math.PI * i) / free.length - Math.PI / 2;
    places.set(one.id, [0.5 + Math.cos(angle) / 2, 0.5 + Math.sin(angle) / 2]);
  });
  return normalized(classes.map((one) => /** @type {Point} */ (places.get(one.id))));
}

/**
 * The template stretched into a box, all points visible, on hundredths of a pixel.
 * @param {KeypointSchema} schema @param {Box} box @param {() => string} newId @returns {Keypoint[]}
 */
export function figureIn(schema, [x0, y0, x1, y1], newId) {
  return templateOf(schema).map(([x, y], order) => ({
    id: newId(), keypoint_class: schema.classes[order].id, x: tidy(x0 + x * (x1 - x0)), y: tidy(y0 + y * (y1 - y0)), visible: true, order,
  }));
}

/**
 * The line that fits pairs of numbers best; without extent its slope is given.
 * @param {readonly number[]} from @param {readonly number[]} to
 * @returns {{slope: number | null, at: (value: number, slope: number) => number}}
 */
function fittedLine(from, to) {
  const mean = (/** @type {readonly number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, target] = [mean(from), mean(to)];
  const spread = from.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const slope = spread > 1e-6 ? from.reduce((sum, value, i) => sum + (value - middle) * (to[i] - target), 0) / spread : null;
  return { slope, at: (value, other) => target + (slope ?? other) * (value - middle) };
}

/**
 * The points of the schema that the figure does not have, each where the template, fitted to the others, has it.
 * @param {readonly Keypoint[]} keypoints @param {KeypointSchema} schema @param {{width: number, height: number}} size of the image
 * @returns {{keypoint_class: string, name: string, order: number, x: number, y: number}[]}
 */
export function absentPoints(keypoints, schema, { width, height }) {
  const present = new Map(keypoints.filter((point) => stateOf(point) !== 'absent').map((point) => [point.keypoint_class, point]));
  const places = templateOf(schema);
  const known = schema.classes.flatMap((one, i) => (present.has(one.id) ? [i] : []));
  if (!known.length) return [];
  const line = (/** @type {0 | 1} */ axis, /** @type {'x' | 'y'} */ name) => fittedLine(
    known.map((i) => places[i][axis]), known.map((i) => /** @type {Keypoint} */ (present.get(schema.classes[i].id))[name]),
  );
  const [across, down] = [line(0, 'x'), line(1, 'y')];
  const inside = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, Math.round(value)));
  return schema.classes.flatMap(({ id, name }, order) => (present.has(id) ? [] : [{
    keypoint_class: id, name, order,
    x: inside(across.at(places[order][0], Math.abs(down.slope ?? DEFAULT_SIZE)), width),
    y: inside(down.at(places[order][1], Math.abs(across.slope ?? DEFAULT_SIZE)), height),
  }]));
}

/** What a label becomes with these keypoints; keypoints without another shape have the box around them. @param {Label} label @param {Keypoint[]} keypoints @returns {LabelPatch} */
export function pointsPatch(label, keypoints) {
  const box = label.shape === 'keypoints' ? bounds(keypoints) : null;
  return box ? { keypoints, box } : { keypoints };
}

/**
 * The label with a point in another state or at another place; null when it would have no point left.
 * @param {Label} label @param {Keypoint} point as it shall be, with the id of the one that it replaces @param {PointState} state
 * @returns {LabelPatch | null}
 */
export function withPoint(label, point, state) {
  const others = label.keypoints.filter((one) => one.keypoint_class !== point.keypoint_class);
  if (state === 'absent') return others.length ? pointsPatch(label, others) : null;
  const next = [...others, { ...point, visible: state === 'visible' }].sort((a, b) => a.order - b.order);
  return pointsPatch(label, next);
}

const SIDES = [['left', 'right'], ['l', 'r'], ['links', 'rechts'], ['linker', 'rechter'], ['izquierda', 'derecha'], ['izquierdo', 'derecho']];
const OTHER_SIDE = new Map(SIDES.flatMap(([a, b]) => [[a, b], [b, a]]));

/** The words of a name: "leftEye", "left_eye" and "Left Eye" are the same. @param {string} name */
const wordsOf = (name) => name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** Which point is on the other side, by names such as left_eye and right_eye. @param {KeypointSchema} schema @returns {Map<string, string>} */
export function pairsOf({ classes }) {
  const byName = new Map(classes.map((one) => [wordsOf(one.name).join(' '), one.id]));
  return new Map(classes.flatMap(({ id, name }) => {
    const words = wordsOf(name);
    const other = byName.get(words.map((word) => OTHER_SIDE.get(word) ?? word).join(' '));
    return other && other !== id ? [/** @type {[string, string]} */ ([id, other])] : [];
  }));
}

/**
 * The figure with left and right exchanged: the places stay, what is at them changes; null without pairs.
 * @param {readonly Keypoint[]} keypoints @param {KeypointSchema} schema @returns {Keypoint[] | null}
 */
export function flipped(keypoints, schema) {
  const pairs = pairsOf(schema);
  const order = new Map(schema.classes.map((one, i) => [one.id, i]));
  if (!keypoints.some((point) => pairs.has(point.keypoint_class))) return null;
  return keypoints.map((point) => {
    const other = pairs.get(point.keypoint_class);
    return other ? { ...point, keypoint_class: other, order: order.get(other) ?? point.order } : point;
  }).sort((a, b) => a.order - b.order);
}
