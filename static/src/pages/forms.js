/** Pages whose scripts are their forms: home, workspaces, settings. */
import { startPage } from './_page.js';

startPage();
