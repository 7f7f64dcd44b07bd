/** Draws labels on the page's own canvas exactly as the worker does, with caches by label. Knows no selection. */
import { MASK, MODEL, SELECTED } from '../../workers/format.js';
import { makeStyle, maskCanvas, paintShape } from '../../workers/paint.js';
import { isLight } from '../store/palettes.js';
import { flagsOf, kindOf, numberSchemas, packLabels } from './pack.js';

/** @import {Label} from '../types/labels' */
/** @import {Concept, KeypointSchema} from '../types/page' */
/** @import {Camera} from './camera.js' */
/** @typedef {import('../../workers/format.js').Rgb} Rgb */
/** @typedef {import('../../workers/paint.js').Style} Style */
/** @typedef {import('../../workers/paint.js').ShapeRow} ShapeRow */
/** @typedef {import('../../workers/format.js').Palette} Palette */

/** For labels whose class is deleted. */
const GREY = /** @type {Rgb} */ ([128, 128, 128]);
const WHITE = /** @type {Rgb} */ ([255, 255, 255]);

/** @param {number} width @param {number} height */
export function makeCanvas(width, height) {
  return Object.assign(document.createElement('canvas'), { width, height });
}

export class LabelPainter {
  /** @param {{read(css: string, fallback?: Rgb): Rgb, forget(): void}} colors */
  constructor(colors) {
    this.colors = colors;
    /** @type {Map<string, {style: Style, ink: string}>} */
    this.styles = new Map();
    /** @type {Palette} */
    this.palette = { colors: [], inks: [], fill: 0.2, outlines: false };
    /** Colors that objects have of their own. @type {{style: Style, ink: string}[]} */
    this.objects = [];
    /** Of an object, for its color. @type {(id: string) => number | undefined} */
    this.numberOf = () => undefined;
    /** @type {import('../../workers/format.js').Schema[]} */
    this.schemas = [];
    /** @type {Map<string, [number, number]>} */
    this.classes = new Map();
    /** @type {WeakMap<Label, ShapeRow>} */
    this.rows = new WeakMap();
    /** @type {WeakMap<ShapeRow, {stroke: string, canvas: CanvasImageSource}>} */
    this.masks = new WeakMap();
    this.how = { schemas: this.schemas, mask: (/** @type {ShapeRow} */ row, /** @type {Style} */ style) => this.#mask(row, style) };
  }

  /**
   * Resolves the colors. The result is also what the worker draws with.
   * @param {readonly Concept[]} concepts @param {readonly KeypointSchema[]} schemas
   * @param {{fill: number, outlines: boolean, objects?: readonly string[]}} options `objects`: colors that objects have of their own, by their number
   */
  setPalette(concepts, schemas, { fill, outlines, objects = [] }) {
    const colors = concepts.map((c) => this.colors.read(c.color, GREY));
    const inks = concepts.map((c, i) => this.colors.read(c.ink, contrast(colors[i])));
    const own = objects.map((css) => this.colors.read(css, GREY));
    this.palette = { colors: [...colors, GREY, ...own], inks: [...inks, WHITE, ...own.map(contrast)], fill, outlines };
    this.objects = own.map((rgb) => ({ style: makeStyle(rgb, contrast(rgb), this.palette), ink: `rgb(${contrast(rgb).join()})` }));
    this.styles = new Map(concepts.map((c, i) => [c.id, {
      style: makeStyle(colors[i], inks[i], this.palette),
      ink: `rgb(${inks[i].join()})`,
    }]));
    this.fallback = { style: makeStyle(GREY, WHITE, this.palette), ink: 'rgb(255,255,255)' };
    this.classes = numberSchemas(schemas);
    this.schemas = schemas.map((schema) => this.#schema(schema));
    this.how.schemas = this.schemas;
    this.rows = new WeakMap();
  }

  /** @param {KeypointSchema} schema */
  #schema(schema) {
    const place = new Map(schema.classes.map((cls, i) => [cls.id, i]));
    const edges = schema.edges.flatMap(([a, b, css]) => {
      const from = place.get(a);
      const to = place.get(b);
      if (from === undefined || to === undefined) return [];
      return [from, to, ...(css ? this.colors.read(css, GREY) : [-1, 0, 0])];
    });
    return { edges: Float64Array.from(edges) };
  }

  /** @param {string} concept */
  styleOf(concept) {
    return this.styles.get(concept) ?? /** @type {{style: Style, ink: string}} */ (this.fallback);
  }

  /** The look of a label: its class, or its own. @param {Label} label */
  lookOf(label) {
    const number = this.objects.length ? this.numberOf(label.id) : undefined;
    return number === undefined ? this.styleOf(label.concept) : this.objects[number % this.objects.length];
  }

  /** @param {Label} label @returns {ShapeRow} */
  #row(label) {
    const known = this.rows.get(label);
    if (known) return known;
    const pack = packLabels([label], {
      slot: () => 0, rank: () => 0, concept: () => 0, flags: flagsOf, classes: this.classes,
    });
    const row = { kind: kindOf(label), flags: pack.flags[0], box: pack.box, boxAt: 0, data: pack.data, at: 0 };
    this.rows.set(label, row);
    return row;
  }

