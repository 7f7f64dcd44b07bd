/** Rows of jobs that stay up to date: fetched every second while a job runs, less often otherwise. */
import { refreshAges } from '../ui/ages.js';
import { applyResponse, refreshPart, showResult } from './_page.js';

const BUSY_MS = 1000;
const QUIET_MS = 10_000;

/**
 * Keeps the rows in `#rows` up to date, and shows the responses of the forms and buttons that start, cancel or retry jobs.
 * Returns what fetches them now.
 * @param {(rows: HTMLElement) => void} [onRefresh]
 */
export function followJobs(onRefresh) {
  const rows = document.getElementById('rows');
  let wake = () => {};

  async function refresh() {
    if (!rows) return;
    await refreshPart(rows).catch(() => { /* retried with the next poll */ });
    refreshAges(rows);
    onRefresh?.(rows);
  }
  async function refreshNow() {
    await refresh();
    wake();
  }
  async function poll() {
    for (;;) {
      const isBusy = rows?.querySelector('[data-open]');
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, isBusy ? BUSY_MS : QUIET_MS);
        wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
      if (!document.hidden) await refresh();
    }
  }
  document.addEventListener('started', (event) => {
    showResult(/** @type {CustomEvent} */ (event).detail);
    refreshNow();
  });
  document.addEventListener('posted', (event) => {
    event.preventDefault();
    applyResponse(/** @type {CustomEvent} */ (event).detail);
    refreshNow();
  });
  poll();
  return refreshNow;
}
