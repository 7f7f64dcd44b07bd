/** Keeps every <time data-age> true while the page is open; the server wrote the first words. */
import { age } from '../i18n.js';

/** Rewrites the ages under `root`. */
export function refreshAges(/** @type {ParentNode} */ root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll('time[data-age]')) {
    const words = age(element.getAttribute('datetime') ?? '', now);
    if (words && element.textContent !== words) element.textContent = words;
  }
}

/** Refreshes every 15 s while the page is visible. */
export function keepAges() {
  refreshAges();
  setInterval(() => { if (!document.hidden) refreshAges(); }, 15_000);
}
