/** The home page: forms, and a reload after a job has created a project. */
import { startPage } from './_page.js';

startPage();
document.addEventListener('jobended', () => { setTimeout(() => location.reload(), 600); });
