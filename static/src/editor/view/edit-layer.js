/**
 * The page's own canvas above the worker's: what is selected, what was just drawn, the tool's draft, name tags.
 * A shape is drawn here as long as the bitmap below leaves it out, so that none is missing or drawn twice.
 */
import { fitCanvas, turnBack, turnContext } from './layers.js';
import { drawTags, placeTags, shortened } from './tags.js';

/** @import {Label} from '../types/labels' */
/** @import {Conflict} from '../types/saving' */
/** @import {Store} from '../types/store' */
/** @import {Camera} from './camera.js' */
/** @import {LabelPainter} from './label-paint.js' */
/** @import {ShapesLayer} from './shapes-layer.js' */

/** More selected shapes than this stay with the worker, which then draws them as selected. */
export const MAX_SELECTED = 200;
/** Tags of all shapes when no more than this are in view. */
const FEW = 40;

/**
 * Of each label in conflict on an image the version that is not shown: theirs, or in undo and redo what one's own step
 * would make; a deletion has none.
 * @param {readonly Conflict[]} conflicts @param {string | undefined} media
 * @returns {Label[]}
 */
export function otherVersions(conflicts, media) {
  return conflicts.flatMap((conflict) => {
    const other = conflict.during === 'save' ? conflict.theirs : conflict.mine;
    return conflict.media === media && other ? [other] : [];
  });
}

/** Most suggestions that are drawn at once: the surest. */
const MOST_SUGGESTED = 500;

/**
 * The suggestions that lie in view, the active one last, above the others.
 * @param {readonly Label[]} suggestions the surest first @param {Camera} c @param {string | null} active
 * @returns {Label[]}
 */
function inView(suggestions, c, active) {
  if (!suggestions.length) return [];
  const [right, bottom] = [c.left + c.deviceWidth / c.scale, c.top + c.deviceHeight / c.scale];
  const seen = suggestions.filter(({ id, box }) => id !== active && box[0] <= right && box[1] <= bottom && box[2] >= c.left && box[3] >= c.top);
  return [...seen.slice(0, MOST_SUGGESTED), ...suggestions.filter(({ id }) => id === active)];
}

export class EditLayer {
  /**
   * @param {object} options
   * @param {HTMLCanvasElement} options.canvas
   * @param {Store} options.store
   * @param {LabelPainter} options.painter
   * @param {ShapesLayer} options.shapes
   * @param {(x0: number, y0: number, x1: number, y1: number) => string[]} options.query
   */
  constructor({ canvas, store, painter, shapes, query }) {
    this.canvas = canvas;
    this.g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.store = store;
    this.painter = painter;
    this.shapes = shapes;
    this.query = query;
    /** New labels that the bitmap may not have yet, with the change after which it has. @type {Map<string, number>} */
    this.fresh = new Map();
    /** Other geometry for a label while it is dragged; null: the tool draws it. @type {Map<string, Label | null>} */
    this.previews = new Map();
    /** An edge is being dragged: the filling would hide what it is put on. */
    this.isReshaping = () => false;
    /** Draws the draft and the handles; returns whether there was anything. @type {(g: CanvasRenderingContext2D, c: Camera) => boolean} */
    this.paintTool = () => false;
    /** Nothing is drawn: an untouched canvas costs the browser nothing. */
    this.isClean = true;
    this.font = '12px sans-serif';
    /** @type {Map<string, number>} */
    this.widths = new Map();
    /** What a tag says, by name and what follows it: measuring is too slow for every frame. @type {Map<string, string>} */
    this.texts = new Map();
  }

  /** @param {string} font as the canvas takes it */
  setFont(font) {
    this.font = font;
    this.widths.clear();
    this.texts.clear();
  }

  reset() {
    this.fresh.clear();
    this.previews.clear();
  }

  /** A label was added on this page: it is shown here until a bitmap has it. @param {string} id */
  added(id) {
    this.fresh.set(id, this.shapes.serial);
  }

  /** Ids that the page shall draw: the selected ones, if not too many. */
  get wanted() {
    const selection = this.store.selection.peek();
    return selection.size > MAX_SELECTED ? new Set() : selection;
  }

