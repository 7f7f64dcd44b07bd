/**
 * The shapes of data that the editor's modules share; no code lives here.
 *
 * Use from JS:  `/** @import {Label, Store} from '../types' *\/`
 * All geometry is in image pixels, float, origin top-left, never rounded.
 */
import type { ReadonlySignal, Signal } from '@preact/signals-core';

declare global {
  /** File name of the shapes worker relative to the bundle; put in by build.mjs. Use:
   *  `new Worker(new URL(__SHAPES_WORKER__, import.meta.url))` */
  const __SHAPES_WORKER__: string;
}

// ---------------------------------------------------------------- geometry and labels

export type Point = [number, number];
/** Unclosed: the last point is not the first again. */
export type Ring = Point[];
/** First ring outer, the others holes (even-odd). */
export type Part = Ring[];
/** [x0, y0, x1, y1] with x1 >= x0 and y1 >= y0. */
export type Box = [number, number, number, number];
export type ShapeKind = 'box' | 'polygon' | 'mask' | 'keypoints';

export interface Keypoint {
  id: string;
  keypoint_class: string;
  x: number;
  y: number;
  visible: boolean | number | null;
  order: number;
}

/** Exactly the server's native object. Treat as frozen: never change one in place, commit a delta. */
export interface Label {
  readonly id: string;
  readonly concept: string;
  readonly box: Box;
  readonly shape: ShapeKind;
  readonly points: Part[] | null;
  /** Runs [start, length, ...], 1-based, row-major, relative to the integer box. */
  readonly mask: number[] | null;
  readonly keypoints: Keypoint[];
  readonly z: number;
  /** The server's word: 'bbox', 'polygon', 'brush', 'copy'... or null. */
  readonly tool: string | null;
  readonly origin: 'human' | 'model' | 'import';
  readonly score: number | null;
  readonly is_crowd: boolean;
  /** 0 while the server has not acknowledged the creation. */
  readonly revision: number;
  readonly created_by: string | null;
  readonly updated_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly frame?: number | null;
  readonly external_id?: string;
  readonly error?: string;
}

/** The fields a person may change. */
export type LabelPatch = {
  -readonly [F in 'concept' | 'box' | 'shape' | 'points' | 'mask' | 'keypoints' | 'z' | 'is_crowd']?: Label[F];
};

/** What a new label must have; the rest gets defaults (id, z on top of all, box from points). */
export interface NewLabel extends LabelPatch {
  id?: string;
  concept: string;
  shape: ShapeKind;
  box: Box;
  /** Our tool id ('box', 'polygon'...) or the server's word. */
  tool?: string | null;
}

// ---------------------------------------------------------------- what the page is told

export interface Concept {
  id: string;
  name: string;
  number: number;
  /** CSS colour. */
  color: string;
  /** Text colour on `color`. */
  ink: string;
  /** Palette slot 1.., for dash patterns. */
  label_slot: number;
  order: number;
  on_region: boolean;
  on_media: boolean;
  keypoint_schema: string | null;
  tag_group?: string | null;
}

export interface KeypointSchema {
  id: string;
  name: string;
  classes: { id: string; name: string }[];
  edges: [string, string, string][];
}

export interface Status {
  id: string;
  name: string;
  /** One of the seven words. */
  base: string;
  color?: string;
}

export interface Person {
  id: string;
  name: string;
  initials: string;
  hue: number;
}

export interface Boot {
  v: 1;
  user: Person;
  project: { id: string; name: string };
  media: string;
  urls: {
    state: string;
    changes: string;
    events: string;
    film: string;
    ws: string;
    label_page: string;
    media_page: string;
    project_page: string;
    classes_page: string;
    sign_in: string;
  };
  concepts: Concept[];
  keypoint_schemas: KeypointSchema[];
  statuses: Status[];
  tag_groups?: { id: string; name: string; kind: string }[];
  /** Names of the workspace's members, for "drawn by". */
  people?: Person[];
  csrf: string;
  debug: boolean;
  /** Query string of the list the person came from, without "?". */
  filter: string;
  /** English text -> text in the person's language. */
  strings: Record<string, string>;
}

export interface Media {
  id: string;
  name: string;
  kind: string;
  width: number;
  height: number;
  url: string;
  preview_url: string;
  thumbnail_url: string;
  dataset: { id: string; name: string } | null;
  status: Status;
  is_frozen: boolean;
  health: string;
  health_reason?: string;
  number: number;
}

