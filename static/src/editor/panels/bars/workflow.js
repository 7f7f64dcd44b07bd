/** Which steps of work a person may take with the image that is shown: Submit, Skip, Accept, Reject, Reopen. Pure. */

/** @import {May, Status} from '../../types/page' */

/**
 * @typedef {object} Steps
 * @property {{kind: 'submit' | 'accept', status: string} | null} primary  forward: with Ctrl Enter
 * @property {string | null} reject  the status to set
 * @property {string | null} skip
 * @property {string | null} reopen
 * @property {boolean} isFinished
 */

const FINISHED = new Set(['DONE', 'COMPLETED']);

/**
 * @param {Status | null} status of the image @param {May} may @param {readonly Status[]} statuses of the project
 * @returns {Steps}
 */
export function stepsFor(status, may, statuses) {
  const allowed = new Set(may.status);
  const base = status?.base ?? 'NEW';
  /** The name of the first status of a base that may be set; the project's plain one before its own ones. */
  const to = (/** @type {string} */ wanted) => {
    const names = statuses.filter((one) => one.base === wanted && allowed.has(one.name)).map((one) => one.name);
    return names.find((name) => name === wanted) ?? names[0] ?? null;
  };
  const isFinished = FINISHED.has(base);
  const [done, review, progress] = [to('DONE'), to('TO REVIEW'), to('IN PROGRESS')];
  if (isFinished) return { primary: null, reject: null, skip: null, reopen: progress, isFinished };
  if (base === 'TO REVIEW') {
    if (!done) return { primary: null, reject: null, skip: null, reopen: progress, isFinished: false };
    return { primary: { kind: 'accept', status: done }, reject: progress, skip: null, reopen: null, isFinished };
  }
  const forward = done ?? review;
  const skip = base === 'SKIPPED' ? null : to('SKIPPED');
  return { primary: forward ? { kind: 'submit', status: forward } : null, reject: null, skip, reopen: base === 'SKIPPED' ? progress : null, isFinished };
}
