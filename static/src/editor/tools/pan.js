/** The hand: drags the image; a double click shows it whole. */
import { Tool } from './tool.js';

/** @import {ToolPointer} from './tool.js' */

export class PanTool extends Tool {
  /** @override */
  name = 'pan';
  /** @override */
  cursor = 'grab';

  /** @override @param {ToolPointer} p */
  down(p) {
    if (p.clicks === 2) this.context.doubleClick(p);
    else this.context.beginPan(p);
  }
}
