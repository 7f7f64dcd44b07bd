/**
 * Draws the shapes of an image into bitmaps: whole, or only what moved into view or changed. Knows no messages.
 *
 * The last drawing stays in `back`. A pan on the same pixel grid shifts it and draws the strips that came into
 * view; a change of shapes draws the rectangles it touched. Both give the same pixels as drawing all.
 */
import { MASK } from './format.js';
import { BLOCKS, FINE, LINES, PLAIN, makeStyle, maskCanvas, paintBlock, paintShape } from './paint.js';
import { Table } from './table.js';

/** @typedef {import('./format.js').DrawRequest} DrawRequest */
/** @typedef {import('./format.js').Pack} Pack */
/** @typedef {[number, number, number, number]} Rect */

/**
 * @typedef {object} Back What is in the back canvas.
 * @property {number} scale @property {number} x0 @property {number} y0
 * @property {number} width @property {number} height @property {number} ratio
 * @property {number} level @property {number} block  shapes under this many device pixels are blocks
 */

/** Below this many CSS pixels a shape is a block, when there are more than MANY. */
const BLOCK_SIZE = 8;
const MANY = 4000;
/** Width plus height in CSS pixels from which corners are rounded; nobody sees it on smaller shapes, and it costs a sixth. */
const ROUND_FROM = 80;
/** A drawing that is not urgent pauses after this time to look for a newer one. */
const SLICE_MS = 6;
/** A drawing that has taken this many times its budget goes on with blocks. */
const LATE = 2;
const DIRTY_LIMIT = 24;
const MASK_CACHE_PIXELS = 48e6;
/** Microseconds [per shape, per number of geometry] on the machine this was written on; corrected while running. */
const COST = [[6, 1], [3, 0.35], [2, 0.25], [2, 0.2]];
const BLOCK_COST = 2;
const MASK_COST = 40;
/** Smallest size in CSS pixels that is still drawn as an outline, by level. */
const LEVEL_BLOCK = [0, 0, 14, 40];

export class Engine {
  /**
   * @param {(width: number, height: number) => OffscreenCanvas | HTMLCanvasElement} makeCanvas
   * @param {() => number} now milliseconds
   */
  constructor(makeCanvas, now = () => performance.now()) {
    this.makeCanvas = makeCanvas;
    this.now = now;
    this.table = new Table();
    /** @type {import('./paint.js').Style[]} */
    this.styles = [];
    /** @type {import('./format.js').Schema[]} */
    this.schemas = [];
    /** @type {Set<number>} */
    this.excluded = new Set();
    /** @type {Map<number, {canvas: CanvasImageSource, pixels: number, key: string}>} */
    this.masks = new Map();
    this.maskPixels = 0;
    this.canvas = makeCanvas(1, 1);
    this.g = /** @type {import('./paint.js').Context} */ (this.canvas.getContext('2d'));
    this.probe = /** @type {import('./paint.js').Context} */ (makeCanvas(1, 1).getContext('2d'));
    /** @type {Back | null} */
    this.back = null;
    this.lastScale = 0;
    /** Image rectangles that changed since `back` was drawn. @type {Rect[]} */
    this.dirty = [];
    this.factor = [1, 1, 1, 1];
    this.how = {
      level: FINE,
      schemas: this.schemas,
      mask: (/** @type {import('./paint.js').ShapeRow} */ row, /** @type {import('./paint.js').Style} */ style) =>
        this.#mask(row, style),
    };
    this.row = { kind: 0, flags: 0, box: this.table.box, boxAt: 0, data: this.table.data, at: 0 };
    this.slot = 0;
  }

  /** @param {Pack} pack */
  load(pack) {
    this.table.load(pack);
    this.excluded.clear();
    this.#forgetMasks();
    this.back = null;
    this.dirty = [];
  }

  /** @param {Pack} pack @param {Uint32Array} removed */
  patch(pack, removed) {
    for (const slot of pack.slot) this.#touch(slot);
    for (const slot of removed) this.#touch(slot);
    this.table.patch(pack, removed);
    for (const slot of pack.slot) {
      this.#forgetMask(slot);
      this.#touch(slot);
    }
    for (const slot of removed) this.#forgetMask(slot);
  }

