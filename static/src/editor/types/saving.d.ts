/** What of a person's work is saved, what clashes with others' work, what was refused. */
import type { Label } from './labels';

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
  /** The label as it is on the server; null: deleted. */
  theirs: Label | null;
  /** Field groups in conflict: 'geometry', 'concept', 'z', 'is_crowd', 'existence'. */
  fields: string[];
  /** Who changed it last, a user id, when known. */
  by: string | null;
  /** 'mine' = keep mine / overwrite; 'theirs' = take theirs / skip. */
  resolve(choice: 'mine' | 'theirs'): void;
}

/** What the person whose change was first is told about a conflict. */
export interface ConflictNotice {
  media: string;
  label_id: string;
  /** 'open': the other person has to decide; 'mine': they replaced this person's change; 'theirs': they kept it. */
  state: 'open' | 'mine' | 'theirs';
  /** Who decides. */
  by: { id: string; name: string };
}

/** A change that the server refused for good: the "could not save" tray. Nothing of it is lost until discarded. */
export interface Rejected {
  id: string;
  media: string;
  /** null for tags and statuses. */
  label_id: string | null;
  code: string;
  field: string | null;
  /** Message of the server. */
  message: string;
  /** What was wanted, in short: "New label", "Change of a label", "Deletion", "Tag", "Status". */
  what: string;
  at: string;
  retry(): void;
  discard(): void;
}
