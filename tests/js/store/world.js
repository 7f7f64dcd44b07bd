/** A store alone, with a few labels: no server, no browser. */
import { createStore } from '../../../static/src/editor/store/store.js';

export const label = (id, more = {}) => ({
  id, concept: 'c1', box: [0, 0, 10, 10], shape: 'box', points: null, mask: null, keypoints: [], z: 0, tool: 'bbox', origin: 'human', score: null,
  is_crowd: false, revision: 1, created_by: 'x', updated_by: 'x', created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z', ...more,
});
const concept = (id, order, more = {}) => ({ id, name: id, order, on_region: true, on_media: false, ...more });

export const boot = {
  v: 1, user: { id: 'ann' }, project: { id: 'p' }, media: 'm', urls: {}, keypoint_schemas: [], strings: {}, filter: '',
  concepts: [concept('c2', 1), concept('c1', 0), concept('t1', 2, { on_region: false, on_media: true })],
  statuses: [{ id: 's1', name: 'NEW', base: 'NEW' }, { id: 's2', name: 'Second look', base: 'IN PROGRESS' }],
};

export function open(labels = [], more = {}) {
  const state = {
    media: { id: 'm', width: 100, height: 80, status: { id: 's1', name: 'NEW', base: 'NEW' } }, seq: 5, head: 5, labels, tags: ['t1'],
    may: { label: true, status: [], reason: '' }, position: { index: 0, total: 1 }, filter: {}, ...more,
  };
  return createStore(boot, state);
}

export function watch(store) {
  const patches = [];
  store.onPatch((patch) => patches.push(patch));
  return patches;
}
