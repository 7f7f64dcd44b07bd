/**
 * Paths along edges in the image (live-wire, "intelligent scissors"): the cheapest way over the corners of pixels from one
 * place to another, where a side of a pixel costs less the more the colors on its two sides differ. Dijkstra's algorithm,
 * as far as it is needed for what is asked.
 */

/** @import {Pixels} from './flood.js' */

/** What a side costs: at an edge, and where colors do not differ. */
const LEAST_COST = 1;
const MOST_COST = 60;
/** Corners on each side of the window around the first place that are looked at. */
const REACH = 512;
/** A difference of colors that is a full edge: the strength of this share of the sides around, within limits. */
const STRONG_SHARE = 0.96;
const STRONG_LIMITS = [20, 110];
/** A place snaps to the nearest corner of at least this share of the strongest edge in reach. */
const SNAP_SHARE = 0.6;
const UNKNOWN = 255;
const FAR = 2 ** 31 - 1;
/** Steps by number: right, left, down, up. */
const [RIGHT, LEFT, DOWN, UP] = [0, 1, 2, 3];

/** The differences of colors across the sides of pixels, each found when it is first asked for. */
export class Edges {
  /** @param {Pixels} pixels */
  constructor({ data, width, height }) {
    this.data = data;
    this.width = width;
    this.height = height;
  }

  /** Across the side below the corner (x, y), between two columns; 0 at the border. @param {number} x @param {number} y */
  upright(x, y) {
    return x <= 0 || x >= this.width || y < 0 || y >= this.height ? 0 : this.#difference(x - 1, y, x, y, 0, 1);
  }

  /** Across the side right of the corner (x, y), between two rows; 0 at the border. @param {number} x @param {number} y */
  level(x, y) {
    return y <= 0 || y >= this.height || x < 0 || x >= this.width ? 0 : this.#difference(x, y - 1, x, y, 1, 0);
  }

  /**
   * The largest difference of a channel between two pixels, each with half of those beside it along the side: 0 to 255.
   * @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} dx along the side @param {number} dy
   */
  #difference(ax, ay, bx, by, dx, dy) {
    const { data, width, height } = this;
    const isFirst = ax < dx || ay < dy;
    const isLast = ax + dx >= width || ay + dy >= height;
    const step = 4 * (dy * width + dx);
    const a = 4 * (ay * width + ax);
    const b = 4 * (by * width + bx);
    const [beforeA, afterA] = [isFirst ? a : a - step, isLast ? a : a + step];
    const [beforeB, afterB] = [isFirst ? b : b - step, isLast ? b : b + step];
    let most = 0;
    for (let c = 0; c < 3; c += 1) {
      const d = Math.abs(data[beforeA + c] + 2 * data[a + c] + data[afterA + c] - data[beforeB + c] - 2 * data[b + c] - data[afterB + c]);
      if (d > most) most = d;
    }
    return most / 4;
  }

  /** The strongest edge at a corner. @param {number} x @param {number} y */
  at(x, y) {
    return Math.max(this.upright(x, y), this.upright(x, y - 1), this.level(x, y), this.level(x - 1, y));
  }

  /** The corner of an edge near a place: the nearest of the strong ones. @param {number} x @param {number} y @param {number} radius @returns {[number, number]} */
  snap(x, y, radius) {
    const clamp = (/** @type {number} */ n, /** @type {number} */ most) => Math.min(most, Math.max(0, Math.round(n)));
    const [cx, cy] = [clamp(x, this.width), clamp(y, this.height)];
    /** @type {{x: number, y: number, distance: number, strength: number}[]} */
    const found = [];
    for (let j = Math.ceil(y - radius); j <= y + radius; j += 1) {
      for (let i = Math.ceil(x - radius); i <= x + radius; i += 1) {
        const distance = Math.hypot(i - x, j - y);
        if (i >= 0 && j >= 0 && i <= this.width && j <= this.height && distance <= radius) found.push({ x: i, y: j, distance, strength: this.at(i, j) });
      }
    }
    const most = found.reduce((sum, one) => Math.max(sum, one.strength), 0);
    if (most < STRONG_LIMITS[0] / 2) return [cx, cy];
    const strong = found.filter((one) => one.strength >= most * SNAP_SHARE);
    const best = strong.reduce((a, b) => (b.distance < a.distance ? b : a));
    return [best.x, best.y];
  }
}

