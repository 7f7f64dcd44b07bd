/** Deleting a class, tag or activity type: at once if it is unused, otherwise the number of what goes with it is typed. */
import { showDialog } from '../ui/dialog.js';
import { h } from '../ui/dom.js';
import { ngettext, t } from '../i18n.js';
import { send } from './_rows.js';

/** What happens and the verb, for a count. @param {string} role @param {number} count @param {boolean} isVideos */
function textsOf(role, count, isVideos) {
  if (role === 'media') {
    const effect = isVideos
      ? ngettext('The tag will be removed from {n} video.', 'The tag will be removed from {n} videos.', count)
      : ngettext('The tag will be removed from {n} image.', 'The tag will be removed from {n} images.', count);
    return { effect, verb: t('Delete tag') };
  }
  if (role === 'segment') {
    const effect = `${ngettext('It will be removed from {n} segment.', 'It will be removed from {n} segments.', count)} ${t('Segments without another activity are permanently deleted.')}`;
    return { effect, verb: t('Delete activity type') };
  }
  return {
    effect: ngettext('This also permanently deletes {n} object.', 'This also permanently deletes {n} objects.', count),
    verb: ngettext('Delete {n} object', 'Delete {n} objects', count),
  };
}

/** Deletes what is unused immediately; otherwise the count must be typed, since it cannot be restored. @param {HTMLElement} button @param {string} role region, media or segment @param {boolean} [isVideos] */
export function removeCounted(button, role, isVideos = false) {
  const count = Number(button.dataset.count);
  const { url = '', name = '' } = button.dataset;
  if (!count) {
    send(url, { role, count: 0 });
    return;
  }
  const { effect, verb } = textsOf(role, count, isVideos);
  const input = h('input', { class: 'input', id: 'typed', inputmode: 'numeric', autocomplete: 'off' });
  const body = h('div', { class: 'stack l' }, h('p', { class: 'muted', text: effect }), h('div', { class: 'field' }, h('label', { for: 'typed', text: t('Type {n} to confirm', { n: count }) }), input));
  const confirm = h('button', { class: 'btn primary danger', type: 'button', disabled: true, text: verb });
  const cancel = h('button', { class: 'btn', type: 'button', text: t('Cancel'), 'data-close': true });
  const dialog = showDialog({ title: t('Delete “{name}”', { name }), body, footer: [cancel, confirm] });
  const isConfirmed = () => Number(input.value.replace(/\D/g, '')) === count;
  input.addEventListener('input', () => { confirm.disabled = !isConfirmed(); });
  const go = () => {
    if (!isConfirmed()) return;
    dialog.close();
    send(url, { role, count });
  };
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter') go(); });
  confirm.addEventListener('click', go);
  input.focus();
}
