/** Tab rows that overflow: the current tab is scrolled into view, and an end that hides tabs fades out. */

/** @param {HTMLElement} row */
function showEnds(row) {
  const past = Math.abs(row.scrollLeft);
  const more = row.scrollWidth - row.clientWidth - past;
  // data-before is the left end: the start of the row, or its end in right-to-left languages.
  const [left, right] = getComputedStyle(row).direction === 'rtl' ? [more, past] : [past, more];
  row.toggleAttribute('data-before', left > 1);
  row.toggleAttribute('data-after', right > 1);
}

/** Marks the ends of all `.tabs` that hide tabs. */
export function wireTabs() {
  for (const row of document.querySelectorAll('.tabs')) {
    if (!(row instanceof HTMLElement)) continue;
    const current = row.querySelector('[aria-current], [aria-selected="true"]');
    if (current instanceof HTMLElement && row.scrollWidth > row.clientWidth) {
      const at = current.getBoundingClientRect();
      const own = row.getBoundingClientRect();
      row.scrollLeft += (at.left + at.right - own.left - own.right) / 2;
    }
    row.addEventListener('scroll', () => showEnds(row), { passive: true });
    new ResizeObserver(() => showEnds(row)).observe(row);
  }
}
