/** Which images are chosen: some by id, or all that the filter lets through but a few. No drawing, no server. */

export class Picks {
  constructor() {
    /** @type {Set<string>} chosen ones, or with `isAll` the ones that are left out */
    this.ids = new Set();
    this.isAll = false;
    /** The place from which Shift extends. */
    this.anchor = 0;
  }

  /** @param {string} id */
  has(id) {
    return this.ids.has(id) !== this.isAll;
  }

  /** @param {Iterable<string>} ids @param {boolean} on */
  set(ids, on) {
    for (const id of ids) {
      if (on !== this.isAll) this.ids.add(id);
      else this.ids.delete(id);
    }
  }

  /** @param {string} id @param {number} index */
  toggle(id, index) {
    this.set([id], !this.has(id));
    this.anchor = index;
  }

  chooseAll() {
    this.isAll = true;
    this.ids.clear();
  }

  clear() {
    this.isAll = false;
    this.ids.clear();
  }

  /** How many are chosen of a list of `total`. @param {number} total */
  count(total) {
    return this.isAll ? Math.max(0, total - this.ids.size) : this.ids.size;
  }

  /** What is sent to the server. @param {string} query the filter of the list */
  body(query) {
    return this.isAll ? { all: true, query, except: [...this.ids] } : { ids: [...this.ids] };
  }
}
