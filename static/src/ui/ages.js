/** Updates every <time data-age> while the page is open; the server renders the first text. */
import { age } from '../i18n.js';

/** Rewrites the ages under `root`. */
export function refreshAges(/** @type {ParentNode} */ root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll('time[data-age]')) {
    const text = age(element.getAttribute('datetime') ?? '', now);
    if (text && element.textContent !== text) element.textContent = text;
  }
}

/** Refreshes every 15 s while the page is visible. */
export function keepAges() {
  refreshAges();
  setInterval(() => { if (!document.hidden) refreshAges(); }, 15_000);
}
