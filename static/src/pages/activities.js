/** The activity types of a project of videos. */
import { startPage } from './_page.js';
import { removeCounted } from './_remove.js';
import { wireRows } from './_rows.js';

startPage();

const ROLE = 'segment';
const root = document.getElementById('activities');
if (root) wireRows(root, (button) => removeCounted(button, ROLE), { role: ROLE });
document.addEventListener('jobended', () => { setTimeout(() => location.reload(), 1200); });
