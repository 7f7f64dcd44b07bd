/** The script of every page: theme, menus, tabs, dialogs, toasts, ages, palette, style values from data-vars. */
import { keepAges } from '../ui/ages.js';
import { wireDialogs } from '../ui/dialog.js';
import { applyVars } from '../ui/dom.js';
import { wireMenus } from '../ui/menu.js';
import { openPalette, pageEntries } from '../ui/palette.js';
import { wireTabs } from '../ui/tabs.js';
import { wireTheme } from '../ui/theme.js';
import { adoptServerToasts, undoLastToast } from '../ui/toast.js';
import { announceVisit } from '../ui/visits.js';
import { readPageStrings } from '../i18n.js';

readPageStrings();
applyVars();
wireTheme();
wireMenus();
wireTabs();
wireDialogs();
adoptServerToasts();
keepAges();
announceVisit();

const isTyping = (/** @type {EventTarget | null} */ target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select'));

addEventListener('keydown', (event) => {
  const hasControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (hasControl && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette(pageEntries());
  } else if (hasControl && event.key.toLowerCase() === 'z' && !isTyping(event.target) && undoLastToast()) event.preventDefault();
});
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-palette]')) openPalette(pageEntries());
});
