/** The account page: forms, and theme and contrast that change at once. */
import { setTheme, toggleContrast } from '../ui/theme.js';
import { startPage } from './_page.js';

startPage();

document.addEventListener('change', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement)) return;
  if (input.name === 'theme') setTheme(/** @type {'' | 'light' | 'dark'} */ (input.value));
  if (input.name === 'contrast') toggleContrast();
});