  /** @param {Uint32Array} slots */
  reorder(slots) {
    this.table.reorder(slots);
    this.back = null;
  }

  /** @param {Uint32Array} slots @param {Uint8Array} flags */
  setFlags(slots, flags) {
    this.table.setFlags(slots, flags);
    for (const slot of slots) this.#touch(slot);
  }

  /** Shapes that the page draws itself for now. @param {Uint32Array} slots */
  exclude(slots) {
    const next = new Set(slots);
    for (const slot of this.excluded) if (!next.has(slot)) this.#touch(slot);
    for (const slot of next) if (!this.excluded.has(slot)) this.#touch(slot);
    this.excluded = next;
  }

  /** @param {import('./format.js').Palette} palette @param {import('./format.js').Schema[]} schemas */
  style(palette, schemas) {
    this.styles = palette.colors.map((rgb, i) => makeStyle(rgb, palette.inks[i], palette));
    this.schemas = schemas;
    this.how.schemas = schemas;
    this.back = null;
  }

  /** @param {number} slot */
  #touch(slot) {
    if (!this.back || !this.table.isLive(slot)) return;
    const b = this.table.box.subarray(4 * slot, 4 * slot + 4);
    if (this.dirty.length >= DIRTY_LIMIT) {
      const all = this.dirty[0];
      for (const r of this.dirty.splice(1)) include(all, r);
      include(all, b);
    } else {
      this.dirty.push([b[0], b[1], b[2], b[3]]);
    }
  }

  #forgetMasks() {
    this.masks.clear();
    this.maskPixels = 0;
  }

  /** @param {number} slot */
  #forgetMask(slot) {
    const old = this.masks.get(slot);
    if (!old) return;
    this.masks.delete(slot);
    this.maskPixels -= old.pixels;
  }

  /** @param {import('./paint.js').ShapeRow} row @param {import('./paint.js').Style} style */
  #mask(row, style) {
    const key = style.stroke;
    const old = this.masks.get(this.slot);
    this.#forgetMask(this.slot);
    const cached = old?.key === key ? old : {
      canvas: maskCanvas(row.data, row.at, style.rgb, this.makeCanvas),
      pixels: row.data[row.at + 2] * row.data[row.at + 3],
      key,
    };
    this.masks.set(this.slot, cached);
    this.maskPixels += cached.pixels;
    for (const slot of this.masks.keys()) {
      if (this.maskPixels <= MASK_CACHE_PIXELS || slot === this.slot) break;
      this.#forgetMask(slot);
    }
    return cached.canvas;
  }

  /**
   * Brings the back canvas to the request. Yields now and then when the request is not urgent; a run that is given
   * up is ended with `return()`. Returns what was drawn; `estimate` is for `recordTime`.
   * A canvas that is not `isReusable` may be transferred instead of copied: while zooming the next drawing cannot use it.
   * @param {DrawRequest} request
   * @returns {Generator<void, {shapes: number, level: number, isFull: boolean, isReusable: boolean, estimate: number}, void>}
   */
  *draw(request) {
    const back = this.#reusable(request);
    /** Device rectangles to draw. @type {Rect[]} */
    let rects = back ? this.#shift(back, request) : [];
    const whole = request.width * request.height;
    const isFull = !back || rects.reduce((sum, r) => sum + (r[2] - r[0]) * (r[3] - r[1]), 0) > 0.6 * whole;
    const view = back ?? /** @type {Back} */ ({ ...pick(request), level: FINE, block: 0 });
    if (isFull) rects = [[0, 0, request.width, request.height]];
    if (!back) this.#resize(request);
    const parts = rects.map((rect) => this.#visible(view, rect));
    if (isFull) Object.assign(view, { level: FINE, block: (parts[0].length > MANY ? BLOCK_SIZE : 0) * request.ratio });
    const { level, block, estimate } = this.#chooseLevel(parts, view, request);
    Object.assign(view, { level, block });
    this.back = null;
    this.dirty = [];
    let shapes = 0;
    const deadline = request.moving ? this.now() + LATE * request.budget : Infinity;
    for (const [i, rect] of rects.entries()) {
      yield* this.#drawRect(view, rect, parts[i], deadline);
      shapes += parts[i].length;
    }
    const isReusable = !request.moving || request.scale === this.lastScale;
    this.lastScale = request.scale;
    this.back = isReusable ? view : null;
    return { shapes, level: view.level, isFull, isReusable, estimate: view.level === level ? estimate : 0 };
  }

  /**
   * How long a drawing took after all, for the choice of the next level.
   * @param {number} level @param {number} estimate @param {number} ms
   */
  recordTime(level, estimate, ms) {
    if (estimate < 3) return;
    const next = 0.6 * this.factor[level] + 0.4 * (ms / estimate);
    this.factor[level] = Math.min(20, Math.max(0.1, next));
  }

  /** The level of the last drawing is finer than requested, or at least as fine. @param {DrawRequest} r */
  #reusable(r) {
    const b = this.back;
    if (!b || b.scale !== r.scale || b.width !== r.width || b.height !== r.height || b.ratio !== r.ratio) return null;
    if (!r.moving && b.level > FINE) return null;
    const dx = (r.x0 - b.x0) * b.scale;
    const dy = (r.y0 - b.y0) * b.scale;
    if (Math.abs(dx - Math.round(dx)) > 0.02 || Math.abs(dy - Math.round(dy)) > 0.02) return null;
    return Math.abs(dx) < r.width && Math.abs(dy) < r.height ? b : null;
  }

  /**
   * Moves what is drawn and returns the rectangles that are still to be drawn.
   * @param {Back} back @param {DrawRequest} r @returns {Rect[]}
   */
  #shift(back, r) {
    const dx = -Math.round((r.x0 - back.x0) * back.scale);
    const dy = -Math.round((r.y0 - back.y0) * back.scale);
    back.x0 -= dx / back.scale;
    back.y0 -= dy / back.scale;
    const { width, height } = back;
    /** @type {Rect[]} */
    const rects = [];
    if (dx || dy) {
      this.g.globalCompositeOperation = 'copy';
      this.g.drawImage(/** @type {CanvasImageSource} */ (this.canvas), dx, dy);
      this.g.globalCompositeOperation = 'source-over';
      if (dx) rects.push(dx > 0 ? [0, 0, dx, height] : [width + dx, 0, width, height]);
      if (dy) rects.push(dy > 0 ? [0, 0, width, dy] : [0, height + dy, width, height]);
    }
    const pad = 8 * back.ratio;
    for (const d of this.dirty) {
      const rect = /** @type {Rect} */ ([
        Math.max(0, Math.floor((d[0] - back.x0) * back.scale - pad)),
        Math.max(0, Math.floor((d[1] - back.y0) * back.scale - pad)),
        Math.min(width, Math.ceil((d[2] - back.x0) * back.scale + pad)),
        Math.min(height, Math.ceil((d[3] - back.y0) * back.scale + pad)),
      ]);
      if (rect[2] > rect[0] && rect[3] > rect[1]) rects.push(rect);
    }
    return rects;
  }

  /** @param {DrawRequest} r */
  #resize(r) {
    if (this.canvas.width !== r.width || this.canvas.height !== r.height) {
      this.canvas.width = r.width;
      this.canvas.height = r.height;
    }
  }

  /** @param {Back} v @param {Rect} rect device pixels */
  #visible(v, rect) {
    const pad = 8 * v.ratio;
    return this.table.query(
      v.x0 + (rect[0] - pad) / v.scale,
      v.y0 + (rect[1] - pad) / v.scale,
      v.x0 + (rect[2] + pad) / v.scale,
      v.y0 + (rect[3] + pad) / v.scale,
      this.excluded,
    );
  }

  /**
   * The finest level that is expected to be done in time; not finer than what the drawing has already.
   * @param {Uint32Array[]} parts @param {Back} view @param {DrawRequest} request
   */
  #chooseLevel(parts, view, request) {
    for (let { level } = view; ; level++) {
      const block = Math.max(view.block, LEVEL_BLOCK[level] * view.ratio);
      const estimate = parts.reduce((sum, slots) => sum + this.#estimate(slots, view, level, block), 0);
      if (!request.moving || level === BLOCKS || estimate * this.factor[level] <= request.budget) {
        return { level, block, estimate };
      }
    }
  }

  /** Milliseconds before correction. @param {Uint32Array} slots @param {Back} v @param {number} level @param {number} block */
  #estimate(slots, v, level, block) {
    const { box, length, kind } = this.table;
    const limit = block / v.scale;
    const [each, number] = COST[level];
    let sum = 0;
    for (const slot of slots) {
      const b = 4 * slot;
      const isBlock = box[b + 2] - box[b] < limit && box[b + 3] - box[b + 1] < limit;
      if (kind[slot] === MASK) sum += MASK_COST;
      else sum += isBlock ? BLOCK_COST : each + number * length[slot];
    }
    return sum / 1000;
  }

  /**
   * Pauses now and then; with a deadline it does not, but draws the rest as blocks when it is late.
   * @param {Back} v @param {Rect} rect device pixels @param {Uint32Array} slots @param {number} deadline Infinity: none
   * @returns {Generator<void, void, void>}
   */
  *#drawRect(v, rect, slots, deadline) {
    const g = this.g;
    const t = { scale: v.scale, dx: -v.x0 * v.scale, dy: -v.y0 * v.scale, ratio: v.ratio, width: v.width, height: v.height };
    g.save();
    g.miterLimit = 2;
    g.beginPath();
    g.rect(rect[0], rect[1], rect[2] - rect[0], rect[3] - rect[1]);
    g.clip();
    g.clearRect(rect[0], rect[1], rect[2] - rect[0], rect[3] - rect[1]);
    this.how.level = v.level;
    let paused = this.now();
    try {
      for (let i = 0; i < slots.length; i++) {
        this.#drawSlot(g, slots[i], t, v.block / v.scale);
        if ((i & 63) !== 63) continue;
        const now = this.now();
        if (now > deadline) this.#coarsen(v);
        if (deadline < Infinity || now - paused < SLICE_MS) continue;
        this.#flush();
        yield;
        paused = this.now();
      }
    } finally {
      g.restore();
    }
  }

  /** Browsers defer drawing calls: reading the canvas makes them draw now, instead of everything at the end. */
  #flush() {
    this.probe.drawImage(/** @type {CanvasImageSource} */ (this.canvas), 0, 0, 1, 1, 0, 0, 1, 1);
  }

  /** @param {Back} v */
  #coarsen(v) {
    v.level = BLOCKS;
    v.block = LEVEL_BLOCK[BLOCKS] * v.ratio;
    this.how.level = BLOCKS;
  }

  /**
   * @param {import('./paint.js').Context} g @param {number} slot
   * @param {import('./paint.js').Transform} t @param {number} limit image pixels
   */
  #drawSlot(g, slot, t, limit) {
    const { box, kind, concept, flags, data, at } = this.table;
    const b = 4 * slot;
    const style = this.styles[concept[slot]];
    if (!style) return;
    const isSmall = box[b + 2] - box[b] < limit && box[b + 3] - box[b + 1] < limit;
    if (isSmall && kind[slot] !== MASK) return paintBlock(g, box, b, style, t);
    const row = this.row;
    row.kind = kind[slot];
    row.flags = flags[slot];
    row.box = box;
    row.boxAt = b;
    row.data = data;
    row.at = at[slot];
    this.slot = slot;
    const size = (box[b + 2] - box[b] + box[b + 3] - box[b + 1]) * t.scale;
    g.lineJoin = size < ROUND_FROM * t.ratio ? 'miter' : 'round';
    paintShape(g, row, style, t, this.how);
  }
}

/** @param {Rect} all @param {ArrayLike<number>} r */
function include(all, r) {
  if (r[0] < all[0]) all[0] = r[0];
  if (r[1] < all[1]) all[1] = r[1];
  if (r[2] > all[2]) all[2] = r[2];
  if (r[3] > all[3]) all[3] = r[3];
}

/** @param {DrawRequest} r */
function pick({ scale, x0, y0, width, height, ratio }) {
  return { scale, x0, y0, width, height, ratio };
}

export { FINE, PLAIN, LINES, BLOCKS };
