/** The account page: forms, theme, contrast and language. */
import { savePreferences } from '../ui/preferences.js';
import { setTheme, toggleContrast } from '../ui/theme.js';
import { toast } from '../ui/toast.js';
import { startPage } from './_page.js';

startPage();

document.addEventListener('change', (event) => {
  const input = event.target;
  if (input instanceof HTMLSelectElement && input.name === 'language') void setLanguage(input.value);
  if (!(input instanceof HTMLInputElement)) return;
  if (input.name === 'theme') setTheme(/** @type {'' | 'light' | 'dark'} */ (input.value));
  if (input.name === 'contrast') toggleContrast();
});

/** Saves the language and shows the page in it. @param {string} language '' follows the browser */
async function setLanguage(language) {
  try {
    await savePreferences({ language });
    location.reload();
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { bad: true });
  }
}
