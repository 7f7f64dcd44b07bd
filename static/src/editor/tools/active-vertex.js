/** Remembers the vertex that was clicked last: arrow keys move it, Delete removes it. Changes no shape. */

/** @import {Label} from '../types/labels' */
/** @import {Store} from '../types/store' */
/** @import {VertexRef} from '../geom/poly.js' */

/** @param {Label | null} label @param {VertexRef} at */
const pointOf = (label, at) => label?.points?.[at.part]?.[at.ring]?.[at.vertex];

export class ActiveVertex {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {{id: string, at: VertexRef, selection: ReadonlySet<string>} | null} */
    this.now = null;
    /** @type {readonly number[] | undefined} */
    this.point = undefined;
  }

  /** @param {Label} label as it is from now on @param {VertexRef} at */
  set(label, at) {
    this.now = { id: label.id, at, selection: this.store.selection.peek() };
    this.point = pointOf(label, at);
  }

  clear() {
    this.now = null;
  }

  /**
   * The active vertex of a label. Another selection, and a change of the shape by anything but this vertex, end it: its
   * number may mean another point then.
   * @param {Label | null} label @returns {VertexRef | null}
   */
  of(label) {
    if (!label || this.now?.id !== label.id || this.now.selection !== this.store.selection.peek()) return null;
    const point = pointOf(label, this.now.at);
    return point && this.point && point[0] === this.point[0] && point[1] === this.point[1] ? this.now.at : null;
  }
}
