/** What models suggest for an image. */
import type { Label } from './labels';

/** As the server sends it. */
export type SuggestionData = Pick<Label, 'id' | 'concept' | 'box' | 'shape' | 'points' | 'mask'> & {
  score: number;
  model: string;
  is_rejected: boolean;
};

/** A suggestion as it is drawn: with all that a label has. Frozen: a new object when anything changed. */
export interface Suggestion extends Label {
  readonly score: number;
  readonly model: string;
  readonly is_rejected: boolean;
}
