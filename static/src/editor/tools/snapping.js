/** Snaps points to the vertices and edges of neighbors, and follows their borders: what drawing and moving points share. */
import { outline } from '../geom/regions.js';
import { borderBetween, snapTo } from '../geom/snapping.js';
import { DrawTool } from './draw.js';
import { rounded, vertexDigits } from './snap.js';

/** @import {Point, Ring} from '../types/geometry' */
/** @import {Target} from '../geom/snapping.js' */
/** @import {ToolContext, ToolPointer} from './tool.js' */

/** CSS pixels. */
const REACH = { mouse: 8, touch: 20 };

/**
 * Where a point snaps to, while snapping is on or Ctrl is held (Ctrl turns it off when it is on).
 * @param {ToolContext} context @param {number} x @param {number} y
 * @param {{isHeld: boolean, type?: string, except?: string}} how `except`: a label whose own outline does not count
 * @returns {Target | null}
 */
export function snapTarget({ store, near, camera }, x, y, { isHeld, type = 'mouse', except }) {
  if (store.display.peek().snap === isHeld) return null;
  const reach = (type === 'touch' ? REACH.touch : REACH.mouse) / camera().zoom;
  const neighbors = near([x - reach, y - reach, x + reach, y + reach]).filter((label) => label.id !== except && !label.mask?.length && label.shape !== 'keypoints');
  return snapTo(neighbors.map(outline), x, y, reach);
}

/** Behind the point, of a vertex on a neighbor's outline: borders must not gape. */
const SNAP_DIGITS = 9;

/** Where a vertex of a label is dragged to, and with how many digits. @param {ToolContext} context @param {ToolPointer} p @param {string} id @param {number} x @param {number} y @returns {[x: number, y: number, digits: number]} */
export function snappedVertex(context, p, id, x, y) {
  const target = snapTarget(context, x, y, { isHeld: p.ctrl, type: p.type, except: id });
  return target ? [...target.point, SNAP_DIGITS] : [x, y, vertexDigits(context.camera().zoom)];
}

export class SnappingTool extends DrawTool {
  /** Ctrl is held while something is drawn. */
  isSnapHeld = false;
  /** Shift is held: between two points on the outline of a neighbor its border is followed. */
  isBorderHeld = false;
  pointerType = 'mouse';

  /** @override @param {ToolPointer} p */
  follow(p) {
    this.isSnapHeld = p.ctrl && this.isDrawing;
    this.isBorderHeld = p.shift;
    this.pointerType = p.type;
    super.follow(p);
  }

  /** @param {number} x @param {number} y */
  snapAt(x, y) {
    return snapTarget(this.context, x, y, { isHeld: this.isSnapHeld, type: this.pointerType });
  }

  /** A point on the grid, or on a neighbor; it may lie outside the image. @param {number} x @param {number} y @returns {Point} */
  placed(x, y) {
    const target = this.snapAt(x, y);
    return target ? target.point : this.gridPoint(x, y);
  }

  /** @param {number} x @param {number} y @returns {Point} */
  gridPoint(x, y) {
    const digits = vertexDigits(this.context.camera().zoom);
    return [rounded(x, digits), rounded(y, digits)];
  }

  /** The vertices of a neighbor's border between a point and the place that another snaps to, while Shift is held. @param {Point | undefined} from @param {number} x @param {number} y @returns {Ring} */
  border(from, x, y) {
    const target = from && this.isBorderHeld ? this.snapAt(x, y) : null;
    return from && target ? borderBetween(from, target) : [];
  }
}
