/** Which rows of a long list are drawn: those in view, a few around them, and the one with the keyboard. Pure. */

/** Rows drawn above and below the view. */
const MARGIN = 6;

/**
 * Indices of the rows to draw, in order.
 * @param {{count: number, rowHeight: number, scrollTop: number, height: number, active: number}} where `active` -1: none
 * @returns {number[]}
 */
export function rowsInView({ count, rowHeight, scrollTop, height, active }) {
  if (count <= 0 || rowHeight <= 0) return [];
  const first = Math.max(0, Math.min(count - 1, Math.floor(scrollTop / rowHeight)) - MARGIN);
  const last = Math.min(count - 1, Math.ceil((scrollTop + height) / rowHeight) + MARGIN);
  const rows = [];
  if (active >= 0 && active < first) rows.push(active);
  for (let i = first; i <= last; i += 1) rows.push(i);
  if (active > last && active < count) rows.push(active);
  return rows;
}

/**
 * The scroll position that brings a row into view with the least movement.
 * @param {{index: number, rowHeight: number, scrollTop: number, height: number}} where
 */
export function scrollToRow({ index, rowHeight, scrollTop, height }) {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
