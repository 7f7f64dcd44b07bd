/** What the page gets from the server: project, vocabulary, people, the image and what may be done with it. */
import type { Label } from './labels';

export interface Concept {
  id: string;
  name: string;
  number: number;
  /** CSS color. */
  color: string;
  /** Text color on `color`. */
  ink: string;
  /** Palette slot 1.., for dash patterns. */
  label_slot: number;
  order: number;
  on_region: boolean;
  on_media: boolean;
  keypoint_schema: string | null;
  tag_group?: string | null;
}

export interface KeypointSchema {
  id: string;
  name: string;
  /** In order; x and y: the place in the template, null where it has none. */
  classes: { id: string; name: string; x?: number | null; y?: number | null }[];
  edges: [string, string, string][];
}

/** As the server stores it: the id of an option, ids of options, text, a number or a truth value. */
export type AttributeValue = string | readonly string[] | number | boolean;

/** Values by attribute, of each label or medium that has any. */
export type ValuesBySubject = Record<string, Record<string, AttributeValue>>;

export interface Attribute {
  id: string;
  name: string;
  kind: 'SELECTION' | 'MULTIPLE-SELECTION' | 'TEXT' | 'INT' | 'FLOAT' | 'BOOL';
  /** What has the value. */
  subject: 'IMAGE' | 'VIDEO' | 'LABEL' | 'SEGMENT';
  description: string;
  is_required: boolean;
  default: AttributeValue | null;
  minimum: number | null;
  maximum: number | null;
  /** In order. */
  options: { id: string; value: string }[];
  /** The classes that offer it: its place among the attributes of each. */
  concepts: Record<string, number>;
}

export interface TagGroup {
  id: string;
  name: string;
  /** 'SELECTION': at most one tag of the group. */
  kind: string;
}

export interface Status {
  id: string;
  name: string;
  /** One of the seven base statuses. */
  base: string;
  color?: string;
}

export interface Person {
  id: string;
  name: string;
  initials: string;
  hue: number;
}

/** Who is signed in, the project and its vocabulary; answer of GET /web/projects/<id>/session. */
export interface PageSession {
  v: 1;
  user: Person;
  /** The keys that the person chose, as they were saved; null for the default ones. */
  keys?: unknown;
  project: { id: string; name: string };
  urls: {
    state: string;
    changes: string;
    cut: string;
    tiles: string;
    session: string;
    events: string;
    film: string;
    history: string;
    issues: string;
    suggestions: string;
    guidelines: string;
    examples: string;
    ws: string;
    label_page: string;
    media_page: string;
    project_page: string;
    classes_page: string;
    sign_in: string;
  };
  concepts: Concept[];
  keypoint_schemas: KeypointSchema[];
  statuses: Status[];
  tag_groups?: TagGroup[];
  /** In order. */
  attributes?: Attribute[];
  /** Names of the workspace's members, for "drawn by". */
  people?: Person[];
  csrf: string;
  debug: boolean;
  /** English text -> text in the person's language; an array for plurals (see i18n.js). */
  strings: Record<string, string | string[]>;
}

/** What the page is rendered with: the session, and the image it opens with. */
export interface Boot extends PageSession {
  /** Whether the account has not seen the hints of the first visit. */
  hints: boolean;
  media: string;
  /** Query string of the list the person came from, without "?". */
  filter: string;
}

export interface Media {
  id: string;
  name: string;
  kind: string;
  width: number;
  height: number;
  url: string;
  preview_url: string;
  thumbnail_url: string;
  /** What to show where the preview has too few pixels: the original if browsers show it right, otherwise the preview. */
  detail_url: string;
  /** The values shown as black and white, of an image with more than 8 bits per channel. */
  display_range: [number, number] | null;
  /** Addresses of the layers of tiles ("{tile}" stands for one); without them, why there are none, or nothing while they are made. */
  tiles?: { layers: string[]; problem: string } | null;
  dataset: { id: string; name: string } | null;
  status: Status;
  is_frozen: boolean;
  health: string;
  health_reason?: string;
  /** Why a reviewer sent the image back last; null when they did not, or it was finished since. */
  rejection?: { reason: string; by: string | null; name: string; at: string } | null;
  number: number;
}

export interface May {
  label: boolean;
  tag?: boolean;
  role?: string;
  /** Names of the statuses this person may set now. */
  status: string[];
  /** The same by the base of the status that the image has. */
  moves?: Record<string, string[]>;
  /** Why not, as text, when `label` is false. */
  reason: string;
  /** 'finished': the page itself does not offer changes. */
  code?: 'finished';
}

/** Answer of GET /web/media/<id>/state. */
export interface MediaState {
  media: Media;
  seq: number;
  head: number;
  labels: Label[];
  tags: string[];
  attribute_values?: ValuesBySubject;
  may: May;
  position: { index: number | null; total: number } | null;
  filter: Record<string, unknown>;
}
