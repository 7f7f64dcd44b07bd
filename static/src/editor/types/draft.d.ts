/** An unfinished polygon or polyline. No code lives here. */
import type { Point } from './geometry';

export interface Draft {
  /** As drawn, also outside the image. */
  readonly points: readonly Point[];
  /** Id of the polygon that gets a hole; null: a new polygon. */
  readonly host: string | null;
  /** Id of the shape that it replaces; null: none. */
  readonly target: string | null;
  /** The tool that continues it; missing: 'polygon'. */
  readonly tool?: string;
}