  /** @param {string} id */
  #label(id) {
    const label = this.store.labels.get(id);
    const preview = this.previews.get(id);
    return label && (preview === undefined ? label : preview);
  }

  /** @param {Camera} c */
  draw(c) {
    const [width, height] = [c.width, c.height].map((size) => Math.max(1, Math.round(size * c.ratio)));
    if (fitCanvas(this.canvas, c.width, c.height, width, height)) this.isClean = true;
    const g = this.g;
    if (!this.isClean) g.clearRect(0, 0, width, height);
    const { hideAll: isHidden, names } = this.store.display.peek();
    turnContext(g, c);
    const hasLabels = !isHidden && this.#drawLabels(g, c);
    const hasOthers = !isHidden && this.#drawOthers(g, c);
    const suggested = isHidden ? [] : this.#drawSuggestions(g, c);
    turnBack(g); // names are read upright
    const hasTags = names && !isHidden && this.#drawTags(g, c, suggested);
    turnContext(g, c);
    const hasTool = this.paintTool(g, c);
    turnBack(g);
    this.isClean = !hasLabels && !hasOthers && !suggested.length && !hasTags && !hasTool;
  }

  /** The other versions of labels in conflict, dashed. @param {CanvasRenderingContext2D} g @param {Camera} c */
  #drawOthers(g, c) {
    const others = otherVersions(this.store.conflicts.peek(), this.store.media.peek()?.id);
    for (const label of others) this.painter.paintOther(g, label, c);
    return others.length > 0;
  }

  /** What models suggest, dashed. @param {CanvasRenderingContext2D} g @param {Camera} c @returns {Label[]} those in view */
  #drawSuggestions(g, c) {
    const active = this.store.activeSuggestion.peek();
    const shown = inView(this.store.suggestions.peek(), c, active);
    for (const label of shown) this.painter.paintSuggestion(g, label, c, label.id === active);
    return shown;
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c */
  #drawLabels(g, c) {
    const request = this.shapes.shown?.request;
    const serial = request?.serial ?? -1;
    const excluded = request?.excluded ?? new Set();
    for (const [id, since] of this.fresh) if (serial >= since) this.fresh.delete(id);
    const selection = this.store.selection.peek();
    const ids = new Set([...excluded, ...this.fresh.keys(), ...this.wanted]);
    for (const id of this.#sorted(ids)) {
      const label = this.#label(id);
      if (!label || this.store.isHidden(id)) continue;
      const isOwn = excluded.has(id) || this.fresh.has(id);
      const isFilled = isOwn && !(this.previews.has(id) && this.isReshaping());
      this.painter.paint(g, label, c, { isSelected: selection.has(id), isFilled });
    }
    const isMany = this.previews.size > MAX_SELECTED;
    if (isMany) this.#drawGhosts(g, c);
    return this.#drawHovered(g, c, ids) || isMany || ids.size > 0;
  }

  /** Very many shapes that are dragged together: only their boxes, in one stroke. @param {CanvasRenderingContext2D} g @param {Camera} c */
  #drawGhosts(g, c) {
    g.beginPath();
    for (const label of this.previews.values()) {
      if (!label) continue;
      const [x0, y0, x1, y1] = label.box;
      g.rect(Math.round((x0 - c.left) * c.scale), Math.round((y0 - c.top) * c.scale), (x1 - x0) * c.scale, (y1 - y0) * c.scale);
    }
    g.lineWidth = c.ratio;
    g.strokeStyle = '#fff';
    g.stroke();
  }

  /** In draw order, the selected ones above. @param {Set<string>} ids */
  #sorted(ids) {
    if (ids.size < 2) return ids;
    const selection = this.store.selection.peek();
    const order = this.store.order().filter((id) => ids.has(id));
    return [...order.filter((id) => !selection.has(id)), ...order.filter((id) => selection.has(id))];
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c @param {Set<string>} done */
  #drawHovered(g, c, done) {
    const id = this.store.hover.peek();
    const label = id === null || done.has(id) ? undefined : this.store.labels.get(id);
    if (!label || this.store.isHidden(label.id)) return false;
    this.painter.paint(g, label, c, { isSelected: true, isFilled: false });
    return true;
  }

  /** @param {CanvasRenderingContext2D} g @param {Camera} c @param {readonly Label[]} suggested */
  #drawTags(g, c, suggested) {
    const selection = this.store.selection.peek();
    const hover = this.store.hover.peek();
    const forced = [...(hover === null ? [] : [hover]), ...(selection.size > MAX_SELECTED ? [] : selection)];
    /** @type {Map<string, boolean>} */
    const ids = new Map(forced.map((id) => [id, id === hover || selection.size <= 5]));
    for (const id of this.#few(c)) if (!ids.has(id)) ids.set(id, false);
    g.font = this.font;
    const tags = [...ids].flatMap(([id, isForced]) => {
      const label = this.#label(id);
      return label && !this.store.isHidden(id) ? [this.#tag(label, isForced)] : [];
    });
    const active = this.store.activeSuggestion.peek();
    if (suggested.length <= FEW || active) for (const label of suggested.length <= FEW ? suggested : suggested.slice(-1)) tags.push(this.#tag(label, label.id === active));
    if (!tags.length) return false;
    drawTags(g, placeTags(tags, c, (text) => this.#width(text)), c.ratio, this.font);
    return true;
  }

  /** All in view, when they are few. @param {Camera} c */
  #few(c) {
    const right = c.left + c.deviceWidth / c.scale;
    const bottom = c.top + c.deviceHeight / c.scale;
    const media = this.store.media.peek();
    const share = media ? Math.min(1, ((right - c.left) * (bottom - c.top)) / (media.width * media.height)) : 1;
    if (this.store.labels.size * share > FEW * 5) return [];
    const ids = this.query(c.left, c.top, right, bottom);
    return ids.length <= FEW ? ids : [];
  }

  /** @param {Label} label @param {boolean} isForced */
  #tag(label, isForced) {
    const { style, ink } = this.painter.lookOf(label);
    const name = this.store.concept(label.concept)?.name ?? '?';
    const isModel = label.origin === 'model' && label.score !== null;
    const rest = isModel ? ` ${Math.round(/** @type {number} */ (label.score) * 100)} %` : '';
    return { label, text: this.#text(name, rest), fill: style.stroke, ink, isForced };
  }

  /** The text of a tag, worked out once. @param {string} name @param {string} rest */
  #text(name, rest) {
    const key = `${name}\n${rest}`;
    let text = this.texts.get(key);
    if (text === undefined) {
      text = shortened(name, rest, (part) => this.g.measureText(part).width);
      this.texts.set(key, text);
    }
    return text;
  }

  /** @param {string} text */
  #width(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      width = this.g.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }
}
