/** A keypoint schema while it is edited: points, edges and classes as plain values, and the history of its changes. No DOM. */

/**
 * @typedef {{id: string, name: string, description: string, color: string, minimum: number, maximum: number, x: number | null, y: number | null}} SchemaPoint x and y from 0 to 1 on the canvas; null: not placed
 * @typedef {{a: string, b: string, color: string}} SchemaEdge
 * @typedef {{name: string, kind: string, description: string, points: SchemaPoint[], edges: SchemaEdge[], classes: string[]}} Schema
 * @typedef {{left: number, top: number, size: number}} Frame the part of the schema's own coordinates that the canvas shows
 */

/** The coordinates of templates and of this page are 0 to 1; those that scripts gave in other units are shown fitted, and stay as they are. */
const UNIT = { left: 0, top: 0, size: 1 };

/** @param {{editor_x: number | null, editor_y: number | null}[]} points @returns {Frame} */
export function frameOf(points) {
  const placed = points.filter((one) => one.editor_x !== null && one.editor_y !== null);
  const xs = placed.map((one) => Number(one.editor_x));
  const ys = placed.map((one) => Number(one.editor_y));
  if ([...xs, ...ys].every((value) => value >= 0 && value <= 1)) return UNIT;
  const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys), Number.MIN_VALUE) / 0.9 || 1;
  const middle = (/** @type {number[]} */ values) => (Math.max(...values) + Math.min(...values)) / 2 - size / 2;
  return { left: middle(xs), top: middle(ys), size };
}

/** The schema that the server sent, its points on the canvas. @param {any} state @param {Frame} frame @returns {Schema} */
export function fromServer(state, frame) {
  const onCanvas = (/** @type {number | null} */ value, /** @type {number} */ start) => (value === null ? null : (value - start) / frame.size);
  const points = state.points.map((/** @type {any} */ { editor_x, editor_y, ...point }) => {
    const [x, y] = [onCanvas(editor_x, frame.left), onCanvas(editor_y, frame.top)];
    return { ...point, x: y === null ? null : x, y: x === null ? null : y };
  });
  return { name: state.name, kind: state.kind, description: state.description, points, edges: state.edges, classes: state.classes };
}

/** What the server takes. @param {Schema} schema @param {Frame} frame */
export function toServer(schema, frame) {
  const points = schema.points.map(({ x, y, ...point }) => ({
    ...point,
    editor_x: x === null ? null : frame.left + x * frame.size,
    editor_y: y === null ? null : frame.top + y * frame.size,
  }));
  return { ...schema, points };
}

const inside = (/** @type {number} */ value) => Math.min(1, Math.max(0, Math.round(value * 1e6) / 1e6));

/** A name that no point has. @param {Schema} schema @param {string} base */
export function freeName(schema, base) {
  const names = new Set(schema.points.map((one) => one.name.toLocaleLowerCase()));
  let number = schema.points.length + 1;
  while (names.has(`${base} ${number}`.toLocaleLowerCase())) number += 1;
  return `${base} ${number}`;
}

/** @param {Schema} schema @param {{id: string, name: string, x: number, y: number}} point @returns {Schema} */
export function addPoint(schema, { id, name, x, y }) {
  const point = { id, name, description: '', color: '', minimum: 0, maximum: 1, x: inside(x), y: inside(y) };
  return { ...schema, points: [...schema.points, point] };
}

/** @param {Schema} schema @param {string} id @param {Partial<SchemaPoint>} change @returns {Schema} */
export function changePoint(schema, id, change) {
  return { ...schema, points: schema.points.map((one) => (one.id === id ? { ...one, ...change } : one)) };
}

/** Moves a point; one that is not placed begins in the middle. @param {Schema} schema @param {string} id @param {number} dx @param {number} dy @returns {Schema} */
export function nudge(schema, id, dx, dy) {
  const point = schema.points.find((one) => one.id === id);
  return point ? moveTo(schema, id, (point.x ?? 0.5) + dx, (point.y ?? 0.5) + dy) : schema;
}

