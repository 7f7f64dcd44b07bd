/** Changes of labels, tags, statuses and attribute values, and the steps of undo that hold them. */
import type { Label } from './labels';
import type { AttributeValue } from './page';

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
  /** Why a reviewer sent the image back. */
  reason?: string;
}
export interface ValueDelta {
  kind: 'value';
  op_id: string;
  media: string;
  /** Id of the label or of the medium that has the value. */
  subject: string;
  attribute: string;
  at: string;
  /** null: no value. */
  before: AttributeValue | null;
  after: AttributeValue | null;
}
export interface SuggestionDelta {
  kind: 'suggestion';
  op_id: string;
  media: string;
  suggestion: string;
  at: string;
  /** Whether it is rejected. */
  before: boolean;
  after: boolean;
}
/** Something written about an image: an issue is opened, commented, resolved or opened again. It is no step of undo. */
export interface IssueDelta {
  kind: 'issue';
  op_id: string;
  media: string;
  at: string;
  before: null;
  /** As the server takes it. */
  after:
    | { issue: string; what: 'open'; text: string; x: number | null; y: number | null; mentions: string[] }
    | { issue: string; what: 'comment'; comment: string; text: string; mentions: string[] }
    | { issue: string; what: 'resolve'; is_resolved: boolean };
}
export type Delta = LabelDelta | TagDelta | StatusDelta | ValueDelta | SuggestionDelta | IssueDelta;

export interface CommitOptions {
  /** 'now' (default): one step of undo for all deltas of the call; 'never': not undoable. */
  capture?: 'now' | 'never';
  /** Calls with the same key within 500 ms become one step of undo (nudging by arrows, for instance). */
  merge?: string;
  /**
   * Labels as they were when the gesture began that made the deltas (`before` is theirs). What somebody changed since
   * is merged, or becomes a conflict.
   */
  from?: ReadonlyMap<string, Label>;
}

/** What changed in `store.labels`. Ids in `changed` are to be drawn and listed again. */
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

/** An undo or redo that was asked for. */
export interface HistoryStep {
  direction: 'undo' | 'redo';
  entry: HistoryEntry;
  /** 'asked': someone changed it since, the person decides; 'overtaken': nothing of it was left to undo or redo. */
  outcome: 'done' | 'asked' | 'overtaken';
}

export interface HistoryEntry {
  /** Key [media, id]; sorts in the order of making. */
  media: string;
  id: string;
  at: number;
  merge: string | null;
  deltas: Delta[];
  undone: boolean;
}
