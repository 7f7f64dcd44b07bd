/** What the browser stores until the server has acknowledged it. */
import type { Delta } from './changes';
import type { Label } from './labels';

/** A change on its way to the server, as it is stored in the browser. */
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
  /** Sorts in the order of making, also when the op was replaced by one with another id. */
  order: string;
  /** Revision it builds on; null: a creation, or known only when the one before it is acknowledged. */
  base: number | null;
  /** True once it was sent without a definite answer: it must go again as it is. */
  tried: boolean;
  /** Ops that were made one with this one. */
  replaces: string[];
  /** The server could not apply the changed pixels of a mask: it gets all of them. */
  isFull?: boolean;
  parked: Parked | null;
}
export type Parked =
  | { why: 'conflict'; theirs: Label | null; fields: string[] }
  | { why: 'rejected'; code: string; field: string | null; message: string };



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
