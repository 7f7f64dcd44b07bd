/** The start page: forms, and the page anew once a project that a job makes is there. */
import { startPage } from './_page.js';

startPage();
document.addEventListener('jobended', () => { setTimeout(() => location.reload(), 600); });
