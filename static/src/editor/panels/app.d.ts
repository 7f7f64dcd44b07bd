/** What panels are given: the session, the store, the stage and the page's own state. No code lives here. */
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { Announce } from '../types/announce';
import type { Boot, Concept } from '../types/page';
import type { Session } from '../types/session';
import type { Store } from '../types/store';
import type { Settings } from './settings.js';
import type { Film } from './filmstrip/film-model.js';
import type { createStepper } from './filmstrip/stepper.js';
import type { Steps } from './bars/workflow.js';
import type { Issues } from './issues/issues-model.js';
import type { Names } from './names.js';
import type { Following } from './people/following.js';
import type { SuggestionList } from './suggestions/suggestions-model.js';
import type { Stage } from '../view/stage.js';

export interface App {
  readonly boot: Boot;
  readonly session: Session;
  readonly store: Store;
  readonly settings: { readonly signal: Signal<Settings>; readonly value: Settings; set(change: Partial<Settings>): void };
  readonly film: Film;
  /** To the next and the previous image of the list. */
  readonly stepper: ReturnType<typeof createStepper>;
  /** The issues of the shown image. */
  readonly issues: Issues;
  /** How the images of the project are shown to this person. */
  readonly adjust: ReturnType<typeof import('./looks/adjust-model.js').createAdjust>;
  /** What models suggest for the shown image. */
  readonly suggestions: SuggestionList;
  /** Whose view this page follows. */
  readonly following: Following;
  readonly names: Names;
  /** The classes by digit; index 0 is digit 1, index 9 is digit 0. */
  readonly slots: ReadonlySignal<(Concept | undefined)[]>;
  /** What the person may do next with the image. */
  readonly steps: ReadonlySignal<Steps>;
  /** Shown in place of the image: why it cannot be shown and what to do; null when it can. */
  readonly trouble: Signal<{ text: string; status: number } | null>;
  /** What each command of the page does; false: it had no use for the key. */
  readonly actions: Record<string, (press?: { isRepeat?: boolean }) => unknown>;
  /** The image that the person sees, or why it cannot be shown, and since when (performance.now()); null while another loads. */
  readonly shown: Signal<{ media: string; at: number } | null>;
  /** True while an image takes noticeably long to load. */
  readonly loading: Signal<boolean>;
  /** Runs a command of the key map by its id, as its key would. */
  run(command: string): void;
  /** The keys of this person. */
  bindings: ReturnType<typeof import('../keys/bindings.js').createBindings>;
  /** The keys of a command, for tooltips: "Ctrl Z". */
  keys(command: string): string;
  /** Shows another image. */
  open(mediaId: string, how?: { isFirst?: boolean; push?: boolean }): Promise<void>;
  /** Tells what happened, seen over the stage and spoken; see notices/announce.js. */
  announce: Announce;
  readonly stage: Stage;
}
