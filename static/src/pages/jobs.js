/** Jobs: rows that stay up to date, and the selected project. */
import { followJobs } from './_job_rows.js';
import { startPage } from './_page.js';

startPage();
document.getElementById('job-project')?.addEventListener('change', (event) => {
  const select = event.target;
  if (select instanceof HTMLSelectElement) select.form?.submit();
});
followJobs();
