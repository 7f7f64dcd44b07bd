/**
 * A flood over pixels of like color: which pixels are joined to the first one, for each tolerance.
 *
 * The distance of two colors is the largest difference of a channel (0 to 255). A pixel is joined at the smallest
 * tolerance for which a way over sides of pixels leads to it on which no pixel is further from the first one than that.
 * Pixels are taken in the order of that tolerance, so a higher one goes on where the last one ended, and a lower one is
 * read from what is known.
 */

/** Not reached yet; a pixel that differs by as much is never joined. */
const OPEN = 255;
/** The highest tolerance. */
export const MOST = 254;
/** Pixels are sorted when there are fewer than one of so many in the box around all. */
const SPARSE = 16;
/** End of a list. */
const NONE = -1;

/** @typedef {{data: Uint8ClampedArray, width: number, height: number}} Pixels RGBA, row by row */

export class Flood {
  /** @param {Pixels} pixels @param {number} x the first pixel @param {number} y */
  constructor({ data, width, height }, x, y) {
    this.data = data;
    this.width = width;
    this.height = height;
    const size = width * height;
    /** The tolerance at which a pixel is joined. */
    this.levels = new Uint8Array(size).fill(OPEN);
    /** The pixels that wait, as a list for each level: the next one of each pixel. */
    this.next = new Int32Array(size);
    this.heads = new Int32Array(256).fill(NONE);
    /** The pixels in the order in which they joined, and how many had at each tolerance. */
    this.order = new Int32Array(1024);
    this.count = 0;
    this.counts = new Int32Array(256);
    /** Rows and columns that they are in. */
    this.bounds = { left: x, top: y, right: x + 1, bottom: y + 1 };
    /** All of this tolerance and below is known. */
    this.grown = -1;
    const first = y * width + x;
    this.color = data.slice(4 * first, 4 * first + 4);
    this.levels[first] = 0;
    this.heads[0] = first;
    this.next[first] = NONE;
  }

  /** Finds all pixels that are joined at the tolerance. @param {number} tolerance */
  grow(tolerance) {
    const { data, width, height, levels, next, heads, bounds } = this;
    const [r, g, b, a] = this.color;
    /** @param {number} at @param {number} level of the pixel that leads to it */
    const reach = (at, level) => {
      if (levels[at] !== OPEN) return;
      const i = 4 * at;
      const distance = Math.max(Math.abs(data[i] - r), Math.abs(data[i + 1] - g), Math.abs(data[i + 2] - b), Math.abs(data[i + 3] - a));
      if (distance >= OPEN) return;
      const joined = distance > level ? distance : level;
      levels[at] = joined;
      next[at] = heads[joined];
      heads[joined] = at;
    };
    for (; this.grown < tolerance; this.grown += 1) {
      const level = this.grown + 1;
      while (heads[level] !== NONE) {
        const at = heads[level];
        heads[level] = next[at];
        if (this.count === this.order.length) this.#makeRoom();
        this.order[this.count++] = at;
        const y = Math.floor(at / width);
        const x = at - y * width;
        if (x < bounds.left) bounds.left = x;
        if (x >= bounds.right) bounds.right = x + 1;
        if (y < bounds.top) bounds.top = y;
        if (y >= bounds.bottom) bounds.bottom = y + 1;
        if (x > 0) reach(at - 1, level);
        if (x < width - 1) reach(at + 1, level);
        if (y > 0) reach(at - width, level);
        if (y < height - 1) reach(at + width, level);
      }
      this.counts[level] = this.count;
    }
  }

  #makeRoom() {
    const { order } = this;
    this.order = new Int32Array(Math.min(this.levels.length, 2 * order.length));
    this.order.set(order);
  }

  /**
   * The pixels that are joined above the one tolerance and at most at the other: flat row, from, to.
   * @param {number} above -1 for all @param {number} tolerance
   */
  spans(above, tolerance) {
    this.grow(tolerance);
    const { left, top, right, bottom } = this.bounds;
    const first = above < 0 ? 0 : this.counts[above];
    const joined = this.counts[tolerance] - first;
    // few pixels are sorted, many are looked for in all rows
    if (joined < ((right - left) * (bottom - top)) / SPARSE) return this.#spansOf(this.order.slice(first, first + joined).sort());
    return this.#spansIn(above, tolerance);
  }

  /** @param {Int32Array} sorted pixels */
  #spansOf(sorted) {
    const { width } = this;
    /** @type {number[]} */
    const spans = [];
    for (let i = 0; i < sorted.length;) {
      const y = Math.floor(sorted[i] / width);
      const from = sorted[i] - y * width;
      let length = 1;
      while (i + length < sorted.length && sorted[i + length] === sorted[i] + length && from + length < width) length += 1;
      spans.push(y, from, from + length);
      i += length;
    }
    return spans;
  }

  /** @param {number} above @param {number} tolerance */
  #spansIn(above, tolerance) {
    const { levels, width, bounds: { left, top, right, bottom } } = this;
    /** @type {number[]} */
    const spans = [];
    for (let y = top; y < bottom; y += 1) {
      const row = y * width;
      let from = -1;
      for (let x = left; x < right; x += 1) {
        const level = levels[row + x];
        const isIn = level > above && level <= tolerance;
        if (isIn && from < 0) from = x;
        if (isIn || from < 0) continue;
        spans.push(y, from, x);
        from = -1;
      }
      if (from >= 0) spans.push(y, from, right);
    }
    return spans;
  }
}