  /** @param {ShapeRow} row @param {Style} style */
  #mask(row, style) {
    const cached = this.masks.get(row);
    if (cached?.stroke === style.stroke) return cached.canvas;
    const canvas = maskCanvas(row.data, row.at, style.rgb, makeCanvas);
    this.masks.set(row, { stroke: style.stroke, canvas });
    return canvas;
  }

  /**
   * @param {CanvasRenderingContext2D} g @param {Label} label @param {Camera} c
   * @param {{isSelected: boolean, isFilled: boolean}} options not filled: the bitmap below has it with its filling
   */
  paint(g, label, c, { isSelected, isFilled }) {
    const row = this.#row(label);
    const t = transform(c);
    const { style } = this.lookOf(label);
    const shown = { ...row, flags: row.flags | (isSelected ? SELECTED : 0) };
    g.lineJoin = 'round';
    if (row.kind === MASK && !isFilled) return this.#frame(g, row, style, t);
    paintShape(g, shown, isFilled ? style : unfilled(style), t, this.how);
    if (row.kind === MASK && isSelected) this.#frame(g, row, style, t);
  }

  /** The version of a label that is not the shown one: its dashed outline. @param {CanvasRenderingContext2D} g @param {Label} label @param {Camera} c */
  paintOther(g, label, c) {
    const row = this.#row(label);
    const t = transform(c);
    const { style } = this.lookOf(label);
    g.lineJoin = 'round';
    if (row.kind !== MASK) return paintShape(g, { ...row, flags: (row.flags & ~SELECTED) | MODEL }, unfilled(style), t, this.how);
    g.setLineDash([7 * t.ratio, 4 * t.ratio]);
    this.#frame(g, row, style, t);
    g.setLineDash([]);
  }

  /** What a model suggests: dashed, the one that keys act on as if selected. @param {CanvasRenderingContext2D} g @param {Label} label @param {Camera} c @param {boolean} isActive */
  paintSuggestion(g, label, c, isActive) {
    if (label.mask || isActive) this.paint(g, label, c, { isSelected: isActive, isFilled: true });
    if (label.mask || !isActive) this.paintOther(g, label, c);
  }

  /** The box of a mask, when it is selected or pointed at. @param {CanvasRenderingContext2D} g @param {ShapeRow} row @param {Style} style @param {ReturnType<typeof transform>} t */
  #frame(g, row, style, t) {
    const [x0, y0, x1, y1] = [0, 1, 2, 3].map((i) => Math.round(row.box[i] * t.scale + (i % 2 ? t.dy : t.dx)));
    g.lineWidth = 3 * t.ratio;
    g.strokeStyle = style.halo;
    g.strokeRect(x0, y0, x1 - x0, y1 - y0);
    g.lineWidth = t.ratio;
    g.strokeStyle = style.stroke;
    g.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
}

const CLEAR = 'rgba(0,0,0,0)';

/** @param {Style} style @returns {Style} */
function unfilled(style) {
  return { ...style, fill: CLEAR, fillOn: CLEAR, fillModel: CLEAR };
}

/** Black or white, whichever is read better on a color. @param {Rgb} rgb @returns {Rgb} */
export function contrast(rgb) {
  return isLight(rgb) ? [17, 17, 17] : [255, 255, 255];
}

/** @param {Camera} c */
export function transform(c) {
  return { scale: c.scale, dx: -c.left * c.scale, dy: -c.top * c.scale, ratio: c.ratio, width: c.deviceWidth, height: c.deviceHeight };
}
