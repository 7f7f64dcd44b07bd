/** Reordering rows by dragging their handle, or with Alt and the arrow keys on it. The page saves the new order. */

/**
 * Makes the rows of `list` sortable. A row is a child with data-id; its handle is [data-grip]. Lists may be in rows of lists.
 * @param {HTMLElement} list @param {(row: HTMLElement) => void} onMoved called after a row was moved
 */
export function sortable(list, onMoved) {
  /** @type {HTMLElement | null} */
  let dragged = null;
  /** @type {Element | null} */
  let before = null;
  const rowOf = (/** @type {EventTarget | null} */ target) => {
    let row = target instanceof Element ? target.closest('[data-id]') : null;
    while (row && row.parentElement !== list) row = row.parentElement?.closest('[data-id]') ?? null;
    return row;
  };
  /** The handle at an event, unless it is that of a row of an inner list. @param {EventTarget | null} target */
  const gripOf = (target) => {
    const grip = target instanceof Element ? target.closest('[data-grip]') : null;
    return grip?.closest('[data-id]')?.parentElement === list ? grip : null;
  };

  list.addEventListener('dragstart', (event) => {
    const row = rowOf(gripOf(event.target));
    if (!(row instanceof HTMLElement) || !event.dataTransfer) return;
    dragged = row;
    before = row.nextElementSibling;
    row.dataset.dragged = '';
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', row.dataset.name ?? '');
    event.dataTransfer.setDragImage(row, 12, 12);
  });
  list.addEventListener('dragover', (event) => {
    const over = rowOf(event.target);
    if (!dragged || !(over instanceof HTMLElement) || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? 'after' : 'before'](dragged);
  });
  list.addEventListener('drop', (event) => { if (dragged) event.preventDefault(); });
  list.addEventListener('dragend', () => {
    if (!dragged) return;
    const row = dragged;
    delete row.dataset.dragged;
    dragged = null;
    if (row.nextElementSibling !== before) onMoved(row);
  });
  list.addEventListener('keydown', (event) => {
    const grip = gripOf(event.target);
    const row = rowOf(grip);
    if (!(row instanceof HTMLElement) || !(grip instanceof HTMLElement) || !event.altKey) return;
    const other = event.key === 'ArrowUp' ? row.previousElementSibling : event.key === 'ArrowDown' ? row.nextElementSibling : null;
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    if (!other) return;
    other[event.key === 'ArrowUp' ? 'before' : 'after'](row);
    grip.focus();
    onMoved(row);
  });
}

/** The ids of all rows in their present order. @param {ParentNode} root @returns {string[]} */
export function idsInOrder(root) {
  return [...root.querySelectorAll('[data-sortable] > [data-id]')].map((row) => /** @type {HTMLElement} */ (row).dataset.id ?? '');
}
