/** What goes between page and server: events, operations and their results. */
import type { IssueDelta } from './changes';
import type { Box } from './geometry';
import type { Label, LabelPatch } from './labels';
import type { AttributeValue } from './page';

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

/** What changes of a label. `mask_delta` in place of `mask`: the pixels that change, and how many there are afterwards. */
export type WirePatch = LabelPatch & { mask_delta?: { box: Box; mask: number[]; area: number } };

export type WireOp =
  | { op_id: string; at: string; label_id: string; base: number | null; patch: WirePatch | null }
  | { op_id: string; at: string; tag: string; on: boolean }
  | { op_id: string; at: string; subject: string; attribute: string; value: AttributeValue | null }
  | { op_id: string; at: string; prediction: string; is_rejected: boolean }
  | ({ op_id: string; at: string } & IssueDelta['after'])
  | { op_id: string; at: string; status: string; reason?: string };

export type OpResult =
  | { op_id: string; status: 'ok'; revision?: number; seq?: number }
  | { op_id: string; status: 'conflict'; label: Label | null }
  | { op_id: string; status: 'rejected'; code: string; field?: string | null; message: string };