export class Wire {
  /** @param {Edges} edges @param {number} x the corner where it begins @param {number} y */
  constructor(edges, x, y) {
    this.edges = edges;
    /** Corners of the window. @type {number} */
    this.left = Math.max(0, x - REACH);
    /** @type {number} */
    this.top = Math.max(0, y - REACH);
    this.right = Math.min(edges.width, x + REACH);
    this.bottom = Math.min(edges.height, y + REACH);
    /** Corners of a row. @type {number} */
    this.across = this.right - this.left + 1;
    const size = this.across * (this.bottom - this.top + 1);
    this.cost = new Int32Array(size).fill(FAR);
    /** The step that leads to each corner. */
    this.step = new Uint8Array(size).fill(UNKNOWN);
    this.isDone = new Uint8Array(size);
    /** What the side right of and the side below each corner costs, 0 while that is not known. */
    this.levels = new Uint8Array(size);
    this.uprights = new Uint8Array(size);
    /** Corners that wait, by their cost modulo the number of lists. @type {number[][]} */
    this.waiting = Array.from({ length: MOST_COST + 1 }, () => []);
    /** Entries of these lists. */
    this.count = 1;
    this.level = 0;
    this.strong = this.#findStrong();
    const first = this.#index(x, y);
    this.first = first;
    this.cost[first] = 0;
    this.waiting[0].push(first);
  }

  /** The difference that counts as a full edge here, from a sample of the sides. */
  #findStrong() {
    const counts = new Uint32Array(256);
    let count = 0;
    for (let y = this.top; y < this.bottom; y += 5) {
      for (let x = this.left; x < this.right; x += 5) {
        counts[Math.round(Math.max(this.edges.upright(x, y), this.edges.level(x, y)))] += 1;
        count += 1;
      }
    }
    let seen = 0;
    let strong = 0;
    while (strong < 255 && seen + counts[strong] < count * STRONG_SHARE) seen += counts[strong++];
    return Math.min(STRONG_LIMITS[1], Math.max(STRONG_LIMITS[0], strong));
  }

  /** @param {number} x @param {number} y @returns {number} */
  #index(x, y) {
    return (y - this.top) * this.across + x - this.left;
  }

  /** @param {number} difference */
  #price(difference) {
    const lack = 1 - Math.min(1, difference / this.strong);
    return LEAST_COST + Math.round((MOST_COST - LEAST_COST) * lack * lack);
  }

  /** Goes on until the way to a corner is known. @param {number} target */
  #growTo(target) {
    const { waiting, isDone, cost } = this;
    while (!isDone[target]) {
      const list = waiting[this.level % waiting.length];
      const at = list.pop();
      if (at === undefined) {
        if (this.count === 0) return;
        this.level += 1;
        continue;
      }
      this.count -= 1;
      if (isDone[at] || cost[at] !== this.level) continue;
      isDone[at] = 1;
      this.#spread(at);
    }
  }

  /** @param {number} at */
  #spread(at) {
    const { edges, across, left, top, right, bottom, isDone, levels, uprights } = this;
    const x = left + (at % across);
    const y = top + Math.floor(at / across);
    if (x < right && !isDone[at + 1]) this.#reach(at + 1, (levels[at] ||= this.#price(edges.level(x, y))), RIGHT);
    if (x > left && !isDone[at - 1]) this.#reach(at - 1, (levels[at - 1] ||= this.#price(edges.level(x - 1, y))), LEFT);
    if (y < bottom && !isDone[at + across]) this.#reach(at + across, (uprights[at] ||= this.#price(edges.upright(x, y))), DOWN);
    if (y > top && !isDone[at - across]) this.#reach(at - across, (uprights[at - across] ||= this.#price(edges.upright(x, y - 1))), UP);
  }

  /** @param {number} at @param {number} price @param {number} step */
  #reach(at, price, step) {
    const cost = this.level + price;
    if (cost >= this.cost[at]) return;
    this.cost[at] = cost;
    this.step[at] = step;
    this.waiting[cost % this.waiting.length].push(at);
    this.count += 1;
  }

  /**
   * The way to a corner, flat: x, y of where it begins, of each turn and of where it ends. What lies outside the window is
   * reached by a straight line.
   * @param {number} x @param {number} y @returns {number[]}
   */
  path(x, y) {
    const [tx, ty] = [Math.min(this.right, Math.max(this.left, x)), Math.min(this.bottom, Math.max(this.top, y))];
    let at = this.#index(tx, ty);
    this.#growTo(at);
    const moves = [1, -1, this.across, -this.across];
    const back = tx === x && ty === y ? [ty, tx] : [y, x, ty, tx];
    if (at === this.first) return tx === x && ty === y ? [x, y] : [tx, ty, x, y];
    let last = this.step[at];
    while (at !== this.first) {
      const step = this.step[at];
      if (step !== last) back.push(this.top + Math.floor(at / this.across), this.left + (at % this.across));
      last = step;
      at -= moves[step];
    }
    back.push(this.top + Math.floor(at / this.across), this.left + (at % this.across));
    return back.reverse();
  }
}
