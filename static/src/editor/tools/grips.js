/** The handles of a shape and what dragging one does to the geometry; pure functions. */
import { fromCorners, union } from '../geom/box.js';
import { clip } from '../geom/clip.js';
import { along, degrees, frameOf, isFramed, outlineOf, placeIn, resized, turned } from '../geom/frame.js';
import * as keypoints from '../geom/keypoints.js';
import * as polygons from '../geom/poly.js';
import { bounds, fitBox, isClosed, nearestEdge } from '../geom/poly.js';
import * as polylines from '../geom/polyline.js';
import { clamp, rounded } from './snap.js';

/** @import {Box, Part, Point, Ring} from '../types/geometry' */
/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {EdgeRef, VertexRef} from '../geom/poly.js' */
/** @import {Frame, FramedShape} from '../geom/frame.js' */
/** @typedef {import('./snap.js').Size} Size */

/** A box is not made smaller than this by a handle. */
const LEAST = 2;
/** CSS pixels from the upper side of a rotated box or an ellipse to the handle that turns it. */
const TURN_PX = 26;

/**
 * @typedef {object} Grip
 * @property {number} x @property {number} y
 * @property {[ax: number, ay: number] | null} edges which numbers of the box it moves; -1: none
 * @property {VertexRef | null} vertex
 * @property {string} [point] the class of the keypoint that it is
 * @property {[fx: number, fy: number] | 'turn'} [frame] of a rotated box or an ellipse: the side or corner (-1, 0 or 1) it moves
 */

/** Is its geometry changed by hand here? Masks are not. @param {Label} label */
export function hasGrips(label) {
  return !label.mask?.length && label.shape !== 'mask';
}

/** The label in another box: its points and keypoints are stretched with it. @param {Label} label @param {Box} box @returns {LabelPatch} */
export function inBox(label, box) {
  if (label.shape === 'keypoints') return { keypoints: keypoints.fitBox(label.keypoints, label.box, box), box };
  return label.points?.length ? { points: fitBox(label.points, label.box, box), box } : { box };
}

/** The vertices of a ring of a label, each once: of a polyline those of the line. @param {Label} label @param {number} part @param {number} ring @returns {Ring} */
export function verticesOf(label, part, ring) {
  const all = /** @type {Part[]} */ (label.points)[part]?.[ring] ?? [];
  if (label.shape === 'polyline') return polylines.lineOf([[all]]);
  return isClosed(all) ? all.slice(0, -1) : all;
}

/** @param {Label} label @param {number} zoom CSS pixels per image pixel @returns {Grip[]} */
export function gripsOf(label, zoom) {
  if (!hasGrips(label)) return [];
  if (isFramed(label)) return frameGrips(frameOf(label), zoom);
  if (label.points?.length) {
    return label.points.flatMap((rings, part) => rings.flatMap((_, ring) =>
      verticesOf(label, part, ring).map(([x, y], vertex) => ({ x, y, edges: null, vertex: { part, ring, vertex } })),
    ));
  }
  const [x0, y0, x1, y1] = label.box;
  const across = [[x0, 0], [(x0 + x1) / 2, -1], [x1, 2]];
  const down = [[y0, 1], [(y0 + y1) / 2, -1], [y1, 3]];
  return down.flatMap(([y, ay]) =>
    across.flatMap(([x, ax]) => (ax < 0 && ay < 0 ? [] : [/** @type {Grip} */ ({ x, y, edges: [ax, ay], vertex: null })])),
  );
}

/** @param {Frame} frame @param {number} zoom @returns {Grip[]} */
function frameGrips(frame, zoom) {
  const grip = (/** @type {Grip['frame']} */ at, /** @type {Point} */ [x, y]) => ({ x, y, edges: null, vertex: null, frame: at });
  const sides = [-1, 0, 1].flatMap((fy) => [-1, 0, 1].flatMap((fx) => (fx || fy ? [grip([fx, fy], placeIn(frame, fx, fy))] : [])));
  return [...sides, grip('turn', placeIn(frame, 0, turnPlace(frame, zoom)))];
}

/** Where the handle that turns a frame is, as a share of its half height. @param {Frame} frame @param {number} zoom */
export const turnPlace = ({ h }, zoom) => -1 - (2 * TURN_PX) / zoom / Math.max(h, 1e-6);

