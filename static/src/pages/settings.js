/** The settings of a project; deleting it asks for its name. */
import { wireConfirmNames } from './_confirm_name.js';
import { startPage } from './_page.js';

startPage();
wireConfirmNames();
