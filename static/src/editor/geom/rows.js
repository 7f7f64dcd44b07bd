/**
 * A mask while it is edited: for each row of the image the spans that are set. No array of pixels is held, so a change
 * costs what it touches, however large the image is.
 */

/** @import {Box} from '../types/geometry' */

/** @typedef {{box: Box, mask: number[]}} MaskInBox a run list and the box that it is relative to */

export class Rows {
  constructor() {
    /** Row -> [start, stop, ...], ascending, not touching; rows without pixels are left out. @type {Map<number, number[]>} */
    this.spans = new Map();
  }

  /** @param {readonly number[]} runs @param {Box} box that they are relative to */
  static of(runs, [x0, y0, x1]) {
    const rows = new Rows();
    const width = x1 - x0;
    for (let i = 0; i < runs.length; i += 2) {
      const end = runs[i] - 1 + runs[i + 1];
      for (let at = runs[i] - 1; at < end; ) {
        const row = Math.floor(at / width);
        const stop = Math.min(end, (row + 1) * width);
        rows.#append(y0 + row, x0 + at - row * width, x0 + stop - row * width);
        at = stop;
      }
    }
    return rows;
  }

  /** The same pixels, to be changed on their own. */
  copy() {
    const rows = new Rows();
    for (const [y, spans] of this.spans) rows.spans.set(y, [...spans]);
    return rows;
  }

  /** The spans of a row inside from..to (exclusive), flat. @param {number} y @param {number} from @param {number} to */
  within(y, from, to) {
    /** @type {number[]} */
    const found = [];
    const spans = this.spans.get(y) ?? [];
    for (let i = 0; i < spans.length && spans[i] < to; i += 2) if (spans[i + 1] > from) found.push(Math.max(from, spans[i]), Math.min(to, spans[i + 1]));
    return found;
  }

  /** Adds a span right of all others of its row. @param {number} y @param {number} from @param {number} to */
  #append(y, from, to) {
    const spans = this.spans.get(y);
    if (!spans) this.spans.set(y, [from, to]);
    else if (spans[spans.length - 1] === from) spans[spans.length - 1] = to;
    else spans.push(from, to);
  }

  /** Sets the pixels from..to (exclusive) of a row. @param {number} y @param {number} from @param {number} to */
  add(y, from, to) {
    const spans = this.spans.get(y);
    if (!spans) return void this.spans.set(y, [from, to]);
    let i = 0;
    while (i < spans.length && spans[i + 1] < from) i += 2;
    let j = i;
    while (j < spans.length && spans[j] <= to) j += 2;
    if (j > i) spans.splice(i, j - i, Math.min(from, spans[i]), Math.max(to, spans[j - 1]));
    else spans.splice(i, 0, from, to);
  }

  /** Clears the pixels from..to (exclusive) of a row. @param {number} y @param {number} from @param {number} to */
  remove(y, from, to) {
    const spans = this.spans.get(y);
    if (!spans) return;
    let i = 0;
    while (i < spans.length && spans[i + 1] <= from) i += 2;
    let j = i;
    while (j < spans.length && spans[j] < to) j += 2;
    if (j === i) return;
    const left = spans[i] < from ? [spans[i], from] : [];
    const right = spans[j - 1] > to ? [to, spans[j - 1]] : [];
    spans.splice(i, j - i, ...left, ...right);
    if (!spans.length) this.spans.delete(y);
  }

  /** The smallest box around the pixels; null without any. @returns {Box | null} */
  get bounds() {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [y, spans] of this.spans) {
      left = Math.min(left, spans[0]);
      right = Math.max(right, spans[spans.length - 1]);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
    return left < right ? [left, top, right, bottom] : null;
  }

  /** The run list in the smallest box; null without pixels. @returns {MaskInBox | null} */
  toMask() {
    const box = this.bounds;
    if (!box) return null;
    const [x0, y0, x1, y1] = box;
    /** @type {number[]} */
    const mask = [];
    let end = -1;
    for (let y = y0; y < y1; y += 1) {
      const spans = this.spans.get(y) ?? [];
      const first = (y - y0) * (x1 - x0) - x0 + 1;
      for (let i = 0; i < spans.length; i += 2) {
        const [start, length] = [first + spans[i], spans[i + 1] - spans[i]];
        if (start === end) mask[mask.length - 1] += length;
        else mask.push(start, length);
        end = start + length;
      }
    }
    return { box, mask };
  }
}

