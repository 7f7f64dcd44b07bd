/** Writes labels as the numbers of workers/format.js; pure functions. */
import {
  BOX, SELECTED, HAS_KEYPOINTS, HIDDEN, KEYPOINTS, MASK, MODEL, POINT_OCCLUDED, POINT_VISIBLE, POLYGON,
} from '../../workers/format.js';

/** @import {Box} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {KeypointSchema} from '../types/page' */
/** @typedef {import('../../workers/format.js').Pack} Pack */

/** @param {Label} label @returns {number} the geometry that is drawn: mask before polygon before box */
export function kindOf(label) {
  if (label.mask?.length) return MASK;
  if (label.points?.length) return POLYGON;
  return label.shape === 'keypoints' ? KEYPOINTS : BOX;
}

/**
 * The whole pixels a mask lies on.
 * @param {Label} label @returns {{x: number, y: number, width: number, height: number}}
 */
export function maskFrame(label) {
  const [x0, y0, x1, y1] = label.box.map(Math.round);
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

/** The box of everything that is drawn of a label. @param {Label} label @returns {Box} */
export function boundsOf(label) {
  const kind = kindOf(label);
  /** @type {Box} */
  const b = kind === POLYGON || (kind === KEYPOINTS && label.keypoints.length)
    ? [Infinity, Infinity, -Infinity, -Infinity]
    : [...label.box];
  const include = (/** @type {number} */ x, /** @type {number} */ y) => {
    if (x < b[0]) b[0] = x;
    if (y < b[1]) b[1] = y;
    if (x > b[2]) b[2] = x;
    if (y > b[3]) b[3] = y;
  };
  if (kind === POLYGON) {
    for (const part of label.points ?? []) for (const [x, y] of part[0] ?? []) include(x, y);
  }
  for (const point of label.keypoints) include(point.x, point.y);
  return b[0] <= b[2] ? b : [...label.box];
}

/** @param {Label} label */
export function flagsOf(label) {
  return (label.origin === 'model' ? MODEL : 0) | (label.keypoints.length ? HAS_KEYPOINTS : 0);
}

/** How many numbers the label needs. @param {Label} label */
function lengthOf(label) {
  const kind = kindOf(label);
  let n = 0;
  if (kind === MASK) n = 5 + /** @type {number[]} */ (label.mask).length;
  if (kind === POLYGON) {
    n = 1;
    for (const part of label.points ?? []) {
      n += 1;
      for (const ring of part) n += 1 + 2 * ring.length;
    }
  }
  return label.keypoints.length ? n + 2 + 4 * label.keypoints.length : n;
}

/** @param {Label} label @param {Float64Array} data @param {number} at @returns {number} */
function writePolygon(label, data, at) {
  const parts = label.points ?? [];
  data[at++] = parts.length;
  for (const part of parts) {
    data[at++] = part.length;
    for (const ring of part) {
      data[at++] = ring.length;
      for (const [x, y] of ring) {
        data[at++] = x;
        data[at++] = y;
      }
    }
  }
  return at;
}

/** Runs that leave the frame are cut: a mask from elsewhere must not stop the drawing. @param {Label} label @param {Float64Array} data @param {number} at */
function writeMask(label, data, at) {
  const runs = /** @type {number[]} */ (label.mask);
  const { x, y, width, height } = maskFrame(label);
  data.set([x, y, Math.max(1, width), Math.max(1, height), runs.length], at);
  const total = Math.max(1, width) * Math.max(1, height);
  at += 5;
  for (let k = 0; k + 1 < runs.length; k += 2) {
    const start = Math.min(runs[k], total + 1);
    data[at++] = start;
    data[at++] = Math.max(0, Math.min(runs[k + 1], total + 1 - start));
  }
  return at + (runs.length % 2);
}

/** 0: not there. @param {boolean | number | null} visible */
function stateOf(visible) {
  if (visible === 0) return 0;
  return visible === false || visible === 1 ? POINT_OCCLUDED : POINT_VISIBLE;
}

/**
 * Which number a keypoint class has among all schemas, and which edges join them.
 * @param {readonly KeypointSchema[]} schemas
 */
export function numberSchemas(schemas) {
  /** @type {Map<string, [schema: number, cls: number]>} */
  const classes = new Map();
  schemas.forEach((schema, s) => schema.classes.forEach((cls, c) => classes.set(cls.id, [s, c])));
  return classes;
}

/** @param {Label} label @param {Float64Array} data @param {number} at @param {Map<string, [number, number]>} classes */
function writeKeypoints(label, data, at, classes) {
  const points = label.keypoints.filter((p) => stateOf(p.visible));
  data[at++] = classes.get(points[0]?.keypoint_class)?.[0] ?? -1;
  data[at++] = points.length;
  for (const point of points) {
    const cls = classes.get(point.keypoint_class)?.[1] ?? -1 - point.order;
    data.set([point.x, point.y, stateOf(point.visible), cls], at);
    at += 4;
  }
  return at + 4 * (label.keypoints.length - points.length);
}

/**
 * @typedef {object} PackOptions
 * @property {(label: Label, i: number) => number} slot
 * @property {(label: Label, i: number) => number} rank
 * @property {(concept: string, label: Label) => number} concept  place in the palette
 * @property {(label: Label) => number} flags
 * @property {Map<string, [number, number]>} classes  of numberSchemas
 */

/**
 * @param {readonly Label[]} labels @param {PackOptions} options
 * @returns {Pack}
 */
export function packLabels(labels, options) {
  const n = labels.length;
  const at = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) at[i + 1] = at[i] + lengthOf(labels[i]);
  /** @type {Pack} */
  const pack = {
    slot: new Uint32Array(n),
    kind: new Uint8Array(n),
    concept: new Uint16Array(n),
    flags: new Uint8Array(n),
    rank: new Uint32Array(n),
    box: new Float64Array(4 * n),
    at,
    data: new Float64Array(at[n]),
  };
  labels.forEach((label, i) => {
    pack.slot[i] = options.slot(label, i);
    pack.kind[i] = kindOf(label);
    pack.concept[i] = options.concept(label.concept, label);
    pack.flags[i] = options.flags(label);
    pack.rank[i] = options.rank(label, i);
    pack.box.set(boundsOf(label), 4 * i);
    let end = at[i];
    if (pack.kind[i] === POLYGON) end = writePolygon(label, pack.data, end);
    if (pack.kind[i] === MASK) end = writeMask(label, pack.data, end);
    if (label.keypoints.length) writeKeypoints(label, pack.data, end, options.classes);
  });
  return pack;
}

export { SELECTED, HIDDEN };
