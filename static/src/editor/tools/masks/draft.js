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
    sweep(from, to, this.image, (y, start, stop) => this.set(y, start, stop, !isErasing));
  }

  /** Sets or clears the pixels from..to (exclusive) of a row. @param {number} y @param {number} from @param {number} to @param {boolean} isSet */
  set(y, from, to, isSet) {
    if (isSet) this.rows.add(y, from, to);
    else this.rows.remove(y, from, to);
    this.changes.push(y, from, to, isSet ? 1 : 0);
    this.isTouched = true;
  }

  /** What changed since the last call. */
  take() {
    return this.changes.splice(0);
  }
}
