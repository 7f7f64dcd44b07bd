/** Which rows of a long list are drawn, as signals: it follows the scrolling and the size of its element. */
import { signal } from '@preact/signals-core';
import { rowsInView, scrollToRow } from '../../../ui/virtual-rows.js';

const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 44 : 30);

export class RowWindow {
  /** @param {HTMLElement} scroll the element that scrolls @param {() => number} active index of the row with the keyboard; -1: none */
  constructor(scroll, active) {
    this.scroll = scroll;
    this.active = active;
    this.scrollTop = signal(0);
    // an estimate until the observer reports it: reading it would force a layout
    this.height = signal(Math.round(innerHeight / 2));
    this.rowHeight = rowHeight();
    scroll.addEventListener('scroll', () => { this.scrollTop.value = scroll.scrollTop; }, { passive: true });
    this.watcher = new ResizeObserver(([entry]) => {
      this.rowHeight = rowHeight();
      this.resize(Math.floor(entry.contentRect.height));
    });
    this.watcher.observe(scroll);
  }

  /** Indices of the rows to draw, in order. @param {number} count @param {number} active row that is always drawn; -1: none */
  rows(count, active) {
    return rowsInView({ count, rowHeight: this.rowHeight, scrollTop: this.scrollTop.value, height: this.height.value, active });
  }

  /** Rows of a step of Page Up and Page Down. */
  get page() {
    return Math.max(1, Math.floor(this.height.peek() / this.rowHeight) - 1);
  }

  /** What stands beside the list takes its room or gives it back: the row with the keyboard stays in view. @param {number} height */
  resize(height) {
    const index = this.active();
    const wasInView = index >= 0 && this.#scrollFor(index) === this.scroll.scrollTop;
    this.height.value = height;
    if (wasInView) this.reveal(index);
  }

  /** @param {number} index */
  #scrollFor(index) {
    return scrollToRow({ index, rowHeight: this.rowHeight, scrollTop: this.scroll.scrollTop, height: this.height.peek() });
  }

  /** Brings a row into view with the least movement. @param {number} index -1: none */
  reveal(index) {
    const to = this.#scrollFor(index);
    if (index >= 0 && to !== this.scroll.scrollTop) this.scroll.scrollTop = to;
  }

  close() {
    this.watcher.disconnect();
  }
}
