/** Computes the save state and its text from the facts about connection and unsaved changes. */

import { ngettext, t } from '../../../i18n.js';

/**
 * @import {SaveState} from '../../types/saving'
 * @import {ConnectionState} from '../connection.js'
 * @typedef {{connection: ConnectionState, pending: number, conflicts: number, rejected: number, savedAt: number | null, isPersisted: boolean, signIn: string}} Facts
 */

/** @param {number} n @param {boolean} isPersisted */
function countText(n, isPersisted) {
  if (!isPersisted) return ngettext('{n} change in this tab only', '{n} changes in this tab only', n);
  return ngettext('{n} change kept here', '{n} changes kept here', n);
}

/** @param {number | null} savedAt @param {number} now */
function savedText(savedAt, now) {
  if (savedAt === null) return t('Saved');
  const seconds = Math.max(0, Math.floor((now - savedAt) / 1000));
  if (seconds < 60) return t('Saved {n} s ago', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? t('Saved {n} min ago', { n: minutes }) : t('Saved {n} h ago', { n: Math.floor(minutes / 60) });
}

/**
 * What to show. The most severe state wins: first what stops all saving, then what stops single changes.
 * @param {Facts} facts @param {number} now
 * @returns {SaveState}
 */
export function saveStateOf({ connection, pending, conflicts, rejected, savedAt, isPersisted, signIn }, now) {
  const base = { pending, savedAt, link: null };
  const changes = countText(pending, isPersisted);
  if (connection === 'reload') return { ...base, state: 'reload', text: pending ? t('Reload to update: {changes}', { changes }) : t('Reload to update') };
  if (connection === 'signed_out') {
    return { ...base, state: 'signed_out', link: signIn, text: pending ? t('Signed out: {changes}', { changes }) : t('Signed out') };
  }
  if (connection === 'other_person') {
    const text = pending ? t('Someone else is signed in: {changes}', { changes }) : t('Someone else is signed in');
    return { ...base, state: 'signed_out', link: signIn, text };
  }
  if (connection === 'offline') return { ...base, state: 'offline', text: pending ? t('Offline: {changes}', { changes }) : t('Offline') };
  if (conflicts) {
    const text = ngettext('{n} conflict to resolve', '{n} conflicts to resolve', conflicts);
    return { ...base, state: 'conflict', text };
  }
  if (rejected) {
    const text = ngettext('{n} change could not be saved', '{n} changes could not be saved', rejected);
    return { ...base, state: 'rejected', text };
  }
  if (pending) return { ...base, state: 'saving', text: t('Saving…') };
  return { ...base, state: 'saved', text: savedText(savedAt, now) };
}

/** When the text changes by itself next, in ms. @param {SaveState} state @param {number} now */
export function nextTick({ state, savedAt }, now) {
  if (state !== 'saved' || savedAt === null) return null;
  const age = now - savedAt;
  return age < 60000 ? 1000 : 30000;
}
