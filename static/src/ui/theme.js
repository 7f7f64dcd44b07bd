/** Light, dark and high contrast: applied immediately and saved for the user on the server. */
import { savePreferences } from './preferences.js';

const root = document.documentElement;

/** @returns {'light' | 'dark'} the theme that is shown now */
export function shownTheme() {
  if (root.dataset.theme === 'light' || root.dataset.theme === 'dark') return root.dataset.theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function save() {
  const values = { theme: root.dataset.theme ?? '', contrast: root.dataset.contrast ?? '' };
  savePreferences(values).catch(() => { /* the theme is already applied; the next page loads the saved one */ });
}

/** @param {'' | 'light' | 'dark'} theme '' follows the system */
export function setTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  save();
  document.dispatchEvent(new CustomEvent('themechange'));
}

export function toggleTheme() {
  setTheme(shownTheme() === 'dark' ? 'light' : 'dark');
}

/** Whether high contrast is on. */
export const isContrastHigh = () => root.dataset.contrast === 'more';

export function toggleContrast() {
  if (isContrastHigh()) delete root.dataset.contrast;
  else root.dataset.contrast = 'more';
  save();
  document.dispatchEvent(new CustomEvent('themechange'));
}

/** Handles [data-theme-toggle], [data-theme-set] and [data-contrast-toggle] and shows their state. */
export function wireTheme() {
  const show = () => {
    const set = root.dataset.theme ?? '';
    for (const item of document.querySelectorAll('[data-theme-set]')) {
      item.setAttribute('aria-checked', String(item.getAttribute('data-theme-set') === set));
    }
    for (const item of document.querySelectorAll('[data-contrast-toggle]')) {
      item.setAttribute('aria-checked', String(isContrastHigh()));
    }
  };
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const set = target?.closest('[data-theme-set]');
    if (target?.closest('[data-theme-toggle]')) toggleTheme();
    else if (set) setTheme(/** @type {'' | 'light' | 'dark'} */ (set.getAttribute('data-theme-set') ?? ''));
    else if (target?.closest('[data-contrast-toggle]')) toggleContrast();
  });
  document.addEventListener('themechange', show);
  show();
}