/**
 * The side of a rotated box under the pointer, as a grip that moves it.
 * @param {Label} label @param {number} x @param {number} y @param {number} reach image pixels
 * @returns {Grip | null}
 */
export function frameEdgeNear(label, x, y, reach) {
  if (label.shape !== 'rotated_box' || !isFramed(label)) return null;
  const frame = frameOf(label);
  const [a, b] = along(frame, x, y);
  const [w, h] = [frame.w / 2, frame.h / 2];
  const within = Math.min(reach, Math.max(Math.min(w, h) / 2, reach / 3));
  if (Math.abs(a) > w + within || Math.abs(b) > h + within) return null;
  const [across, down] = [Math.abs(Math.abs(a) - w), Math.abs(Math.abs(b) - h)];
  if (Math.min(across, down) > within) return null;
  return { x, y, edges: null, vertex: null, frame: across < down ? [Math.sign(a), 0] : [0, Math.sign(b)] };
}

/**
 * The shape with a handle of its frame at another place.
 * @param {Label} label @param {NonNullable<Grip['frame']>} at @param {number} x @param {number} y @param {boolean} isStepped a turn goes by 15 degrees
 * @returns {LabelPatch}
 */
export function reframed(label, at, x, y, isStepped) {
  const frame = frameOf(label);
  return framePatch(label, at === 'turn' ? turned(frame, x, y, isStepped) : resized(frame, ...at, x, y, LEAST));
}

/** @param {Label} label @param {Frame} frame @returns {LabelPatch} */
export function framePatch(label, frame) {
  return polygonPatch(outlineOf(/** @type {FramedShape} */ (label.shape), frame));
}

/** What stands beside a shape whose frame is being changed. @param {Label} label */
export function frameNote(label) {
  const frame = frameOf(label);
  const [w, h] = [frame.w, frame.h].map((n) => Number(n.toFixed(1)));
  return `${w} × ${h}, ${degrees(frame)}°`;
}

/** How the points of a label are edited by hand. @param {Label} label */
const editsOf = (label) => (label.shape === 'polyline' ? polylines : polygons);

/** @param {readonly Grip[]} grips @param {number} x @param {number} y @param {number} reach image pixels @returns {Grip | null} */
export function nearestGrip(grips, x, y, reach) {
  let best = null;
  let least = reach;
  for (const grip of grips) {
    const d = Math.hypot(grip.x - x, grip.y - y);
    if (d > least) continue;
    least = d;
    best = grip;
  }
  return best;
}

/**
 * The edge of a box under the pointer, as a grip that moves it. A small box keeps its middle free for moving it.
 * @param {Label} label @param {number} x @param {number} y @param {number} reach image pixels
 * @returns {Grip | null}
 */
export function boxEdgeNear(label, x, y, reach) {
  if (!hasGrips(label) || label.points?.length) return null;
  const [x0, y0, x1, y1] = label.box;
  const within = Math.min(reach, Math.max((Math.min(x1 - x0, y1 - y0)) / 4, reach / 3));
  if (x < x0 - within || x > x1 + within || y < y0 - within || y > y1 + within) return null;
  const sides = /** @type {[number, NonNullable<Grip['edges']>][]} */ ([
    [Math.abs(x - x0), [0, -1]], [Math.abs(x - x1), [2, -1]], [Math.abs(y - y0), [-1, 1]], [Math.abs(y - y1), [-1, 3]],
  ]);
  const [distance, edges] = sides.reduce((best, side) => (side[0] < best[0] ? side : best));
  if (distance > within) return null;
  const [ax, ay] = edges;
  return { x: ax < 0 ? x : label.box[ax], y: ay < 0 ? y : label.box[ay], edges, vertex: null };
}

/**
 * The box with the edges of a grip at another place, on whole pixels, at least 2 x 2, inside the image.
 * @param {Box} box @param {NonNullable<Grip['edges']>} edges @param {number} x @param {number} y @param {Size} size
 * @returns {Box}
 */
