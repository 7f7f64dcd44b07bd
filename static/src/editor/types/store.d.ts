/** The store: what is shown and how, read by view, tools and panels. */
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { CommitOptions, Delta, HistoryEntry, HistoryStep, IssueDelta, Patch } from './changes';
import type { Draft } from './draft';
import type { Label } from './labels';
import type { Attribute, AttributeValue, Boot, Concept, KeypointSchema, May, Media, Status, TagGroup, ValuesBySubject } from './page';
import type { Cursor, Presence } from './people';
import type { Conflict, Rejected, SaveState } from './saving';
import type { Suggestion, SuggestionData } from './suggestions';

export interface View {
  /** CSS pixels per image pixel. */
  zoom: number;
  /** Image point in the middle of the stage. */
  x: number;
  y: number;
  /** Degrees clockwise, 0 to 360; none: upright. */
  angle?: number;
}

export interface Display {
  hideAll: boolean;
  lockAll: boolean;
  outlines: boolean;
  grid: boolean;
  /** Name tags beside the shapes. */
  names: boolean;
  /** Points snap to the vertices and edges of neighbors. */
  snap: boolean;
  /** Lines across the stage while something is drawn. */
  crosshair: boolean;
  /** On free ground: 'fit', 'zoom', 'actual' or 'none'. */
  doubleClick: string;
  /** The wheel pans, and zooms with Ctrl. */
  wheelPans: boolean;
  /** 'class' or 'object'. */
  colorBy: string;
  /** Of palettes.js; '': the colors of the classes. */
  palette: string;
  /** Panels collapsed for full canvas. */
  bare: boolean;
}

/** The brush for masks. */
export interface Brush {
  /** Image pixels across. */
  size: number;
  /** The pressure of a pen makes it smaller. */
  pressure: boolean;
}

export interface Clipboard {
  readonly labels: readonly Label[];
  /** The attribute values of the labels, by their ids. */
  readonly values?: ValuesBySubject;
  /** Milliseconds since 1970. */
  readonly at: number;
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
  /** The same in the colors that this person chose; so are those of `concept` and `regionConcepts`. */
  readonly shownConcepts: ReadonlySignal<Concept[]>;
  concept(id: string | null): Concept | undefined;
  /** Concepts that a label may have, by order. */
  readonly regionConcepts: ReadonlySignal<Concept[]>;
  /** Concepts that a tag may have, by order. */
  readonly mediaConcepts: ReadonlySignal<Concept[]>;
  readonly keypointSchemas: Signal<KeypointSchema[]>;
  readonly statuses: Signal<Status[]>;
  /** In the project's order. */
  readonly attributes: Signal<readonly Attribute[]>;
  /** The value of a label or of the medium; null: none. */
  valueOf(subject: string, attribute: string): AttributeValue | null;
  /** Rises with every change of attribute values: read it in an effect to be run again. */
  readonly valuesVersion: ReadonlySignal<number>;
  /** In the project's order. */
  readonly tagGroups: Signal<readonly TagGroup[]>;

  /** Ids, in the order in which they were selected. Ids of removed labels leave by themselves. */
  readonly selection: ReadonlySignal<ReadonlySet<string>>;
  /** 'replace' (default), 'add', 'toggle'. Unknown ids are ignored. */
  select(ids: Iterable<string>, mode?: 'replace' | 'add' | 'toggle'): void;
  readonly hover: Signal<string | null>;
  /** Per person, stored for the medium in this browser. */
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
  /** How far outlines may move when they are simplified, image pixels. */
  readonly tolerance: Signal<number>;
  /** Vertices of the selected polygons, while they are simplified. */
  readonly simplified: Signal<{ before: number; after: number } | null>;
  /** Where the issue that is being written lies; null: none is, or it is about the whole image. */
  readonly newIssue: Signal<{ x: number; y: number } | null>;
  /** The keypoint that keys act on: the label and the class of the point. */
  readonly activePoint: Signal<{ label: string; point: string } | null>;
  /** Concept of the next label. */
  readonly activeConcept: Signal<string | null>;
  /** Set by the view after every move. */
  readonly view: Signal<View>;
  readonly display: Signal<Display>;
  readonly brush: Signal<Brush>;
  /** How far the color of a pixel may be from the one under the wand, 0 to 254. */
  readonly wandTolerance: Signal<number>;
  /** What the person copied last in this browser, also in another tab or before a reload. */
  readonly clipboard: ReadonlySignal<Clipboard>;
  /** Stored in this browser and sent to the person's other tabs. */
  copy(labels: readonly Label[]): void;
  /** The unfinished polygon of the loaded medium. */
  readonly draft: ReadonlySignal<Draft | null>;
  /** Shown at once and stored in this browser, for this person and medium, until it is finished or discarded. */
  setDraft(draft: Draft | null): void;

  /** The suggestions of the medium that nobody has accepted or rejected, the surest first. */
  readonly openSuggestions: ReadonlySignal<readonly Suggestion[]>;
  /** Those of them that reach the threshold: what is shown. */
  readonly suggestions: ReadonlySignal<readonly Suggestion[]>;
  /** Scores below this are not shown. */
  readonly threshold: Signal<number>;
  /** The suggestion that keys act on. */
  readonly activeSuggestion: Signal<string | null>;
  /** Any suggestion of the medium, whatever was decided about it. */
  suggestion(id: string): Suggestion | undefined;
  /** What the server suggests for a medium; nothing happens when another one is shown. */
  setSuggestions(media: string, items: readonly SuggestionData[]): void;

  /** What was written about the medium and may not be in the list that was fetched of it. */
  readonly pendingIssues: ReadonlySignal<readonly IssueDelta[]>;
  /** The list was fetched: it has what the server acknowledged before. */
  issuesFetched(): void;

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

  /** False when there is nothing to undo or when a conflict now awaits a decision. */
  undo(): boolean;
  redo(): boolean;
  /** Called after each undo and redo, whatever asked for it. Returns the function that ends it. */
  onStep(fn: (step: HistoryStep) => void): () => void;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** The person's steps on this medium in the order of making, the undone ones at the end. */
  readonly history: ReadonlySignal<readonly HistoryEntry[]>;
}
