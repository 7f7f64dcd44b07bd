/**
 * What a page does with each kind of event of a project. The server's catalogue (annotator/events/kinds.py) is the source;
 * tests/js/sync/event-kinds.test.js checks this table against it through fixtures/events/kinds.json.
 *
 * `effects`: of the labeling page: "apply" changes labels, tags, values or status of the shown medium by the payload, "refetch"
 * fetches the medium again if the event concerns it, "vocabulary" fetches classes, tags and statuses again, "leave" says
 * that the medium is gone. `grid`: of the media page: "tiles" fetches the tiles that are named, "list" tells that the list
 * has changed. `isWhole`: an event that names no medium concerns all of them.
 *
 * @typedef {'apply' | 'refetch' | 'vocabulary' | 'leave'} Effect
 * @typedef {{effects: Effect[], grid: 'tiles' | 'list' | null, isWhole: boolean}} EventKind
 */

/** @type {EventKind} */
const NOTHING = { effects: [], grid: null, isWhole: false };

/** @type {Record<string, EventKind>} */
export const EVENT_KINDS = {
  'attribute_values.changed': { effects: ['apply'], grid: null, isWhole: false },
  'attributes.changed': { effects: ['refetch', 'vocabulary'], grid: null, isWhole: true },
  'augmentation.changed': { effects: [], grid: null, isWhole: false },
  'augmentation.created': { effects: [], grid: null, isWhole: false },
  'augmentation.deleted': { effects: [], grid: null, isWhole: false },
  bulk: { effects: ['refetch'], grid: 'list', isWhole: true },
  'concept.deleted': { effects: ['refetch', 'vocabulary'], grid: 'list', isWhole: true },
  'concepts.changed': { effects: ['vocabulary'], grid: null, isWhole: true },
  'dataset.created': { effects: [], grid: 'list', isWhole: false },
  'dataset.restored': { effects: [], grid: 'list', isWhole: false },
  'dataset.trashed': { effects: [], grid: 'list', isWhole: false },
  'dataset.updated': { effects: ['refetch'], grid: 'list', isWhole: true },
  'issues.changed': { effects: [], grid: null, isWhole: false },
  'job.changed': { effects: [], grid: null, isWhole: true },
  'keypoint_schemas.changed': { effects: ['vocabulary'], grid: null, isWhole: true },
  'labels.changed': { effects: ['apply'], grid: 'tiles', isWhole: false },
  'media.created': { effects: [], grid: 'list', isWhole: false },
  'media.frozen': { effects: ['refetch'], grid: 'tiles', isWhole: false },
  'media.health': { effects: ['refetch'], grid: 'tiles', isWhole: false },
  'media.metadata': { effects: ['refetch'], grid: null, isWhole: false },
  'media.moved': { effects: ['refetch'], grid: 'list', isWhole: false },
  'media.renamed': { effects: ['refetch'], grid: 'list', isWhole: false },
  'media.replaced': { effects: ['refetch'], grid: 'tiles', isWhole: false },
  'media.restored': { effects: ['refetch'], grid: 'list', isWhole: false },
  'media.tiles': { effects: ['refetch'], grid: null, isWhole: false },
  'media.trashed': { effects: ['leave'], grid: 'list', isWhole: false },
  'predictions.changed': { effects: [], grid: null, isWhole: true },
  'project.restored': { effects: [], grid: null, isWhole: true },
  'project.trashed': { effects: [], grid: null, isWhole: true },
  'project.updated': { effects: ['refetch', 'vocabulary'], grid: null, isWhole: true },
  'segments.changed': { effects: ['refetch'], grid: null, isWhole: false },
  'status.changed': { effects: ['apply', 'refetch'], grid: 'tiles', isWhole: false },
  'statuses.changed': { effects: ['refetch', 'vocabulary'], grid: null, isWhole: true },
  'tags.changed': { effects: ['apply'], grid: 'tiles', isWhole: false },
};

/** Returns what a kind means; a kind of a newer server means nothing to this page. @param {string} kind @returns {EventKind} */
export function eventKind(kind) {
  return EVENT_KINDS[kind] ?? NOTHING;
}

/** Returns the ids of the media that an event names, null when it names none. @param {{media?: string | null, after?: any}} event @returns {string[] | null} */
export function mediaOf({ media, after }) {
  if (media) return [media];
  if (!Array.isArray(after?.media)) return null;
  return after.media.map((/** @type {string | {id: string}} */ one) => (typeof one === 'string' ? one : one.id));
}