/** The pixels that only one of two masks has. @param {Rows} a @param {Rows} b */
export function difference(a, b) {
  const rows = new Rows();
  for (const y of new Set([...a.spans.keys(), ...b.spans.keys()])) {
    const ends = oddOnes(a.spans.get(y) ?? [], b.spans.get(y) ?? []);
    if (ends.length) rows.spans.set(y, ends);
  }
  return rows;
}

/** Both ascending lists in one, without the numbers that are in both. @param {readonly number[]} a @param {readonly number[]} b */
function oddOnes(a, b) {
  /** @type {number[]} */
  const odd = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (j >= b.length || a[i] < b[j]) odd.push(a[i++]);
    else odd.push(b[j++]);
  }
  return odd;
}

/**
 * The clear pixels around (x, y) that the mask closes in; null when they reach the end of the mask (the end of the
 * image closes them in, too), or when the pixel is set. Pixels that touch only by a corner are not joined.
 * @param {Rows} rows @param {number} x @param {number} y @param {number} width of the image @param {number} height
 * @returns {Rows | null}
 */
export function holeAt(rows, x, y, width, height) {
  const box = rows.bounds;
  if (!box || x < box[0] || x >= box[2] || y < box[1] || y >= box[3]) return null;
  const open = new Gaps(rows, box);
  const hole = new Rows();
  const first = open.take(y, x, x + 1);
  const todo = first.map((gap) => ({ y, gap }));
  while (todo.length) {
    const { y: row, gap: [from, to] } = /** @type {{y: number, gap: [number, number]}} */ (todo.pop());
    const reachesSide = (from === box[0] && from > 0) || (to === box[2] && to < width);
    if (reachesSide || (row === box[1] && row > 0) || (row === box[3] - 1 && row < height - 1)) return null;
    hole.add(row, from, to);
    for (const next of [row - 1, row + 1]) for (const gap of open.take(next, from, to)) todo.push({ y: next, gap });
  }
  return first.length ? hole : null;
}

/** The clear spans of a box, each taken once. */
class Gaps {
  /** @param {Rows} rows @param {Box} box */
  constructor(rows, box) {
    this.rows = rows;
    this.box = box;
    /** @type {Map<number, [number, number][]>} */
    this.left = new Map();
  }

  /** @param {number} y @returns {[number, number][]} */
  #of(y) {
    const [x0, y0, x1, y1] = this.box;
    if (y < y0 || y >= y1) return [];
    const ends = [x0, ...(this.rows.spans.get(y) ?? []), x1];
    /** @type {[number, number][]} */
    const gaps = [];
    for (let i = 0; i < ends.length; i += 2) if (ends[i] < ends[i + 1]) gaps.push([ends[i], ends[i + 1]]);
    return gaps;
  }

  /** Gaps of the row that were not taken yet and overlap from..to. @param {number} y @param {number} from @param {number} to */
  take(y, from, to) {
    const left = this.left.get(y) ?? this.#of(y);
    const taken = left.filter((gap) => gap[0] < to && gap[1] > from);
    this.left.set(y, taken.length ? left.filter((gap) => !taken.includes(gap)) : left);
    return taken;
  }
}

/**
 * What turns one mask into another: the pixels that change, and how many there are afterwards.
 * @param {MaskInBox} before @param {MaskInBox} after
 * @returns {{box: Box, mask: number[], area: number} | null} null when they are equal
 */
export function maskDelta(before, after) {
  const changed = difference(Rows.of(before.mask, before.box), Rows.of(after.mask, after.box)).toMask();
  if (!changed) return null;
  let area = 0;
  for (let i = 1; i < after.mask.length; i += 2) area += after.mask[i];
  return { ...changed, area };
}
