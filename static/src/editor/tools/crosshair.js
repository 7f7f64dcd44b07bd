/** The cross moved by arrow keys, for drawing without a mouse: where it is and what moves it. Draws nothing by itself. */
import { snapped } from './snap.js';
import { arrow } from './tool.js';

/** @import {Point} from '../types' */
/** @import {ToolContext, Key} from './tool.js' */

export class Crosshair {
  /** @param {ToolContext} context */
  constructor(context) {
    this.context = context;
    /** null: not in use. @type {Point | null} */
    this.point = null;
  }

  hide() {
    this.point = null;
  }

  /** The first arrow puts it in the middle of the stage, the next move it; it stays in the picture and in view. @param {Key} e */
  key(e) {
    const way = arrow(e);
    const media = this.context.store.media.peek();
    if (!way || !media || e.altKey || e.ctrlKey || e.metaKey) return false;
    const { x, y } = this.context.camera();
    const from = this.point ?? snapped(x, y, media, 0);
    this.point = this.point ? snapped(from[0] + way[0], from[1] + way[1], media, 0) : from;
    this.context.reveal(...this.point);
    this.context.redraw();
    return true;
  }
}
