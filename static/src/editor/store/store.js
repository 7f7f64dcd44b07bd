/** Makes the store that views, tools and panels use: signals over the core, selection, what is hidden and locked. */

import { batch, computed, signal } from '@preact/signals-core';
import { Core } from './core.js';
import { recolored } from './palettes.js';

/** The highest tolerance of the magic wand; as in the worker. */
export const MOST_TOLERANCE = 254;

/**
 * @import {HistoryStep, Patch} from '../types/changes'
 * @import {Draft} from '../types/draft'
 * @import {Label} from '../types/labels'
 * @import {Boot, Concept, KeypointSchema, May, Media, MediaState, Status, TagGroup} from '../types/page'
 * @import {Cursor, Presence} from '../types/people'
 * @import {Conflict, Rejected, SaveState} from '../types/saving'
 * @import {Clipboard, Display, Store, View} from '../types/store'
 * @typedef {ReturnType<typeof createInner>} Inner
 */

/** @type {SaveState} */
const SAVED = { state: 'saved', text: '', pending: 0, savedAt: null, link: null };
/** @type {May} */
const MAY_NOT = { label: false, status: [], reason: '' };

/** @param {ReadonlySet<string>} set @param {Iterable<string>} ids @param {boolean} on */
function changed(set, ids, on) {
  const next = new Set(set);
  for (const id of ids) {
    if (on) next.add(id);
    else next.delete(id);
  }
  return next;
}

/**
 * The store with the parts that only sync/ may use: `core`, and signals that are read-only to others.
 * @param {Boot} boot @param {{client?: string, now?: () => number}} [options]
 */
export function createInner(boot, options) {
  const core = new Core(boot, options);
  const concepts = signal([...boot.concepts].sort((a, b) => a.order - b.order));
  const writable = {
    media: signal(/** @type {Media | null} */ (null)),
    may: signal(MAY_NOT),
    position: signal(/** @type {{index: number | null, total: number} | null} */ (null)),
    statuses: signal([...boot.statuses]),
    selection: signal(/** @type {ReadonlySet<string>} */ (new Set())),
    hidden: signal(/** @type {ReadonlySet<string>} */ (new Set())),
    locked: signal(/** @type {ReadonlySet<string>} */ (new Set())),
    draft: signal(/** @type {Draft | null} */ (null)),
    clipboard: signal(/** @type {Clipboard} */ ({ labels: [], at: 0 })),
    save: signal(SAVED),
    saveConflicts: signal(/** @type {readonly Conflict[]} */ ([])),
    rejected: signal(/** @type {readonly Rejected[]} */ ([])),
    people: signal(/** @type {readonly Presence[]} */ ([])),
    cursors: signal(/** @type {ReadonlyMap<string, Cursor>} */ (new Map())),
  };
  const store = { ...readable(boot, core, writable, concepts), ...actions(core, writable) };
  core.beforePatch = (patch) => forgetRemoved(core, writable, store.hover, patch);
  return { core, store: /** @type {Store} */ (store), writable };
}

/**
 * @param {Boot} boot @param {Core} core @param {any} writable
 * @param {import('@preact/signals-core').Signal<Concept[]>} concepts
 */
