/** Fills a hole of the selected mask by a click: what its outline closes in. */
import { holeAt } from '../../geom/rows.js';
import { t } from '../../../i18n.js';
import { MaskTool } from './edit.js';

/** @import {Key, Pen, ToolPointer} from '../tool.js' */

export class FillTool extends MaskTool {
  /** @override */
  name = 'fill';

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.ctrl) return this.pick(p);
    this.follow(p);
    if (this.isReady) this.#fill(p.x, p.y);
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
  }

  /** @param {number} x @param {number} y */
  #fill(x, y) {
    const { store, announce } = this.context;
    const media = store.media.peek();
    const label = this.selectedMask;
    if (!media || !label) return announce(t('Select a mask to fill holes in it'));
    if (!this.mayChange(label)) return;
    const rows = this.rowsOf(label);
    const hole = holeAt(rows, Math.floor(x), Math.floor(y), media.width, media.height);
    if (!hole) return announce(t('Nothing to fill here: click where the mask is closed all around'));
    for (const [row, spans] of hole.spans) for (let i = 0; i < spans.length; i += 2) rows.add(row, spans[i], spans[i + 1]);
    this.save(label, rows);
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const point = this.aim;
    if (point && this.isReady) this.#fill(...point);
    return point !== null;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    if (this.crosshair.point) this.paintGuides(pen);
  }
}
