/** Other people on the same project, and their cursors. */

export interface Presence {
  /** Tab uuid. */
  client: string;
  user: string;
  name: string;
  initials: string;
  hue: number;
  media: string | null;
  /** When they came to the image, ISO 8601; null for who may not label. */
  since?: string | null;
  /** True for this tab. */
  isSelf?: boolean;
}
/** What of an image a page shows. */
export interface SharedView {
  client: string;
  media: string;
  /** The image point in the middle. */
  x: number;
  y: number;
  /** CSS pixels per image pixel. */
  zoom: number;
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
