/** Jobs: rows are fetched every second while a job runs, less often otherwise. */
import { refreshAges } from '../ui/ages.js';
import { refreshPart, applyResponse, startPage } from './_page.js';

startPage();

const rows = document.getElementById('rows');
const BUSY_MS = 1000;
const QUIET_MS = 10_000;

async function pollJobs() {
  for (;;) {
    const isBusy = rows?.querySelector('[data-open]');
    await new Promise((resolve) => { setTimeout(resolve, isBusy ? BUSY_MS : QUIET_MS); });
    if (rows && !document.hidden) await refreshPart(rows).catch(() => { /* retried with the next poll */ });
    if (rows) refreshAges(rows);
  }
}

document.addEventListener('posted', (event) => {
  event.preventDefault();
  applyResponse(/** @type {CustomEvent} */ (event).detail);
  if (rows) refreshPart(rows);
});
document.getElementById('job-project')?.addEventListener('change', (event) => {
  const select = event.target;
  if (select instanceof HTMLSelectElement) select.form?.submit();
});
pollJobs();
