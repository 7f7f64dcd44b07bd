/** Which steps of work a person may take with the image that is shown: submit, finish, accept, skip, reject, reopen. Pure. */
import { t } from '../../../i18n.js';

/** @import {May, Status} from '../../types/page' */

/**
 * @typedef {'submit' | 'finish' | 'accept'} Forward  for review; done without review; done after it
 * @typedef {object} Steps
 * @property {{kind: Forward, status: string} | null} primary  forward: with Ctrl Enter
 * @property {string | null} reject  the status to set
 * @property {string | null} skip
 * @property {string | null} reopen
 * @property {boolean} isFinished
 */

const FINISHED = new Set(['DONE', 'COMPLETED']);

/** Whether work on an image with such a status is over. @param {string} base */
export const isFinishedBase = (base) => FINISHED.has(base);

/** The names of the statuses that a person may set on an image whose status has a base. @param {May} may @param {string} base */
export const allowedFrom = (may, base) => new Set(may.moves?.[base] ?? may.status);

/** What the button of the primary step says. @param {Forward} kind */
export function primaryWords(kind) {
  if (kind === 'accept') return t('Accept');
  return kind === 'submit' ? t('Submit for review') : t('Mark as done');
}

/**
 * @param {Status | null} status of the image @param {May} may @param {readonly Status[]} statuses of the project
 * @returns {Steps}
 */
export function stepsFor(status, may, statuses) {
  const base = status?.base ?? 'NEW';
  const allowed = allowedFrom(may, base);
  /** The name of the first status of a base that may be set; the project's plain one before its own ones. */
  const to = (/** @type {string} */ wanted) => {
    const names = statuses.filter((one) => one.base === wanted && allowed.has(one.name)).map((one) => one.name);
    return names.find((name) => name === wanted) ?? names[0] ?? null;
  };
  const isFinished = isFinishedBase(base);
  const [done, review, progress] = [to('DONE'), to('TO REVIEW'), to('IN PROGRESS')];
  if (isFinished) return { primary: null, reject: null, skip: null, reopen: progress, isFinished };
  if (base === 'TO REVIEW') {
    if (!done) return { primary: null, reject: null, skip: null, reopen: progress, isFinished: false };
    return { primary: { kind: 'accept', status: done }, reject: progress, skip: null, reopen: null, isFinished };
  }
  const skip = base === 'SKIPPED' ? null : to('SKIPPED');
  return { primary: forward(done, review), reject: null, skip, reopen: base === 'SKIPPED' ? progress : null, isFinished };
}

/** @param {string | null} done @param {string | null} review @returns {Steps['primary']} */
function forward(done, review) {
  if (done) return { kind: 'finish', status: done };
  return review ? { kind: 'submit', status: review } : null;
}
