/**
 * Shows the shapes that the worker draws: requests bitmaps of the view, one at a time, and until a fresh one comes
 * moves and scales the last one. What the page draws itself (selection, new shapes) is left out of the bitmaps.
 */
import { isSameView } from './camera.js';
import { CanvasLayer } from './layers.js';

/** @import {View} from '../types/store' */
/** @import {Camera} from './camera.js' */
/** @import {Catalog} from './catalog.js' */

/** The bitmap reaches this share of the stage beyond each edge, so that panning shows no empty strips. */
const MARGIN = 0.25;
/** Less while zooming, where every step needs a new bitmap anyway. */
const ZOOMING_MARGIN = 0.12;
const ZOOMING_MS = 200;
/** A fine drawing waits until the view has surely come to rest: turns of a wheel come in steps. */
const SETTLE_MS = 190;
/** Milliseconds that a drawing may take while the view moves. */
const BUDGET = 30;
/** First drawings of more shapes than this are made quick, then fine. */
const MANY = 2500;
/** Most entries of `paints`. */
const PAINTS = 2000;

/**
 * @typedef {object} Request
 * @property {number} seq @property {number} scale @property {number} x0 @property {number} y0
 * @property {number} width @property {number} height @property {number} ratio
 * @property {boolean} moving @property {number} budget
 * @property {View} view          the view it is drawn for
 * @property {number} serial      number of the last change of shapes that it includes
 * @property {ReadonlySet<string>} excluded
 */

/**
 * @typedef {object} Paint
 * @property {View} view   the view that the painted shapes were drawn for
 * @property {number} time performance.now() when they were put on the canvas
 * @property {number} seq
 * @property {boolean} shifted  an earlier drawing on the same pixel grid, moved by whole pixels: as good as a new drawing
 * @property {number} level  0 fine; 1 to 3 coarser, while moving
 */

export class ShapesLayer {
  /**
   * @param {object} options
   * @param {() => Camera} options.camera
   * @param {() => boolean} options.isMoving
   * @param {() => View} options.view
   * @param {() => void} options.render requests a frame
   * @param {Catalog} options.catalog
   * @param {() => {width: number, height: number}} options.image
   */
  constructor({ camera, isMoving, view, render, catalog, image }) {
    this.camera = camera;
    this.isMoving = isMoving;
    this.view = view;
    this.render = render;
    this.image = image;
    this.catalog = catalog;
    /** @type {(message: any, transfer?: Transferable[]) => void} */
    this.send = () => {};
    /** @type {{image: ImageBitmap | HTMLCanvasElement, request: Request, level: number, shapes: number} | null} */
    this.shown = null;
    /** @type {Request | null} */
    this.inFlight = null;
    this.seq = 0;
    this.serial = 0;
    /** The change with which the present image began. */
    this.openSerial = 0;
    /** Nothing is requested before the first shapes of an image are known. */
    this.isOpen = false;
    this.isHidden = false;
    /** @type {ReadonlySet<string>} */
    this.excluded = new Set();
    /** @type {Paint[]} */
    this.paints = [];
    this.lastMs = 0;
    this.lastScale = 0;
    this.zoomedAt = -Infinity;
    this.settleTimer = 0;
    this.isNew = false;
    this.layer = new CanvasLayer({
      name: 'stage-shapes',
      camera,
      key: (c) => this.#update(c),
      draw: (g, c) => this.#compose(g, c),
    });
  }

  /** Shapes changed: bitmaps requested from now on show it. */
  changed() {
    this.serial++;
    this.render();
  }

  /** Another image: what is shown belongs to the old one. */
  reset() {
    this.isOpen = true;
    this.#drop();
    this.inFlight = null;
    this.openSerial = ++this.serial;
    this.lastScale = 0;
    this.render();
  }

  /** Shows nothing until `reset`. */
  close() {
    this.isOpen = false;
    this.#drop();
    this.inFlight = null;
    this.render();
  }