export interface May {
  label: boolean;
  tag?: boolean;
  role?: string;
  /** Names of the statuses this person may set. */
  status: string[];
  /** Why not, in words, when `label` is false. */
  reason: string;
}

/** Answer of GET /web/media/<id>/state. */
export interface MediaState {
  media: Media;
  seq: number;
  head: number;
  labels: Label[];
  tags: string[];
  may: May;
  position: { index: number | null; total: number } | null;
  filter: Record<string, unknown>;
}

// ---------------------------------------------------------------- changes

export interface LabelDelta {
  kind: 'label';
  op_id: string;
  media: string;
  label_id: string;
  at: string;
  /** The changed fields as they were; null: the label was not there (creation). For a deletion: the whole label. */
  before: Partial<Label> | null;
  /** The changed fields as they are now; null: deleted. For a creation: the whole label. */
  after: Partial<Label> | null;
}
export interface TagDelta {
  kind: 'tag';
  op_id: string;
  media: string;
  tag: string;
  at: string;
  before: boolean;
  after: boolean;
}
export interface StatusDelta {
  kind: 'status';
  op_id: string;
  media: string;
  at: string;
  /** Names. */
  before: string;
  after: string;
}
export type Delta = LabelDelta | TagDelta | StatusDelta;

export interface CommitOptions {
  /** 'now' (default): one step of undo for all deltas of the call; 'never': not undoable. */
  capture?: 'now' | 'never';
  /** Calls with the same key within 500 ms become one step of undo (nudging by arrows, for instance). */
  merge?: string;
}

/** What changed in `store.labels`. Ids in `changed` are to be drawn and listed anew. */
export interface Patch {
  /** Added or changed labels, in no order. */
  changed: string[];
  removed: string[];
  /** Everything may be different (another medium was loaded); `changed` and `removed` are then empty. */
  reset: boolean;
  /** Labels of which only revision, score, updated_by, updated_at and the like changed: nothing to draw. */
  meta: string[];
  /** True when the draw order (`store.order()`) may have changed beyond additions and removals. */
  reordered: boolean;
  /** True when another person (or tab, or script) made the change. */
  remote: boolean;
}

// ---------------------------------------------------------------- save state, conflicts, the tray

export type SaveStateName =
  'saved' | 'saving' | 'offline' | 'conflict' | 'rejected' | 'signed_out' | 'reload';

export interface SaveState {
  state: SaveStateName;
  /** In words, for the header: "Saved 2 s ago", "Saving…", "Offline: 5 changes kept here". */
  text: string;
  /** Changes that the server has not acknowledged, of all media of this person in this browser tab. */
  pending: number;
  /** When the server last acknowledged, ms since 1970; null: nothing sent yet. */
  savedAt: number | null;
  /** Where to sign in again (state signed_out), else null. */
  link: string | null;
}

/** Two people changed the same thing; shown until `resolve` is called. */
export interface Conflict {
  id: string;
  media: string;
  label_id: string;
  /** 'save': the server has another value; 'undo' / 'redo': the label was changed by someone since. */
  during: 'save' | 'undo' | 'redo';
  /** The label as this person wants it; null: deleted. */
  mine: Label | null;
  /** The label as it is on the server; null: gone. */
  theirs: Label | null;
  /** Field groups that clash: 'geometry', 'concept', 'z', 'is_crowd', 'existence'. */
  fields: string[];
  /** Who changed it last, a user id, when known. */
  by: string | null;
  /** 'mine' = keep mine / overwrite; 'theirs' = take theirs / skip. */
  resolve(choice: 'mine' | 'theirs'): void;
}

/** A change that the server refused for good: the "could not save" tray. Nothing of it is lost until discarded. */
export interface Rejected {
  id: string;
  media: string;
  /** null for tags and statuses. */
  label_id: string | null;
  code: string;
  field: string | null;
  /** The server's words. */
  message: string;
  /** What was wanted, in short: "New label", "Change of a label", "Deletion", "Tag", "Status". */
  what: string;
  at: string;
  retry(): void;
  discard(): void;
}

// ---------------------------------------------------------------- people

