/** Draws ellipses into the box that is dragged, clicked or set by keys; Shift makes a circle. */
import { t } from '../../i18n.js';
import { outlineOf } from '../geom/frame.js';
import { bounds } from '../geom/poly.js';
import { BoxTool } from './box.js';

/** @import {Box} from '../types/geometry' */
/** @import {Pen} from './tool.js' */

/** @param {Box} box */
const outlineIn = ([x0, y0, x1, y1]) => outlineOf('ellipse', { x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: x1 - x0, h: y1 - y0, angle: 0 });

export class EllipseTool extends BoxTool {
  /** @override */
  name = 'ellipse';

  /** @override */
  get tooSmall() {
    return t('Too small: an ellipse must be at least 2 × 2 px');
  }

  /** @override @param {Box} box @param {string} size */
  place(box, size) {
    const points = outlineIn(box);
    this.finish({ points, box: bounds(points) }, { shape: 'ellipse', tool: 'polygon', kind: t('Ellipse'), size });
  }

  /** @override @param {Pen} pen @param {Box} box */
  paintDraft(pen, box) {
    pen.line(outlineIn(box)[0][0], { isClosed: true, concept: this.shownConcept });
  }
}