export function resizedBox(box, edges, x, y, size) {
  const next = box.slice();
  for (const [edge, value, length] of [[edges[0], x, size.width], [edges[1], y, size.height]]) {
    if (edge < 0) continue;
    const other = box[(edge + 2) % 4];
    let to = clamp(Math.round(value), Math.min(0, box[edge]), Math.max(length, box[edge]));
    if (Math.abs(to - other) < LEAST) {
      const way = to === other ? (edge < 2 ? -1 : 1) : Math.sign(to - other);
      to = other + way * LEAST;
    }
    next[edge] = to;
  }
  return fromCorners(next.slice(0, 2), next.slice(2));
}

/** @param {Part[]} points @returns {LabelPatch} */
export function polygonPatch(points) {
  return { points, box: bounds(points) };
}

/**
 * The polygon with a vertex at another place. Outside the image it is clipped at the border, so that no edge inside
 * moves; what was outside before stays. It stays as it is when nothing would be left. A vertex of a polyline stays in
 * the image.
 * @param {Label} label @param {VertexRef} at @param {number} x @param {number} y
 * @param {Size} size @param {number} digits
 * @returns {LabelPatch}
 */
export function draggedVertex(label, at, x, y, { width, height }, digits) {
  const old = /** @type {Part[]} */ (label.points);
  const room = /** @type {Box} */ (union([[0, 0, width, height], bounds(old)]));
  if (label.shape === 'polyline') {
    const [toX, toY] = [clamp(x, room[0], room[2]), clamp(y, room[1], room[3])];
    return polygonPatch(polylines.moveVertex(old, at, rounded(toX, digits), rounded(toY, digits)));
  }
  const points = clip(polygons.moveVertex(old, at, rounded(x, digits), rounded(y, digits)), room);
  return points.length ? polygonPatch(points) : {};
}

/**
 * The polygon with a vertex at another place, which stays in the image; for keys.
 * @param {Label} label @param {VertexRef} at @param {number} x @param {number} y
 * @param {Size} size @param {number} digits
 * @returns {LabelPatch}
 */
export function movedVertex(label, at, x, y, size, digits) {
  const points = /** @type {Part[]} */ (label.points);
  const [oldX, oldY] = points[at.part][at.ring][at.vertex];
  const toX = clamp(rounded(x, digits), Math.min(0, oldX), Math.max(size.width, oldX));
  const toY = clamp(rounded(y, digits), Math.min(0, oldY), Math.max(size.height, oldY));
  return polygonPatch(editsOf(label).moveVertex(points, at, toX, toY));
}

/** The polygon without a vertex; null when nothing would be left. @param {Label} label @param {VertexRef} at @returns {LabelPatch | null} */
export function withoutVertex(label, at) {
  const points = editsOf(label).deleteVertex(/** @type {Part[]} */ (label.points), at);
  return points && polygonPatch(points);
}

/**
 * The edge of the outline nearest to a point, and where on it.
 * @param {Label} label @param {number} x @param {number} y @param {number} reach image pixels
 * @returns {(EdgeRef & {x: number, y: number}) | null}
 */
export function edgeNear(label, x, y, reach) {
  const found = label.points?.length && !isFramed(label) ? nearestEdge(label.points, x, y) : null;
  return found && found.distance <= reach ? found : null;
}

/** @param {Label} label @param {EdgeRef} at @param {Point} point @returns {LabelPatch} */
export function withVertex(label, at, [x, y]) {
  return polygonPatch(editsOf(label).insertVertex(/** @type {Part[]} */ (label.points), at, x, y));
}

/**
 * The label with its right and lower edge moved, by keys; a polygon is stretched from its upper left corner.
 * @param {Label} label @param {number} dx @param {number} dy @param {Size} size
 * @returns {LabelPatch}
 */
export function stretched(label, dx, dy, size) {
  if (isFramed(label)) {
    const frame = frameOf(label);
    const [x, y] = placeIn(frame, 1 + (2 * dx) / (frame.w || 1), 1 + (2 * dy) / (frame.h || 1));
    return framePatch(label, resized(frame, 1, 1, x, y, LEAST));
  }
  const [x0, y0, x1, y1] = label.box;
  const right = clamp(x1 + dx, Math.min(x1, x0 + LEAST), Math.max(x1, size.width));
  const lower = clamp(y1 + dy, Math.min(y1, y0 + LEAST), Math.max(y1, size.height));
  return inBox(label, [x0, y0, right, lower]);
}
