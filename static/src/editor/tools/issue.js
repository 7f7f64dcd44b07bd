/** Marks the place of a new issue: one click, or the crosshair and Enter. Then Select is the tool again. Stores nothing. */
import { DrawTool } from './draw.js';
import { snapped } from './snap.js';

/** @import {Point} from '../types/geometry' */
/** @import {Key, Pen, ToolPointer} from './tool.js' */

export class IssueTool extends DrawTool {
  /** @override */
  name = 'issue';

  /** @override */
  get hasCrosshair() {
    return true;
  }

  /** @override @param {ToolPointer} p */
  move(p) {
    this.follow(p);
  }

  /** @override @param {ToolPointer} p */
  up(p) {
    this.#set([p.x, p.y]);
  }

  /** @param {Point} at */
  #set(at) {
    const { store, setTool } = this.context;
    const media = store.media.peek();
    if (!media) return;
    const [x, y] = snapped(...at, media, 1);
    setTool('select');
    store.newIssue.value = { x, y };
  }

  /** @override @param {Key} e */
  key(e) {
    if (this.steer(e)) return true;
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    const place = this.aim ?? this.pointer;
    if (place) this.#set(place);
    return place !== null;
  }

  /** @override @param {Pen} pen */
  paint(pen) {
    this.paintGuides(pen);
  }
}
