/** Renaming in place: F2 or a double click on a link marked [data-rename] turns it into a field; Enter saves, Esc cancels. */
import { h, postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { errorMessage } from './_page.js';

/** Updates the accessible names in a row that contain its old name. @param {string} before @param {string} name */
function renameRow(before, name) {
  const row = document.querySelector(`[data-sortable] > [data-name="${CSS.escape(before)}"]`);
  if (!(row instanceof HTMLElement)) return;
  row.dataset.name = name;
  for (const named of row.querySelectorAll('[aria-label]')) {
    named.setAttribute('aria-label', (named.getAttribute('aria-label') ?? '').replace(before, () => name));
  }
}

/** @param {HTMLAnchorElement} link @param {Record<string, string>} more */
function rename(link, more) {
  const url = link.dataset.rename;
  if (!url) return;
  const before = link.textContent ?? '';
  const input = h('input', { class: 'input s', value: before, maxlength: 500, 'aria-label': t('Name of {name}', { name: before }) });
  let isOver = false;
  const end = (/** @type {boolean} */ isFocused) => {
    isOver = true;
    input.replaceWith(link);
    if (isFocused) link.focus();
  };
  const save = async (/** @type {boolean} */ isFocused) => {
    const name = input.value.trim();
    if (isOver) return;
    if (!name || name === before) return end(isFocused);
    try {
      await postJson(url, { ...more, name });
      link.textContent = link.title = name;
      renameRow(before, name);
      end(isFocused);
    } catch (error) {
      toast(errorMessage(error), { bad: true });
      input.setAttribute('aria-invalid', 'true');
      input.focus();
    }
  };
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') save(true);
    else if (event.key === 'Escape') end(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener('blur', () => { if (!isOver && !input.hasAttribute('aria-invalid')) save(false); });
  link.replaceWith(input);
  input.focus();
  input.select();
}

/** @param {() => Record<string, string>} more fields to send with the name */
export function wireRename(more) {
  const linkOf = (/** @type {EventTarget | null} */ target) => {
    const link = target instanceof Element ? target.closest('[data-rename]') : null;
    return link instanceof HTMLAnchorElement && link.dataset.rename ? link : null;
  };
  document.addEventListener('keydown', (event) => {
    const link = event.key === 'F2' ? linkOf(event.target) : null;
    if (!link) return;
    event.preventDefault();
    rename(link, more());
  });
  document.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('[data-rename-row]') : null;
    const link = linkOf(item?.closest('[data-id]')?.querySelector('[data-rename]') ?? null);
    if (link) setTimeout(() => rename(link, more())); // when the menu is closed and has given the focus back
  });
  // The first click of a double click must not leave the page, so a link opens after a delay.
  let timer = 0;
  document.addEventListener('click', (event) => {
    const link = linkOf(event.target);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0) return;
    event.preventDefault();
    clearTimeout(timer);
    if (event.detail > 1) rename(link, more());
    else timer = window.setTimeout(() => location.assign(link.href), 220);
  });
}
