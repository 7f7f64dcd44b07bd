/** What became of the files of an upload: how many were uploaded, skipped and refused, and why. No DOM, no requests. */
import { ngettext } from '../i18n.js';

/**
 * @typedef {{name: string, reason: string}} Problem
 * @typedef {{queued: number, used: number, refused: number, skipped: number, problems: {upload: string, name: string, message: string}[]}} Report
 * @typedef {{kind: string, state: string, name: string, text: string, refused?: number, problems?: {name: string, message: string}[]}} Job
 */

const ENDED = ['DONE', 'FAILED', 'CANCELLED'];

export class Results {
  constructor() {
    /** Files that could not become images, by upload or by job and name. @type {Map<string, Problem>} */
    this.known = new Map();
    /** How many files inside an archive were refused, by its job; the archive itself counts as uploaded. @type {Map<string, number>} */
    this.inArchives = new Map();
    /** Archives of which nothing was kept. */
    this.archives = 0;
    /** Files that the server took, but would not process. */
    this.unprocessed = 0;
    /** @type {Report} */
    this.report = { queued: 0, used: 0, refused: 0, skipped: 0, problems: [] };
    this.hasEnded = true;
  }

  /** Notes a job; returns whether it has ended. @param {string} id @param {Job} job */
  addJob(id, job) {
    if (!ENDED.includes(job.state)) return false;
    for (const { name, message } of job.problems ?? []) this.known.set(`${id} ${name}`, { name, reason: message });
    if (job.state === 'DONE') {
      this.inArchives.set(id, job.refused ?? 0);
      return true;
    }
    if (job.kind === 'import_archive' && !this.known.has(id)) this.archives += 1;
    this.known.set(id, { name: job.name, reason: job.text });
    return true;
  }

  /** Notes files that the server would not process. @param {{upload: string, name: string}[]} items @param {string} reason */
  addUnprocessed(items, reason) {
    this.unprocessed += items.length;
    for (const { upload, name } of items) this.known.set(upload, { name, reason });
  }

  /** Notes how the whole upload stands. @param {Report} report @param {boolean} hasEnded whether no job is running any more */
  setReport(report, hasEnded) {
    this.report = report;
    this.hasEnded = hasEnded;
    for (const { upload, name, message } of report.problems) this.known.set(upload, { name, reason: message });
  }

  /** Files that the server refused. What is still queued after the last job was left behind by one that failed. */
  get refused() {
    let sum = this.#whole;
    for (const count of this.inArchives.values()) sum += count;
    return sum;
  }

  get skipped() {
    return this.report.skipped;
  }

  /** How many of the sent files were neither refused nor skipped. @param {number} sent */
  uploadedOf(sent) {
    return Math.max(0, sent - this.#whole - this.skipped);
  }

  get #whole() {
    return this.report.refused + this.unprocessed + this.archives + (this.hasEnded ? this.report.queued : 0);
  }
}

/** Returns "2 uploaded, 3 refused"; without problems "2 files uploaded". @param {{uploaded: number, skipped: number, refused: number}} counts */
export function resultText({ uploaded, skipped, refused }) {
  if (!skipped && !refused) return ngettext('{n} file uploaded', '{n} files uploaded', uploaded);
  const parts = [ngettext('{n} uploaded', '{n} uploaded', uploaded)];
  if (skipped) parts.push(ngettext('{n} skipped', '{n} skipped', skipped));
  if (refused) parts.push(ngettext('{n} refused', '{n} refused', refused));
  return parts.join(', ');
}
