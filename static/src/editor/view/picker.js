/** Finds labels by place: the index gives the candidates, hit.js decides. Changes nothing. */
import { hits } from './hit.js';
import { boundsOf } from './pack.js';

/** @import {Box} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {Store} from '../types/store' */
/** @import {Catalog} from './catalog.js' */

/** CSS pixels around a shape that count as on it. */
const REACH = { mouse: 4, touch: 14 };

export class Picker {
  /** @param {Store} store @param {Catalog} catalog */
  constructor(store, catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /** @param {Box} box @returns {Label[]} */
  near(box) {
    return this.catalog.query(...box).flatMap((id) => this.store.labels.get(id) ?? []);
  }

  /**
   * @param {number} x image pixels @param {number} y @param {number} zoom CSS pixels per image pixel
   * @param {string} [type] of the pointer @returns {Label[]} the one to select first
   */
  at(x, y, zoom, type = 'mouse') {
    const reach = (type === 'touch' ? REACH.touch : REACH.mouse) / zoom;
    const order = this.store.order();
    const edges = this.store.keypointSchemas.peek().flatMap((schema) => schema.edges);
    return hits(this.near([x - reach, y - reach, x + reach, y + reach]), x, y, reach, (id) => order.indexOf(id), edges);
  }

  /** The suggestion under a point, the smallest of several. @param {number} x image pixels @param {number} y @param {number} zoom CSS pixels per image pixel */
  suggestionAt(x, y, zoom) {
    return hits(this.store.suggestions.peek(), x, y, REACH.mouse / zoom, () => 0)[0];
  }

  /** Labels that lie whole in the box. @param {Box} box @returns {Label[]} */
  inside(box) {
    const [x0, y0, x1, y1] = box;
    return this.near(box).filter((label) => {
      const b = boundsOf(label);
      return b[0] >= x0 && b[1] >= y0 && b[2] <= x1 && b[3] <= y1;
    });
  }
}
