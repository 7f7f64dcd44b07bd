/** Other people on the same project, and their cursors. */

export interface Presence {
  /** Tab uuid. */
  client: string;
  user: string;
  name: string;
  initials: string;
  hue: number;
  media: string | null;
  /** True for this tab. */
  isSelf?: boolean;
}
export interface Cursor {
  client: string;
  user: string;
  name: string;
  hue: number;
  media: string;
  x: number;
  y: number;
}
