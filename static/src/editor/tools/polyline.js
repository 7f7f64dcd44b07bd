/** Draws lines of two points or more, by clicks, freehand or keys; `Enter` or a double-click ends one. */
import { ngettext, t } from '../../i18n.js';
import { bounds } from '../geom/poly.js';
import { thereAndBack } from '../geom/polyline.js';
import { PolygonTool } from './polygon.js';
import { snapped, vertexDigits } from './snap.js';

/** @import {Point} from '../types/geometry' */

export class PolylineTool extends PolygonTool {
  /** @override */
  name = 'polyline';
  /** @override */
  least = 2;
  /** @override */
  isRing = false;

  /** @override */
  get words() {
    return {
      tooFew: t('A line needs at least two points'),
      discarded: t('Line discarded'),
      kept: (/** @type {number} */ n) => ngettext('Unfinished line with {n} point kept. The polyline tool continues it.', 'Unfinished line with {n} points kept. The polyline tool continues it.', n),
    };
  }

  /** A line cuts no hole. @override */
  get holeHost() {
    return null;
  }

  /** A place in the image: a line is not cut at the border. @override @param {number} x @param {number} y @returns {Point} */
  gridPoint(x, y) {
    const media = this.context.store.media.peek() ?? { width: 0, height: 0 };
    return snapped(x, y, media, vertexDigits(this.context.camera().zoom));
  }

  /** @override @param {readonly Point[]} line */
  make(line) {
    const points = thereAndBack(line);
    const size = ngettext('{n} point', '{n} points', line.length);
    return this.finish({ points, box: bounds(points) }, { shape: 'polyline', tool: 'polygon', kind: t('Polyline'), size });
  }
}
