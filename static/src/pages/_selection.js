/** The selection of images: some by id, or all that match the filter except some. No DOM, no requests. */

export class Selection {
  constructor() {
    /** @type {Set<string>} selected ids, or with `isAll` the excluded ones */
    this.ids = new Set();
    this.isAll = false;
    /** The index from which Shift extends the selection. */
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

  selectAll() {
    this.isAll = true;
    this.ids.clear();
  }

  clear() {
    this.isAll = false;
    this.ids.clear();
  }

  /** The number of selected images in a list of `total`. @param {number} total */
  count(total) {
    return this.isAll ? Math.max(0, total - this.ids.size) : this.ids.size;
  }

  /** The fields to send to the server. @param {string} query the filter of the list */
  body(query) {
    return this.isAll ? { all: true, query, except: [...this.ids] } : { ids: [...this.ids] };
  }
}