export interface Presence {
  /** Tab uuid. */
  client: string;
  user: string;
  name: string;
  initials: string;
  hue: number;
  media: string | null;
  /** True for this tab. */
  isSelf?: boolean;
}
export interface Cursor {
  client: string;
  user: string;
  name: string;
  hue: number;
  media: string;
  x: number;
  y: number;
}

// ---------------------------------------------------------------- the store

export interface View {
  /** CSS pixels per image pixel. */
  zoom: number;
  /** Image point in the middle of the stage. */
  x: number;
  y: number;
}

export interface Display {
  hideAll: boolean;
  lockAll: boolean;
  outlines: boolean;
  grid: boolean;
  /** Panels collapsed for full canvas. */
  bare: boolean;
}

export interface Store {
  readonly boot: Boot;
  /** id -> label of the loaded medium, hidden ones included, local unsaved changes applied. Read only. */
  readonly labels: ReadonlyMap<string, Label>;
  /** Ids by z, created_at, id: the first is drawn first. The same array until it changes: do not modify. */
  order(): readonly string[];
  /** Rises with every change of labels: read it in an effect to be run again. */
  readonly version: ReadonlySignal<number>;

  readonly media: Signal<Media | null>;
  readonly may: Signal<May>;
  readonly position: Signal<{ index: number | null; total: number } | null>;
  readonly status: ReadonlySignal<Status | null>;
  /** Concept ids of the tags of the medium. */
  readonly tags: ReadonlySignal<ReadonlySet<string>>;
  /** By order. */
  readonly concepts: Signal<Concept[]>;
  concept(id: string | null): Concept | undefined;
  /** Concepts that a label may have, by order. */
  readonly regionConcepts: ReadonlySignal<Concept[]>;
  /** Concepts that a tag may have, by order. */
  readonly mediaConcepts: ReadonlySignal<Concept[]>;
  readonly keypointSchemas: Signal<KeypointSchema[]>;
  readonly statuses: Signal<Status[]>;

  /** Ids, in the order in which they were selected. Ids of removed labels leave by themselves. */
  readonly selection: ReadonlySignal<ReadonlySet<string>>;
  /** 'replace' (default), 'add', 'toggle'. Unknown ids are ignored. */
  select(ids: Iterable<string>, mode?: 'replace' | 'add' | 'toggle'): void;
  readonly hover: Signal<string | null>;
  /** Per person, local, kept for the medium in this browser. */
  readonly hidden: ReadonlySignal<ReadonlySet<string>>;
  readonly locked: ReadonlySignal<ReadonlySet<string>>;
  setHidden(ids: Iterable<string>, on: boolean): void;
  setLocked(ids: Iterable<string>, on: boolean): void;
  isHidden(id: string): boolean;
  isLocked(id: string): boolean;
  /** May this label be changed now: person may label, not locked. */
  isEditable(id: string): boolean;

  /** 'select' | 'pan' | 'box' | 'polygon' ... */
  readonly tool: Signal<string>;
  /** Concept of the next label. */
  readonly activeConcept: Signal<string | null>;
  /** Set by the view after every move. */
  readonly view: Signal<View>;
  readonly display: Signal<Display>;
  readonly clipboard: Signal<readonly Label[]>;

  readonly save: ReadonlySignal<SaveState>;
  readonly conflicts: ReadonlySignal<readonly Conflict[]>;
  readonly rejected: ReadonlySignal<readonly Rejected[]>;
  readonly people: ReadonlySignal<readonly Presence[]>;
  /** Other people's cursors on this medium, by tab. */
  readonly cursors: ReadonlySignal<ReadonlyMap<string, Cursor>>;

  /** Called synchronously after each change of labels. Returns the function that ends it. */
  onPatch(fn: (patch: Patch) => void): () => void;

  /**
   * Applies finished changes: shown at once, persisted in the same task, sent. Call it in the handler of
   * pointer-up or Enter. Make deltas with commands.js. Nulls and empty changes are dropped.
   */
  commit(deltas: Delta | null | readonly (Delta | null)[], options?: CommitOptions): void;

  /** False when there is nothing to undo or when a conflict entry now asks what to do. */
  undo(): boolean;
  redo(): boolean;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** The person's steps on this medium in the order of making, the undone ones at the end. */
  readonly history: ReadonlySignal<readonly HistoryEntry[]>;
}

