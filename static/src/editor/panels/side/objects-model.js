/** Which objects the list shows and in what order. Pure. */

import { degrees, frameOf, isFramed } from '../../geom/frame.js';

/** @import {Label} from '../../types/labels' */
/** @import {Concept} from '../../types/page' */

/** @typedef {{id: string, n: number}} Row `n` is the number in the order of drawing, 1 the lowest */

/** @param {Label} label */
const area = ({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);

/** @type {Readonly<Record<string, (a: Label, b: Label) => number>>} */
const ORDERS = Object.freeze({
  area: (a, b) => area(b) - area(a),
  score: (a, b) => (b.score ?? -1) - (a.score ?? -1),
  newest: (a, b) => (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0),
});

/** Ways to sort: by number (as drawn), by class, size, score, newest first. */
export const SORTS = Object.freeze(['number', 'class', 'area', 'score', 'newest']);

/**
 * The rows of the list.
 * @param {readonly string[]} order ids as drawn @param {ReadonlyMap<string, Label>} labels
 * @param {{text?: string, sort?: string, concept: (id: string) => Concept | undefined, author?: (id: string | null) => string, words?: (label: Label) => string}} how
 * @returns {Row[]}
 */
export function rowsOf(order, labels, { text = '', sort = 'number', concept, author = () => '', words = () => '' }) {
  const wanted = text.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  /** @type {Row[]} */
  let rows = [];
  for (let i = 0; i < order.length; i += 1) {
    if (wanted.length) {
      const label = /** @type {Label} */ (labels.get(order[i]));
      const told = `${i + 1} ${concept(label.concept)?.name ?? ''} ${author(label.created_by)} ${words(label)}`.toLocaleLowerCase();
      if (!wanted.every((word) => told.includes(word))) continue;
    }
    rows.push({ id: order[i], n: i + 1 });
  }
  if (sort === 'class') {
    const place = (/** @type {Row} */ row) => concept(labels.get(row.id)?.concept ?? '')?.order ?? Infinity;
    rows = rows.map((row) => ({ row, at: place(row) })).sort((a, b) => a.at - b.at || a.row.n - b.row.n).map(({ row }) => row);
  } else if (ORDERS[sort]) {
    const by = ORDERS[sort];
    const of = (/** @type {Row} */ row) => /** @type {Label} */ (labels.get(row.id));
    rows.sort((a, b) => by(of(a), of(b)) || a.n - b.n);
  }
  return rows;
}

/** What the next row is when one leaves: the one after it, else the one before. @param {readonly Row[]} rows @param {ReadonlySet<string>} removed */
export function neighbor(rows, removed) {
  const at = rows.findIndex((row) => removed.has(row.id));
  if (at < 0) return null;
  const after = rows.slice(at).find((row) => !removed.has(row.id));
  return (after ?? rows.slice(0, at).findLast((row) => !removed.has(row.id)))?.id ?? null;
}

/** Vertices that a person would count: of a line there and back each once, none of a shape with a frame. @param {Label} label */
function countPoints(label) {
  if (!label.points || isFramed(label)) return 0;
  const count = label.points.flat().reduce((sum, ring) => sum + ring.length, 0);
  return label.shape === 'polyline' ? (count + 1) / 2 : count;
}

/** The geometry in figures: "52 points · 177 × 211 px". @param {Label} label @param {(n: number, digits?: number) => string} num */
export function figures(label, num) {
  const { box: [x0, y0, x1, y1], points, mask, keypoints } = label;
  const frame = isFramed(label) ? frameOf(label) : null;
  const [w, h] = frame ? [frame.w, frame.h] : [x1 - x0, y1 - y0];
  const turn = frame && degrees(frame) ? `, ${num(degrees(frame), 1)}°` : '';
  const size = `${num(w, 1)} × ${num(h, 1)} px${turn}`;
  let pixels = 0;
  for (let i = 1; mask && i < mask.length; i += 2) pixels += mask[i];
  return { size, points: countPoints(label), holes: points ? points.reduce((sum, part) => sum + part.length - 1, 0) : 0, pixels, keypoints: keypoints.length };
}
