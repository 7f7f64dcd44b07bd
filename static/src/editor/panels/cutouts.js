/** Turns the selected boxes into masks of what is in them; the server finds the pixels. */
import { ngettext, t } from '../../i18n.js';
import { toast } from '../../ui/toast.js';
import { updateLabel } from '../commands.js';
import { operandsFor } from './shapes.js';

/** @import {App} from './app' */
/** @import {Label, LabelPatch} from '../types/labels' */

/** One step for all of them, when the last answer is there. @param {App} app */
export async function cutSelectedBoxes(app) {
  const { store, session, announce } = app;
  const media = store.media.peek()?.id ?? '';
  const selected = operandsFor(app, 1);
  if (!selected) return;
  const boxes = selected.filter(({ mask, shape }) => !mask && shape !== 'polygon');
  if (!boxes.length) return announce(t('Select a box first'));
  const controller = new AbortController();
  const action = { label: t('Cancel'), run: () => controller.abort() };
  const close = toast(ngettext('Cutting out {n} object …', 'Cutting out {n} objects …', boxes.length), { action, seconds: 60 });
  /** @type {{label: Label, patch: LabelPatch}[]} */
  const changes = [];
  let error = '';
  for (const label of boxes) {
    const answer = await session.cut(media, { box: label.box }, controller.signal);
    if (answer.found) changes.push({ label, patch: { ...answer.found, shape: 'mask', points: null } });
    else error = answer.error || error;
  }
  close();
  if (controller.signal.aborted) return announce(t('Cutting out was cancelled'));
  if (store.media.peek()?.id !== media) return announce(t('Another image was opened before the object was cut out'));
  store.commit(changes.map(({ label, patch }) => updateLabel(store, label.id, patch, label)), { from: new Map(changes.map(({ label }) => [label.id, label])) });
  if (changes.length) announce(ngettext('{n} box became a mask', '{n} boxes became masks', changes.length));
  if (error) announce(error);
}