function readable(boot, core, writable, concepts) {
  const display = signal(/** @type {Display} */ ({ hideAll: false, lockAll: false, outlines: false, grid: false, names: true, snap: false, bare: false, crosshair: true, doubleClick: 'fit', wheelPans: false, colorBy: 'class', palette: '' }));
  const palette = computed(() => display.value.palette);
  const shownConcepts = computed(() => recolored(concepts.value, palette.value));
  const byId = computed(() => new Map(shownConcepts.value.map((concept) => [concept.id, concept])));
  const status = computed(() => {
    const name = core.statusName.value;
    if (!name) return null;
    const known = writable.statuses.value.find((/** @type {Status} */ s) => s.name === name);
    const own = writable.media.value?.status;
    return known ?? (own?.name === name ? own : { id: '', name, base: name });
  });
  const regionConcepts = computed(() => shownConcepts.value.filter((c) => c.on_region));
  const threshold = signal(0.5);
  return {
    boot,
    labels: core.labels.shown,
    order: () => core.labels.order,
    version: core.version,
    media: writable.media,
    may: writable.may,
    position: writable.position,
    status,
    tags: core.tags,
    concepts,
    shownConcepts,
    concept: (/** @type {string | null} */ id) => (id === null ? undefined : byId.value.get(id)),
    regionConcepts,
    mediaConcepts: computed(() => concepts.value.filter((c) => c.on_media)),
    keypointSchemas: signal(/** @type {KeypointSchema[]} */ ([...boot.keypoint_schemas])),
    statuses: writable.statuses,
    attributes: core.attributes,
    valuesVersion: core.valuesVersion,
    valueOf: core.values.of.bind(core.values),
    tagGroups: signal(/** @type {readonly TagGroup[]} */ (boot.tag_groups ?? [])),
    selection: writable.selection,
    hover: signal(/** @type {string | null} */ (null)),
    hidden: writable.hidden,
    locked: writable.locked,
    tool: signal('select'),
    tolerance: signal(1),
    newIssue: signal(/** @type {{x: number, y: number} | null} */ (null)),
    activePoint: signal(/** @type {{label: string, point: string} | null} */ (null)),
    simplified: signal(/** @type {{before: number, after: number} | null} */ (null)),
    activeConcept: signal(/** @type {string | null} */ (regionConcepts.peek()[0]?.id ?? null)),
    view: signal(/** @type {View} */ ({ zoom: 1, x: 0, y: 0 })),
    brush: signal({ size: 20, pressure: true }),
    wandTolerance: signal(20),
    display,
    clipboard: writable.clipboard,
    draft: writable.draft,
    save: writable.save,
    conflicts: computed(() => [...writable.saveConflicts.value, ...core.undoConflicts.value]),
    rejected: writable.rejected,
    people: writable.people,
    cursors: writable.cursors,
    canUndo: core.canUndo,
    canRedo: core.canRedo,
    history: core.steps,
    openSuggestions: core.suggestions.open,
    suggestions: computed(() => core.suggestions.open.value.filter((one) => one.score >= threshold.value)),
    threshold,
    pendingIssues: core.issues.shown,
    activeSuggestion: signal(/** @type {string | null} */ (null)),
    suggestion: (/** @type {string} */ id) => core.suggestions.byId.value.get(id),
  };
}