/** What main.js gets from `createSession(boot)` in sync/session.js. */
export interface Session {
  readonly store: Store;
  /** This tab. */
  readonly client: string;
  /** Shows another medium: from the cache when prefetched. Rejects with LoadError (status, message). */
  load(mediaId: string): Promise<void>;
  /** Fetches the state of a medium ahead. Never rejects. Resolves to the state, or null. */
  prefetch(mediaId: string): Promise<MediaState | null>;
  /** Drops cached states but those of these media. */
  keepCached(mediaIds: Iterable<string>): void;
  /** Sends now what waits, also during back-off. */
  flush(): void;
  /** Somebody may have signed in in another tab: asks, if that is what is waited for. */
  lookAgain(): void;
  /** Resolves when every change is acknowledged and no conflict and no rejection is open. */
  idle(): Promise<void>;
  /** True when nothing waits. */
  readonly isIdle: ReadonlySignal<boolean>;
  /** Image pixels; throttled to 20 a second. */
  moveCursor(x: number, y: number): void;
  /** Call when the pointer leaves the stage. */
  cursorGone(): void;
  /** 'socket', 'polling' or 'down'. */
  readonly link: ReadonlySignal<'socket' | 'polling' | 'down'>;
  /** Set when the loaded medium was deleted or the person lost access to it: the reason in words. */
  readonly gone: ReadonlySignal<string | null>;
  /** Called with every event of the project, other media's too (film strip, counts). */
  onEvent(fn: (event: ProjectEvent) => void): () => void;
  close(): void;
}

// ---------------------------------------------------------------- the wire

export interface ProjectEvent {
  seq: number;
  kind: string;
  version?: number;
  media: string | null;
  actor?: { id: string; name: string } | null;
  client?: string | null;
  ops?: string[];
  before?: any;
  after?: any;
}

export type WireOp =
  | { op_id: string; at: string; label_id: string; base: number | null; patch: LabelPatch | null }
  | { op_id: string; at: string; tag: string; on: boolean }
  | { op_id: string; at: string; status: string };

export type OpResult =
  | { op_id: string; status: 'ok'; revision?: number; seq?: number }
  | { op_id: string; status: 'conflict'; label: Label | null }
  | { op_id: string; status: 'rejected'; code: string; field?: string | null; message: string };

/** A change on its way to the server, as it is kept in the browser. */
export interface OutboxOp {
  /** Key. */
  op_id: string;
  media: string;
  /** The tab that sends it. */
  tab: string;
  at: string;
  delta: Delta;
  /** The label after the change as this person sees it (null: deleted, or not a label). */
  whole: Label | null;
  /** Sorts in the order of making, also when the op was made anew under another id. */
  order: string;
  /** Revision it builds on; null: a creation, or known only when the one before it is acknowledged. */
  base: number | null;
  /** True once it was sent without a definite answer: it must go again as it is. */
  tried: boolean;
  /** Ops that were made one with this one. */
  replaces: string[];
  parked: Parked | null;
}
export type Parked =
  | { why: 'conflict'; theirs: Label | null; fields: string[] }
  | { why: 'rejected'; code: string; field: string | null; message: string };

export interface HistoryEntry {
  /** Key [media, id]; sorts in the order of making. */
  media: string;
  id: string;
  at: number;
  merge: string | null;
  deltas: Delta[];
  undone: boolean;
}

export type StoreName = 'ops' | 'history' | 'local';
export type Write =
  | { in: StoreName; put: any }
  | { in: StoreName; remove: IDBValidKey };

/** Where finished work survives the tab. Two implementations: IndexedDB and memory. */
export interface Persistence {
  /** True when what is written survives the tab. */
  readonly isDurable: boolean;
  /** One transaction, started and committed in the calling task. Resolves when it is safe. */
  write(writes: Write[], options?: { strict?: boolean }): Promise<void>;
  all(store: StoreName): Promise<any[]>;
  /** Entries of a store whose key is an array that begins with `first`. */
  under(store: StoreName, first: string): Promise<any[]>;
  get(store: StoreName, key: IDBValidKey): Promise<any>;
  /** Reads all ops and writes what `decide` returns, in one transaction. */
  claim(decide: (ops: OutboxOp[]) => OutboxOp[]): Promise<OutboxOp[]>;
  close(): void;
}
