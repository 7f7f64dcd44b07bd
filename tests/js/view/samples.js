/** Labels, a store and a canvas that writes down what is drawn, for the tests of view, tools and workers. */
import { createStore } from '../../../static/src/editor/store/store.js';

export const CONCEPTS = ['Car', 'Person', 'Tree'].map((name, i) => ({
  id: `c${i}`, name, number: i, color: '#123456', ink: '#ffffff', label_slot: i + 1, order: i,
  on_region: true, on_media: false, keypoint_schema: i === 1 ? 'pose' : null,
}));

export const SCHEMAS = [{
  id: 'pose', name: 'Pose', classes: [{ id: 'head', name: 'head' }, { id: 'hip', name: 'hip' }], edges: [['head', 'hip', '']],
}];

/** @param {string} id */
export function label(id, fields = {}) {
  return {
    id, concept: 'c0', box: [0, 0, 10, 10], shape: 'box', points: null, mask: null, keypoints: [], z: 0, tool: null,
    origin: 'human', score: null, is_crowd: false, revision: 1, created_by: null, updated_by: null,
    created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', ...fields,
  };
}

/** @param {string} id @param {number[]} box */
export const box = (id, box, fields = {}) => label(id, { box, ...fields });

/** @param {string} id @param {number[][][][]} points */
export function polygon(id, points, fields = {}) {
  const all = points.flat(2);
  const [xs, ys] = [all.map((p) => p[0]), all.map((p) => p[1])];
  const around = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return label(id, { shape: 'polygon', points, box: around, ...fields });
}

export const MEDIA = {
  id: 'm1', name: 'a.jpg', kind: 'image', width: 200, height: 100, url: '/a.jpg', preview_url: '/p.jpg', thumbnail_url: '', detail_url: '/a.jpg', display_range: null,
  dataset: null, status: { id: '', name: 'NEW', base: 'NEW' }, is_frozen: false, health: 'OK', number: 1,
};

/** A store without a server. */
export function storeWith(labels = [], { may = true, media = MEDIA } = {}) {
  const boot = {
    v: 1, user: { id: 'u', name: 'Ann', initials: 'A', hue: 1 }, project: { id: 'p', name: 'P' }, media: media.id, urls: {},
    concepts: CONCEPTS, keypoint_schemas: SCHEMAS, statuses: [], csrf: '', debug: false, filter: '', strings: {},
  };
  const state = {
    media, seq: 1, head: 1, labels, tags: [], may: { label: may, status: [], reason: 'Look only' }, position: null, filter: {},
  };
  return createStore(/** @type {any} */ (boot), /** @type {any} */ (state));
}

/** A canvas whose context lists the calls that draw or clip. */
export function recorder(width, height) {
  const calls = [];
  const log = (name) => (...args) => calls.push([name, ...args]);
  const g = { canvas: null, calls };
  for (const name of ['clearRect', 'fillRect', 'strokeRect', 'drawImage', 'fill', 'stroke', 'clip', 'rect', 'moveTo', 'lineTo']) g[name] = log(name);
  for (const name of ['save', 'restore', 'beginPath', 'closePath', 'setLineDash', 'arc', 'putImageData']) g[name] = () => {};
  const canvas = { width, height, getContext: () => g, calls };
  g.canvas = canvas;
  return canvas;
}

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
