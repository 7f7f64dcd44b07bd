/** The mask that a stroke is drawn into, and what of it is to be drawn again. */
import { sweep } from '../../geom/brush.js';

/** @import {Disc} from '../../geom/brush.js' */
/** @import {Rows} from '../../geom/rows.js' */

export class MaskDraft {
  /** @param {Rows} rows changed in place @param {{width: number, height: number}} image */
  constructor(rows, image) {
    this.rows = rows;
    this.image = image;
    /** What changed since it was painted last, flat: row, from, to, 1 for set or 0 for clear. @type {number[]} */
    this.changes = [];
    /** Some pixel lay under the brush. */
    this.isTouched = false;
  }

  /** @param {Disc} from @param {Disc} to @param {boolean} isErasing */
  stroke(from, to, isErasing) {
    sweep(from, to, this.image, (y, start, stop) => {
      if (isErasing) this.rows.remove(y, start, stop);
      else this.rows.add(y, start, stop);
      this.changes.push(y, start, stop, isErasing ? 0 : 1);
      this.isTouched = true;
    });
  }

  /** What changed since the last call. */
  take() {
    return this.changes.splice(0);
  }
}