/** @param {Core} core @param {any} writable */
function actions(core, writable) {
  return {
    select: (/** @type {Iterable<string>} */ ids, /** @type {'replace' | 'add' | 'toggle'} */ mode = 'replace') => {
      const next = new Set(mode === 'replace' ? [] : writable.selection.peek());
      for (const id of ids) {
        if (mode === 'toggle' && next.has(id)) next.delete(id);
        else if (core.labels.shown.has(id)) next.add(id);
      }
      const old = writable.selection.peek();
      if (next.size === old.size && [...next].every((id) => old.has(id))) return;
      writable.selection.value = next;
    },
    setHidden: (/** @type {Iterable<string>} */ ids, /** @type {boolean} */ on) => {
      writable.hidden.value = changed(writable.hidden.peek(), ids, on);
      persistHiddenAndLocked(core, writable);
    },
    setLocked: (/** @type {Iterable<string>} */ ids, /** @type {boolean} */ on) => {
      writable.locked.value = changed(writable.locked.peek(), ids, on);
      persistHiddenAndLocked(core, writable);
    },
    copy: (/** @type {readonly Label[]} */ labels) => {
      const values = Object.fromEntries(labels.map(({ id }) => [id, core.values.all(id)]));
      const clipboard = { labels, values, at: core.now() };
      writable.clipboard.value = clipboard;
      core.sink.write([{ in: 'local', put: { key: CLIPBOARD_KEY, clipboard } }]);
    },
    setDraft: (/** @type {Draft | null} */ draft) => {
      writable.draft.value = draft;
      if (!core.mediaId) return;
      const key = draftKey(core.mediaId);
      core.sink.write([draft ? { in: 'local', put: { key, draft } } : { in: 'local', remove: key }]);
    },
    /** @this {Store} @param {string} id */
    isHidden(id) {
      return this.display.value.hideAll || this.hidden.value.has(id);
    },
    /** @this {Store} @param {string} id */
    isLocked(id) {
      return this.display.value.lockAll || this.locked.value.has(id);
    },
    /** @this {Store} @param {string} id */
    isEditable(id) {
      return this.may.value.label && this.labels.has(id) && !this.isLocked(id);
    },
    onPatch(/** @type {(patch: Patch) => void} */ fn) {
      core.listeners.add(fn);
      return () => core.listeners.delete(fn);
    },
    setSuggestions(/** @type {string} */ media, /** @type {readonly import('../types/suggestions').SuggestionData[]} */ items) {
      if (media === core.mediaId) core.suggestions.show(items);
    },
    issuesFetched: () => core.issues.fetched(),
    commit: core.commit.bind(core),
    undo: () => core.step('undo'),
    redo: () => core.step('redo'),
    onStep(/** @type {(step: HistoryStep) => void} */ fn) {
      core.stepListeners.add(fn);
      return () => core.stepListeners.delete(fn);
    },
  };
}

/** Where what the person copied is stored. */
export const CLIPBOARD_KEY = 'clipboard';

/** Where the unfinished polygon of a medium is stored. @param {string} mediaId */
export const draftKey = (mediaId) => `draft:${mediaId}`;

/** Persists what this person hid and locked in the medium. @param {Core} core @param {any} writable */
function persistHiddenAndLocked(core, writable) {
  if (!core.mediaId) return;
  const put = { key: `marks:${core.mediaId}`, hidden: [...writable.hidden.peek()], locked: [...writable.locked.peek()] };
  core.sink.write([{ in: 'local', put }]);
}

/**
 * Selection and hover hold only labels that are there. After a reset all of them are another medium's.
 * @param {Core} core @param {any} writable @param {import('@preact/signals-core').Signal<string | null>} hover @param {Patch} patch
 */
function forgetRemoved(core, writable, hover, patch) {
  if (!patch.reset && !patch.removed.length) return;
  const { shown } = core.labels;
  const selection = writable.selection.peek();
  const left = [...selection].filter((id) => shown.has(id));
  batch(() => {
    if (left.length !== selection.size) writable.selection.value = new Set(left);
    const over = hover.peek();
    if (over !== null && !shown.has(over)) hover.value = null;
  });
}

/**
 * A store that works alone, without a server: `createSession` in sync/ makes the connected one.
 * @param {Boot} boot @param {MediaState} [state]
 * @returns {Store}
 */
export function createStore(boot, state) {
  const inner = createInner(boot);
  if (state) showState(inner, state, [], []);
  return inner.store;
}

/**
 * Puts a medium into the store.
 * @param {Inner} inner @param {MediaState} state
 * @param {readonly import('../types/outbox').OutboxOp[]} pending @param {readonly import('../types/changes').HistoryEntry[]} entries
 * @param {{hidden?: string[], locked?: string[]} | null} [local] what this person hid and locked
 * @param {Draft | null} [draft]
 */
export function showState({ core, writable }, state, pending, entries, local, draft) {
  batch(() => {
    writable.media.value = state.media;
    writable.may.value = state.may;
    writable.position.value = state.position;
    writable.hidden.value = new Set(local?.hidden ?? []);
    writable.locked.value = new Set(local?.locked ?? []);
    writable.draft.value = draft ?? null;
    writable.cursors.value = new Map();
    core.load(state, pending, entries);
  });
}
