/** The cross moved by arrow keys, for drawing without a mouse: where it is and what moves it. Draws nothing by itself. */
import { snapped } from './snap.js';
import { arrow } from './tool.js';

/** @import {Point} from '../types/geometry' */
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

  /** An arrow moves it; it stays in the image and in view. @param {Key} e @returns {boolean} whether the key was used */
  key(e) {
    const way = arrow(e);
    const media = this.context.store.media.peek();
    if (!way || !media || e.altKey || e.ctrlKey || e.metaKey) return false;
    const [x, y] = this.point ?? this.#start(media);
    this.#put(snapped(x + way[0], y + way[1], media, 0));
    return true;
  }

  /** Puts it where it starts. @param {Point} [at] the middle of the stage unless given @returns {Point | null} */
  show(at) {
    const media = this.context.store.media.peek();
    if (!media) return null;
    this.#put(at ? snapped(...at, media, 0) : this.#start(media));
    return this.point;
  }

  /** @param {{width: number, height: number}} media @returns {Point} */
  #start(media) {
    const { x, y } = this.context.camera();
    return snapped(x, y, media, 0);
  }

  /** @param {Point} point */
  #put(point) {
    this.point = point;
    this.context.reveal(...point);
    this.context.redraw();
  }
}
