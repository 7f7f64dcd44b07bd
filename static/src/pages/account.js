/** The account page: forms, theme and contrast. */
import { setTheme, toggleContrast } from '../ui/theme.js';
import { startPage } from './_page.js';

startPage();

document.addEventListener('change', (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement)) return;
  if (input.name === 'theme') setTheme(/** @type {'' | 'light' | 'dark'} */ (input.value));
  if (input.name === 'contrast') toggleContrast();
});
