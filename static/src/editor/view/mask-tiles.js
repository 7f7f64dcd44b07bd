/** The image of a mask while it is edited, in tiles: a change is drawn where it is, whatever the size of the mask. */
import { transform } from './label-paint.js';

/** @import {Rows} from '../geom/rows.js' */
/** @import {Camera} from './camera.js' */

/** Image pixels of a side. */
const SIDE = 256;

/** @typedef {{left: number, top: number, canvas: HTMLCanvasElement, g: CanvasRenderingContext2D}} Tile */

export class MaskTiles {
  /** @param {Rows} rows @param {string} color @param {(width: number, height: number) => HTMLCanvasElement} makeCanvas */
  constructor(rows, color, makeCanvas) {
    this.color = color;
    this.makeCanvas = makeCanvas;
    /** By place, row of tiles first. @type {Map<string, Tile>} */
    this.tiles = new Map();
    for (const [y, spans] of rows.spans) for (let i = 0; i < spans.length; i += 2) this.#span(y, spans[i], spans[i + 1], true);
  }

  /** @param {readonly number[]} changes flat: row, from, to, 1 for set or 0 for clear */
  update(changes) {
    for (let i = 0; i < changes.length; i += 4) this.#span(changes[i], changes[i + 1], changes[i + 2], changes[i + 3] === 1);
  }

  /** @param {number} y @param {number} from @param {number} to @param {boolean} isSet */
  #span(y, from, to, isSet) {
    const row = Math.floor(y / SIDE);
    for (let column = Math.floor(from / SIDE); column * SIDE < to; column += 1) {
      const tile = this.#tile(row, column, isSet);
      if (!tile) continue;
      const left = Math.max(from, tile.left);
      const width = Math.min(to, tile.left + SIDE) - left;
      if (isSet) tile.g.fillRect(left - tile.left, y - tile.top, width, 1);
      else tile.g.clearRect(left - tile.left, y - tile.top, width, 1);
    }
  }

  /** @param {number} row @param {number} column @param {boolean} isWanted whether it is made when it is not there */
  #tile(row, column, isWanted) {
    const key = `${row},${column}`;
    const known = this.tiles.get(key);
    if (known || !isWanted) return known;
    const canvas = this.makeCanvas(SIDE, SIDE);
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    g.fillStyle = this.color;
    const tile = { left: column * SIDE, top: row * SIDE, canvas, g };
    this.tiles.set(key, tile);
    return tile;
  }

  /**
   * Draws what is on the stage. Tiles meet on whole device pixels, so that no seam shows.
   * @param {CanvasRenderingContext2D} g @param {Camera} c
   */
  draw(g, c) {
    const { scale, dx, dy } = transform(c);
    g.imageSmoothingEnabled = scale < 1;
    for (const { left, top, canvas } of this.tiles.values()) {
      const x0 = Math.max(0, Math.floor(-dx / scale) - left);
      const y0 = Math.max(0, Math.floor(-dy / scale) - top);
      const x1 = Math.min(SIDE, Math.ceil((c.deviceWidth - dx) / scale) - left);
      const y1 = Math.min(SIDE, Math.ceil((c.deviceHeight - dy) / scale) - top);
      if (x1 <= x0 || y1 <= y0) continue;
      const [x, y] = [Math.round((left + x0) * scale + dx), Math.round((top + y0) * scale + dy)];
      const [right, bottom] = [Math.round((left + x1) * scale + dx), Math.round((top + y1) * scale + dy)];
      if (right > x && bottom > y) g.drawImage(canvas, x0, y0, x1 - x0, y1 - y0, x, y, right - x, bottom - y);
    }
  }
}
