/** A label as the server has it, and what a person may change of it. */
import type { Box, Keypoint, Part, ShapeKind } from './geometry';

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
  /** The server's name: 'bbox', 'polygon', 'brush', 'copy'... or null. */
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
  /** Our tool id ('box', 'polygon'...) or the server's name of it. */
  tool?: string | null;
  /** Of a suggestion that is accepted. */
  origin?: 'model';
  score?: number;
}
