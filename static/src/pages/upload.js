/** The upload page: options, and the list of files that could not be uploaded, with the reason. */
import { toast } from '../ui/toast.js';
import { num, t } from '../i18n.js';
import { problemRow, startPage } from './_page.js';
import { resultText } from './_results.js';
import { startUploads } from './_uploads.js';

startPage();

const valueOf = (/** @type {string} */ id) => {
  const field = document.getElementById(id);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
};
const select = document.getElementById('u-dataset');

/** Shows the name field if a new dataset is selected. */
function showNew() {
  const holder = document.getElementById('f-u-new')?.closest('.field');
  if (holder instanceof HTMLElement) holder.hidden = !(select instanceof HTMLSelectElement) || Boolean(select.value);
}
select?.addEventListener('change', showNew);
showNew();

const MAX_ROWS = 500;
/** @type {{name: string, reason: string}[]} */
let listed = [];

/** @param {import('./_queue.js').Queue} queue */
function showRejected(queue) {
  const all = queue.problems;
  if (all.length === listed.length) return;
  listed = all;
  const card = document.getElementById('result');
  const rows = document.getElementById('result-rows');
  const count = document.getElementById('result-count');
  if (!card || !rows || !count) return;
  card.hidden = all.length === 0;
  count.textContent = num(all.length);
  rows.replaceChildren(...all.slice(0, MAX_ROWS).map(problemRow));
}

document.getElementById('result-copy')?.addEventListener('click', () => {
  navigator.clipboard.writeText(listed.map(({ name, reason }) => `${name}\t${reason}`).join('\n')).then(() => toast(t('Copied'), { seconds: 3 }), () => {});
});

startUploads({
  dataset: () => valueOf('u-dataset'),
  name: () => (select ? valueOf('f-u-new') : ''),
  clash: () => valueOf('u-clash') || 'skip',
  pages: () => valueOf('u-pages') || 'first',
  onChange: showRejected,
  onEnd: (queue) => {
    showRejected(queue);
    const media = document.getElementById('upload-boot')?.dataset.media ?? '/';
    const { outcome } = queue;
    if (outcome.uploaded || outcome.refused) toast(resultText(outcome), { action: { label: t('View media'), run: () => location.assign(media) } });
  },
});
