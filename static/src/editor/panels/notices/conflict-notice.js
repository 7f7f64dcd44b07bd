/** Says that another person's change conflicts with one that this person made first, and what they decided. */
import { t } from '../../../i18n.js';
import { toast } from '../../../ui/toast.js';

/** @import {ConflictNotice} from '../../types/saving' */
/** @import {App} from '../app' */

/** @param {App} app @param {ConflictNotice} notice */
function objectName({ store }, { media, label_id }) {
  const label = media === store.media.peek()?.id ? store.labels.get(label_id) : undefined;
  if (!label) return t('an object');
  return `${store.concept(label.concept)?.name ?? t('Class deleted')} ${store.order().indexOf(label_id) + 1}`;
}

/** @param {ConflictNotice['state']} state @param {{name: string, object: string}} words */
export function noticeWords(state, words) {
  if (state === 'mine') return t('{name} replaced your change of {object}.', words);
  if (state === 'theirs') return t('{name} kept your change of {object}.', words);
  return t('{name} changed {object} at the same time and decides which version stays.', words);
}

/** A decision takes the place of the notice that it was open. @param {App} app */
export function showConflictNotices(app) {
  /** @type {Map<string, () => void>} */
  const shown = new Map();
  return app.session.onConflictNotice((notice) => {
    const { media, label_id, state, by } = notice;
    const isHere = media === app.store.media.peek()?.id;
    const show = { label: t('Show'), run: () => app.stage.showLabel(label_id) };
    const open = { label: t('Open the image'), run: () => app.open(media) };
    shown.get(label_id)?.();
    shown.set(label_id, toast(noticeWords(state, { name: by.name, object: objectName(app, notice) }), { action: isHere ? show : open }));
  });
}