/** @param {Schema} schema @param {string} id @param {number} x @param {number} y @returns {Schema} */
export const moveTo = (schema, id, x, y) => changePoint(schema, id, { x: inside(x), y: inside(y) });

/** Removes a point with its edges. @param {Schema} schema @param {string} id @returns {Schema} */
export function removePoint(schema, id) {
  return {
    ...schema,
    points: schema.points.filter((one) => one.id !== id),
    edges: schema.edges.filter((one) => one.a !== id && one.b !== id),
  };
}

/** Puts the points in the order of these ids. @param {Schema} schema @param {string[]} ids @returns {Schema} */
export function orderPoints(schema, ids) {
  const place = new Map(ids.map((id, index) => [id, index]));
  return { ...schema, points: [...schema.points].sort((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0)) };
}

/** The index of the edge between two points, -1 without one. @param {Schema} schema @param {string} a @param {string} b */
export function edgeBetween(schema, a, b) {
  return schema.edges.findIndex((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));
}

/** Joins two different points once. @param {Schema} schema @param {string} a @param {string} b @param {string} color @returns {Schema} */
export function addEdge(schema, a, b, color) {
  if (a === b || edgeBetween(schema, a, b) >= 0) return schema;
  return { ...schema, edges: [...schema.edges, { a, b, color }] };
}

/** @param {Schema} schema @param {number} index @param {Partial<SchemaEdge>} change @returns {Schema} */
export function changeEdge(schema, index, change) {
  return { ...schema, edges: schema.edges.map((one, place) => (place === index ? { ...one, ...change } : one)) };
}

/** @param {Schema} schema @param {number} index @returns {Schema} */
export function removeEdge(schema, index) {
  return { ...schema, edges: schema.edges.filter((one, place) => place !== index) };
}

/** The lines to draw as pairs of points with a color: the skeleton of a pose, the points of a polyline one after the other. @param {Schema} schema */
export function linesOf(schema) {
  const byId = new Map(schema.points.map((one) => [one.id, one]));
  /** @type {[SchemaPoint | undefined, SchemaPoint | undefined, string][]} */
  let pairs = [];
  if (schema.kind === 'pose') pairs = schema.edges.map(({ a, b, color }) => [byId.get(a), byId.get(b), color]);
  else if (schema.kind === 'polyline') pairs = schema.points.slice(1).map((one, index) => [schema.points[index], one, '']);
  return pairs.map(([a, b, color], index) => ({ a, b, color, index })).filter(({ a, b }) => isPlaced(a) && isPlaced(b));
}

/** @param {SchemaPoint | undefined} point */
export const isPlaced = (point) => point !== undefined && point.x !== null && point.y !== null;

/** The states of a schema to go back and forth in; steps of one gesture are one. */
export class History {
  /** @param {Schema} first */
  constructor(first) {
    this.states = [first];
    this.at = 0;
    this.saved = first;
    this.gesture = '';
  }

  get schema() { return this.states[this.at]; }
  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at < this.states.length - 1; }
  /** Whether there is something to save. */
  get isChanged() { return JSON.stringify(this.schema) !== JSON.stringify(this.saved); }

  /** Takes a new state; `gesture` names what goes on for several, such as the drag of one point. @param {Schema} schema @param {string} [gesture] */
  take(schema, gesture = '') {
    if (JSON.stringify(schema) === JSON.stringify(this.schema)) return;
    this.states.length = this.at + 1;
    if (gesture && gesture === this.gesture && this.at > 0) this.states[this.at] = schema;
    else this.at = this.states.push(schema) - 1;
    this.gesture = gesture;
  }

  /** The gesture is over: the next change is a step of its own. */
  endGesture() { this.gesture = ''; }

  undo() { this.#go(-1); }

  redo() { this.#go(1); }

  #go(/** @type {number} */ by) {
    this.at = Math.min(this.states.length - 1, Math.max(0, this.at + by));
    this.gesture = '';
  }

  /** A saved state, of this page or of somebody else, is now what changes are counted from. @param {Schema} schema */
  setSaved(schema) {
    this.saved = schema;
    this.take(schema);
    this.gesture = '';
  }
}
