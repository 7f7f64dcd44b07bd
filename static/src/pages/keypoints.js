/** Keypoint schemas: the dialog of a new one, and deleting. */
import { startPage } from './_page.js';

startPage();
