/** Takes the steps of work: one press is one image that was seen, and its toast takes it back. Which there are: bars/workflow.js. */
import { t } from '../../i18n.js';
import { toast } from '../../ui/toast.js';
import { setStatus } from '../commands.js';
import { allowedFrom } from './bars/workflow.js';
import { askForReason } from './dialogs/reject.js';
import { backTo } from './filmstrip/navigate.js';
import { askForMissing } from './side/attribute-keys.js';

/** @import {App} from './app' */

/** @typedef {'submit' | 'accept' | 'skip' | 'reject' | 'reopen'} StepName */

/** The same step again, so soon after an image appeared, was meant for the image before. */
const SEEN_MS = 300;
/** So long presses count as following each other. */
const ROW_MS = 1000;

/** @param {string} name of the image @param {StepName} step @param {App['steps']['value']} steps */
function doneWords(name, step, { primary }) {
  if (step === 'skip') return t('{name} skipped', { name });
  if (step === 'reject') return t('{name} rejected', { name });
  if (primary?.kind === 'accept') return t('{name} accepted', { name });
  return primary?.kind === 'submit' ? t('{name} submitted for review', { name }) : t('{name} marked as done', { name });
}

/**
 * Sets a status, after what is being drawn. It can be undone when the person may move the image back; a toast for it is
 * up to the caller.
 * @param {Pick<App, 'store' | 'stage'>} app @param {string} name @param {string} [reason] of a rejection
 */
export function changeStatus({ store, stage }, name, reason) {
  stage.drawing.finishOrKeep();
  const before = store.status.peek()?.name ?? '';
  const base = store.statuses.peek().find((one) => one.name === name)?.base ?? '';
  const isReversible = allowedFrom(store.may.peek(), base).has(before);
  store.commit(setStatus(store, name, reason), { capture: isReversible ? 'now' : 'never' });
}

/** Asks for required values that are missing, also of what is being drawn. @param {App} app */
function lacksValues(app) {
  app.stage.drawing.finishOrKeep();
  return askForMissing(app);
}

/**
 * @param {App} app
 * @returns {(step: StepName, press?: {isRepeat?: boolean}) => boolean} takes a step; false: there is no such step now
 */
export function createWorkSteps(app) {
  const { store, film, stepper } = app;
  /** The step before: a second press of the same key or button. @type {{step: StepName, at: number} | null} */
  let last = null;
  /** Closes the toast of the step before: it has one Undo, that of the newest step. */
  let closeToast = () => {};

  /** Why a step cannot be taken with what is on the stage; null when it can. @param {StepName} step */
  function obstacle(step) {
    const media = store.media.peek();
    const shown = app.shown.peek();
    const now = performance.now();
    const isShown = media && shown?.media === media.id && film.current.peek() === media.id && !stepper.isPending;
    const isInRow = last?.step === step && now - last.at < ROW_MS && now - (shown?.at ?? now) < SEEN_MS;
    if (!isShown || isInRow) return t('This image was not shown yet. Look at it, then press again.');
    const isFinishing = step === 'submit' || step === 'accept';
    if (isFinishing && app.trouble.peek()) return t('This image cannot be shown, so it cannot be submitted or finished.');
    return null;
  }

  /** Back to the image of a step, which gets the status it had. @param {{media: string, name: string, before: string, after: string, entry: string | undefined}} made */
  async function takeBack({ media, name, before, after, entry }) {
    if (store.media.peek()?.id !== media) await app.open(media);
    if (store.media.peek()?.id !== media) return toast(t('{name} could not be opened, so nothing was undone.', { name }), { bad: true });
    const newest = store.history.peek().findLast((one) => !one.undone);
    if (newest?.id === entry) store.undo();
    else if (store.status.peek()?.name === after) changeStatus(app, before);
    else toast(t('Somebody changed the status of {name} since. Nothing was undone.', { name }), { bad: true });
  }

  /** @param {StepName} step @param {string} status @param {string} [reason] */
  function commit(step, status, reason) {
    const media = store.media.peek();
    if (!media) return;
    const text = doneWords(media.name, step, app.steps.peek());
    const before = store.status.peek()?.name ?? '';
    changeStatus(app, status, reason);
    const at = performance.now();
    last = { step, at };
    app.shown.value = { media: media.id, at };
    closeToast();
    if (step === 'reopen') return;
    const entry = store.history.peek().findLast((one) => !one.undone)?.id;
    const undo = () => { takeBack({ media: media.id, name: media.name, before, after: status, entry }); };
    closeToast = toast(text, { undo });
    stepper.go(1, { atEnd: () => {
      closeToast();
      const action = { label: t('Back to media'), run: () => location.assign(backTo(app.boot)) };
      closeToast = toast(t('{what}. This was the last image of the list.', { what: text }), { undo, action });
    } });
  }

  /** @param {string} status */
  async function reject(status) {
    const id = store.media.peek()?.id;
    const reason = await askForReason(store.media.peek()?.name ?? '');
    app.stage.focus();
    if (reason && id === store.media.peek()?.id && app.steps.peek().reject) commit('reject', status, reason);
  }

  return (step, press) => {
    const { primary, ...others } = app.steps.peek();
    const status = step === 'submit' || step === 'accept' ? primary?.status : others[step];
    if (!status || (step === 'accept' && primary?.kind !== 'accept')) return false;
    if (press?.isRepeat) return true;
    const why = obstacle(step);
    if (why) app.announce(why);
    else if ((step === 'submit' || step === 'accept') && lacksValues(app)) return true;
    else if (step === 'reject') reject(status);
    else commit(step, status);
    return true;
  };
}
