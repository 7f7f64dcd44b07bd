/** Classes and tags: order, renaming in index, colors, merging with a preview, deleting. */
import { openDialog, showDialog } from '../ui/dialog.js';
import { h, postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { ngettext, num, t } from '../i18n.js';
import { getJson, applyResponse, startPage, errorMessage } from './_page.js';
import { removeCounted } from './_remove.js';
import { wireRename } from './_rename.js';
import { send } from './_rows.js';
import { idsInOrder, sortable } from './_sort.js';

startPage();

const root = document.getElementById('classes');
const role = root?.dataset.role ?? 'region';
const isVideos = root !== null && 'videos' in root.dataset;
wireRename(() => ({ role }));

/** Saves the present order; the number keys follow it. */
async function saveOrder() {
  if (!root) return;
  showDigits();
  try {
    await postJson(root.dataset.orderUrl ?? '', { role, ids: idsInOrder(root) });
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

/** Shows the number keys of the first ten classes. */
function showDigits() {
  if (role !== 'region') return;
  for (const [index, row] of [...document.querySelectorAll('[data-sortable] > [data-id]')].entries()) {
    const cell = row.children[2];
    const key = '1234567890'[index];
    cell?.replaceChildren(...(key ? [h('kbd', { class: 'kbd', text: key })] : []));
  }
}

for (const list of document.querySelectorAll('[data-sortable]')) if (list instanceof HTMLElement) sortable(list, saveOrder);

const groups = document.getElementById('groups');
if (groups) {
  sortable(groups, async () => {
    try {
      await postJson(groups.dataset.url ?? '', { ids: [...groups.children].map((one) => one.getAttribute('data-id')) });
    } catch (error) {
      toast(errorMessage(error), { bad: true });
    }
  });
}

document.getElementById('find')?.addEventListener('input', (event) => {
  const typed = /** @type {HTMLInputElement} */ (event.target).value.trim().toLocaleLowerCase();
  for (const row of document.querySelectorAll('[data-sortable] > [data-id]')) {
    if (row instanceof HTMLElement) row.hidden = !(row.dataset.name ?? '').toLocaleLowerCase().includes(typed);
  }
});

const customColor = document.getElementById('own-color');
customColor?.addEventListener('input', () => {
  const form = document.getElementById('chosen-form');
  if (!(customColor instanceof HTMLInputElement) || !(form instanceof HTMLFormElement)) return;
  for (const radio of form.querySelectorAll('input[name="color"]')) if (radio instanceof HTMLInputElement) radio.checked = false;
  let hidden = form.querySelector('input[name="color"][type="hidden"]');
  if (!hidden) form.append((hidden = h('input', { type: 'hidden', name: 'color' })));
  if (hidden instanceof HTMLInputElement) hidden.value = `${customColor.value.toUpperCase()}FF`;
});
document.addEventListener('change', (event) => {
  const radio = event.target;
  if (radio instanceof HTMLInputElement && radio.name === 'color' && radio.type === 'radio') radio.form?.querySelector('input[name="color"][type="hidden"]')?.remove();
});
document.addEventListener('classsaved', (event) => applyResponse(/** @type {CustomEvent} */ (event).detail, { reload: true }));

/** Shows the preview of a merge and merges after confirmation. @param {HTMLFormElement} form */
async function merge(form) {
  const select = form.querySelector('select');
  if (!select) return;
  try {
    const found = await getJson(`${form.dataset.preview}?target=${select.value}`);
    const isTag = role === 'media';
    const count = isTag ? found.tags : found.labels;
    const lines = [
      h('p', { class: 'muted', text: isTag
        ? (isVideos ? t('“{source}” will be merged into “{target}”. Its videos get tag “{target}”.', found) : t('“{source}” will be merged into “{target}”. Its images get tag “{target}”.', found))
        : t('“{source}” will be merged into “{target}”. Its objects get class “{target}”.', found) }),
      h('dl', { class: 'counts' }, h('dt', { text: t('Objects') }), h('dd', { class: 'num', text: num(found.labels) }), h('dt', { text: isVideos ? t('Tagged videos') : t('Tagged images') }), h('dd', { class: 'num', text: num(found.tags) })),
      found.both > 0 && h('p', { class: 'small faint', text: isVideos
        ? ngettext('{n} video has both tags and keeps one.', '{n} videos have both tags and keep one.', found.both)
        : ngettext('{n} image has both tags and keeps one.', '{n} images have both tags and keep one.', found.both) }),
    ];
    const media = isVideos ? ngettext('Merge {n} video', 'Merge {n} videos', count) : ngettext('Merge {n} image', 'Merge {n} images', count);
    const verb = isTag ? media : ngettext('Merge {n} object', 'Merge {n} objects', count);
    const confirm = h('button', { class: 'btn primary', type: 'button', text: verb });
    const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
    const dialog = showDialog({ title: t('Merge “{source}” into “{target}”', found), body: h('div', { class: 'stack' }, ...lines), footer: [cancel, confirm] });
    confirm.addEventListener('click', async () => {
      dialog.close();
      await send(form.dataset.merge ?? '', { target: select.value, role });
    });
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.id !== 'merge') return;
  event.preventDefault();
  merge(form);
});
document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest('#delete, [data-delete]');
  const group = target?.closest('[data-group-url], [data-dialog="new-group"]');
  if (button instanceof HTMLElement) removeCounted(button, role, isVideos);
  if (group instanceof HTMLElement) fillGroup(group);
});

/** Opens the dialog for a new tag group, or with the values of an existing one. @param {HTMLElement} button */
function fillGroup(button) {
  const dialog = document.getElementById('new-group');
  const form = dialog?.querySelector('form');
  if (!(dialog instanceof HTMLDialogElement) || !form) return;
  const { groupUrl, groupName = '', groupKind = 'MULTIPLE-SELECTION', groupRequired } = button.dataset;
  form.action = groupUrl ?? form.dataset.new ?? '';
  /** @type {HTMLInputElement} */ (form.querySelector('#f-group-name')).value = groupName;
  /** @type {HTMLSelectElement} */ (form.querySelector('#group-kind')).value = groupKind;
  /** @type {HTMLInputElement} */ (form.querySelector('#group-required')).checked = Boolean(groupRequired);
  if (groupUrl) openDialog(dialog);
}
document.addEventListener('jobended', () => { setTimeout(() => location.reload(), 1200); });
