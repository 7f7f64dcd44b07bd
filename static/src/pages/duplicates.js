/** Duplicates: labels drawn on the images; the slider searches by itself; arrow keys choose the image to keep, Enter merges the group. */
import { followJobs } from './_job_rows.js';
import { startPage } from './_page.js';
import { drawShapes } from './_tiles.js';

startPage();

/** Labels as shapes over the images, as in the grid. */
const overlays = JSON.parse(document.getElementById('overlays')?.textContent ?? '{}');
for (const image of document.querySelectorAll('.duplicate')) {
  const id = image.querySelector('input')?.value ?? '';
  if (image instanceof HTMLElement && overlays[id]) drawShapes(image, overlays[id], 'meet');
}

// A search that is going on: its row follows it, and the groups are shown when it has ended.
if (document.getElementById('rows')) {
  followJobs((rows) => {
    if (!rows.querySelector('[data-open]')) location.reload();
  });
}

/** How long the slider rests before the search, in ms: keys move it step by step. */
const REST_MS = 500;
/** Remembers over the search that the keys are at the slider. */
const AT_SLIDER = 'duplicates-slider';

const likeness = document.getElementById('likeness');
const slider = likeness?.querySelector('input');
if (likeness instanceof HTMLFormElement && slider) {
  let timer = 0;
  slider.addEventListener('change', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      sessionStorage.setItem(AT_SLIDER, '1');
      likeness.requestSubmit();
    }, REST_MS);
  });
}

const first = document.querySelector('form.duplicates input[type="radio"]:checked');
if (slider && sessionStorage.getItem(AT_SLIDER)) slider.focus();
else if (first instanceof HTMLInputElement && !first.disabled) first.focus({ preventScroll: true });
sessionStorage.removeItem(AT_SLIDER);
