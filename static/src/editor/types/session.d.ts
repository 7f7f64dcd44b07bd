/** The session: the store's connection to the server. */
import type { ReadonlySignal } from '@preact/signals-core';
import type { Delta } from './changes';
import type { Box } from './geometry';
import type { Label } from './labels';
import type { MediaState } from './page';
import type { SharedView } from './people';
import type { ConflictNotice } from './saving';
import type { Store } from './store';
import type { ProjectEvent } from './wire';

/** The pixels of an object, or why there are none; neither when the request was aborted. */
export interface CutAnswer {
  found?: { box: Box; mask: number[] };
  error?: string;
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
  /** Labels of a medium as this person changed them, while the server does not have that yet. */
  pendingLabels(mediaId: string): Label[];
  /** Stores and sends new labels of a medium, which need not be shown, as one step of its history. */
  addTo(mediaId: string, deltas: readonly Delta[]): void;
  /** What of an image belongs to the object that hints mean (see docs/editor-protocol.md); stores nothing, never rejects. */
  /** Has the tiles of an image made; an event tells when they are there. */
  requestTiles(mediaId: string): Promise<unknown>;
  cut(mediaId: string, hints: object, signal: AbortSignal): Promise<CutAnswer>;
  /** Drops cached states but those of these media. */
  retainCached(mediaIds: Iterable<string>): void;
  /** Sends now what waits, also during back-off. */
  flush(): void;
  /** Somebody may have signed in in another tab: checks the session if the page waits for that. */
  lookAgain(): void;
  /** Resolves when every change is acknowledged or waits for a decision of the person (a conflict, a rejection). */
  idle(): Promise<void>;
  /** True when nothing is on its way. */
  readonly isIdle: ReadonlySignal<boolean>;
  /** Image pixels; throttled to 20 a second. */
  moveCursor(x: number, y: number): void;
  /** Image point in the middle, CSS pixels per image pixel; throttled to 5 a second, sent while somebody else is there. */
  showView(view: { x: number; y: number; zoom: number }): void;
  /** Asks for the views of another page from now on; null: of none. */
  follow(client: string | null): void;
  /** Called with each view of the page that is followed. */
  onView(fn: (view: SharedView) => void): () => void;
  /** Call when the pointer leaves the stage. */
  clearCursor(): void;
  /** 'socket', 'polling' or 'down'. */
  readonly link: ReadonlySignal<'socket' | 'polling' | 'down'>;
  /** Set when the loaded medium was deleted or the person lost access to it: the reason, as text. */
  readonly unavailable: ReadonlySignal<string | null>;
  /** Called with every event of the project, other media's too (film strip, counts). */
  onEvent(fn: (event: ProjectEvent) => void): () => void;
  /** Called when another person's change conflicts with one that this person made first, and when they have decided. */
  onConflictNotice(fn: (notice: ConflictNotice) => void): () => void;
  close(): void;
}