  #drop() {
    if (this.shown && 'close' in this.shown.image) this.shown.image.close();
    this.shown = null;
    this.isNew = true;
  }

  /** Shapes that the page draws. @param {ReadonlySet<string>} ids */
  exclude(ids) {
    if (ids.size === this.excluded.size && [...ids].every((id) => this.excluded.has(id))) return;
    this.excluded = new Set(ids);
    this.send({ type: 'exclude', slots: this.catalog.slotsOf(ids) });
    this.changed();
  }

  /** An answer of the worker. @param {any} message */
  receive(message) {
    if (message.type === 'stopped') {
      if (this.inFlight?.seq === message.seq) this.inFlight = null;
      this.render();
      return;
    }
    if (this.inFlight?.seq !== message.seq) {
      message.image.close?.();
      return;
    }
    this.#drop();
    this.shown = { image: message.image, request: /** @type {Request} */ (this.inFlight), level: message.level, shapes: message.shapes };
    if (message.isFull) this.lastMs = message.ms;
    this.inFlight = null;
    this.render();
  }

  /** True when the canvas shows the present shapes in the present view, as fine as they get. */
  get isSettled() {
    return this.#isExact(this.camera()) && this.shown?.level === 0 && !this.inFlight && !this.isNew;
  }

  /** True when the present shapes were painted in some way. */
  get isPainted() {
    return this.isOpen && this.shown !== null && !this.isNew && this.shown.request.serial >= this.openSerial;
  }

  /** The part of the image (and of shapes beyond its edges) that can show anything. @param {Camera} c */
  #world(c) {
    const { width, height } = this.image();
    const extent = this.catalog.extent;
    const pad = 12 / c.zoom;
    return [
      Math.min(0, extent[0]) - pad, Math.min(0, extent[1]) - pad,
      Math.max(width, extent[2]) + pad, Math.max(height, extent[3]) + pad,
    ];
  }

  /** @param {Camera} c */
  #isExact(c) {
    const shown = this.shown;
    if (!shown) return false;
    const r = shown.request;
    if (r.serial !== this.serial || r.scale !== c.scale || r.ratio !== c.ratio) return false;
    const dx = (r.x0 - c.left) * c.scale;
    const dy = (r.y0 - c.top) * c.scale;
    if (Math.abs(dx - Math.round(dx)) > 0.02 || Math.abs(dy - Math.round(dy)) > 0.02) return false;
    const [x0, y0, x1, y1] = this.#world(c);
    const isCovered = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ device, /** @type {number} */ low, /** @type {number} */ high) =>
      at <= Math.max(0, low) + 1 && at + size >= Math.min(device, high) - 1;
    return (
      isCovered(dx, r.width, c.deviceWidth, (x0 - c.left) * c.scale, (x1 - c.left) * c.scale) &&
      isCovered(dy, r.height, c.deviceHeight, (y0 - c.top) * c.scale, (y1 - c.top) * c.scale)
    );
  }

  /** Requests what is missing; returns the key of what the canvas must show. @param {Camera} c */
  #update(c) {
    if (!this.isOpen) return 'closed';
    if (this.lastScale && c.scale !== this.lastScale) this.zoomedAt = performance.now();
    this.lastScale = c.scale;
    const isMoving = this.isMoving();
    if (!this.#isExact(c)) this.#ask(c, isMoving);
    else if (this.#isNearEdge(c) && isMoving && !this.isZooming) this.#ask(c, true);
    else if (this.#isNearEdge(c) || /** @type {any} */ (this.shown).level > 0) isMoving ? this.#settleLater() : this.#ask(c, false);
    const r = this.shown?.request;
    return `${c.scale},${c.left},${c.top},${r?.seq},${this.isHidden}`;
  }

  get isZooming() {
    return performance.now() - this.zoomedAt < ZOOMING_MS;
  }

  #settleLater() {
    clearTimeout(this.settleTimer);
    this.settleTimer = window.setTimeout(() => this.render(), SETTLE_MS);
  }

  /** Less than half of the margin is left on a side where there is more to see. @param {Camera} c */
  #isNearEdge(c) {
    const r = /** @type {Request} */ (this.shown?.request);
    const [x0, y0, x1, y1] = this.#world(c);
    const isNear = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ device, /** @type {number} */ low, /** @type {number} */ high) => {
      const rest = (device * MARGIN) / 2;
      return at > Math.max(-rest, low) + 1 || at + size < Math.min(device + rest, high) - 1;
    };
    return (
      isNear((r.x0 - c.left) * c.scale, r.width, c.deviceWidth, (x0 - c.left) * c.scale, (x1 - c.left) * c.scale) ||
      isNear((r.y0 - c.top) * c.scale, r.height, c.deviceHeight, (y0 - c.top) * c.scale, (y1 - c.top) * c.scale)
    );
  }

  /** One drawing at a time; a fine one, which may take long, is given up for a newer view. @param {Camera} c @param {boolean} isMoving */
  #ask(c, isMoving) {
    if (isMoving) this.#settleLater();
    const old = this.inFlight;
    if (old && (old.moving || (old.serial === this.serial && isSameView(old.view, this.view())))) return;
    const isFirst = !this.shown && this.catalog.slots.size > MANY;
    const request = this.#request(c, isMoving || isFirst);
    this.inFlight = request;
    const { seq, scale, x0, y0, width, height, ratio, moving, budget } = request;
    this.send({ type: 'draw', request: { seq, scale, x0, y0, width, height, ratio, moving, budget } });
  }

  /** @param {Camera} c @param {boolean} moving @returns {Request} */
  #request(c, moving) {
    const share = moving && this.isZooming ? ZOOMING_MARGIN : MARGIN;
    const [x0, y0, x1, y1] = this.#world(c);
    const [left, width] = span(c.deviceWidth, share, (x0 - c.left) * c.scale, (x1 - x0) * c.scale);
    const [top, height] = span(c.deviceHeight, share, (y0 - c.top) * c.scale, (y1 - y0) * c.scale);
    return {
      seq: ++this.seq,
      scale: c.scale,
      x0: c.left + left / c.scale,
      y0: c.top + top / c.scale,
      width,
      height,
      ratio: c.ratio,
      moving,
      budget: BUDGET,
      view: this.view(),
      serial: this.serial,
      excluded: this.excluded,
    };
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c */
  #compose(g, c) {
    g.clearRect(0, 0, c.deviceWidth, c.deviceHeight);
    const shown = this.shown;
    if (!shown) return;
    const { request: r, image } = shown;
    if (!this.isHidden) {
      const k = c.scale / r.scale;
      const x = (r.x0 - c.left) * c.scale;
      const y = (r.y0 - c.top) * c.scale;
      const isSameScale = k === 1;
      g.imageSmoothingEnabled = !isSameScale;
      if (isSameScale) g.drawImage(image, Math.round(x), Math.round(y));
      else g.drawImage(image, x, y, r.width * k, r.height * k);
    }
    this.#note(c, r);
  }

  /** @param {Camera} c @param {Request} r */
  #note(c, r) {
    const now = this.view();
    const isShifted = this.#isExact(c) && !isSameView(now, r.view);
    if (!this.isNew && !isShifted) return;
    this.isNew = false;
    const last = this.paints[this.paints.length - 1];
    const view = isShifted ? now : r.view;
    const entry = { view: { ...view }, time: performance.now(), seq: (last?.seq ?? 0) + 1, shifted: isShifted, level: this.shown?.level ?? 0 };
    this.paints.push(entry);
    if (this.paints.length > PAINTS) this.paints.splice(0, this.paints.length - PAINTS);
  }
}

/**
 * Where a bitmap begins and how long it is, in device pixels from the edge of the stage. Whole numbers, so that it
 * lies on the grid of the screen. It ends where the world ends only if the world ends on both sides: else its size
 * would change with every step of a pan, and nothing of the last drawing could be kept.
 * @param {number} device @param {number} share @param {number} low where the world begins @param {number} length of the world
 * @returns {[number, number]}
 */
function span(device, share, low, length) {
  const margin = Math.ceil(device * share);
  if (low >= -margin && low + length <= device + margin) return [Math.floor(low), Math.max(1, Math.ceil(length) + 1)];
  return [-margin, device + 2 * margin];
}
