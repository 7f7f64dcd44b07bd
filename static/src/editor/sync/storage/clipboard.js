/** Keeps what a person copied the same in all tabs of this browser, and over a reload. */
import { effect } from '@preact/signals-core';
import { CLIPBOARD_KEY } from '../../store/store.js';

/**
 * @import {Signal} from '@preact/signals-core'
 * @import {Persistence} from '../../types/outbox'
 * @import {Clipboard} from '../../types/store'
 */

/** Puts in what was copied before the page was opened. @param {Signal<Clipboard>} clipboard @param {Persistence} persistence */
export async function loadClipboard(clipboard, persistence) {
  const kept = await persistence.get('local', CLIPBOARD_KEY).catch(() => null);
  if (kept && kept.clipboard.at > clipboard.peek().at) clipboard.value = kept.clipboard;
}

/**
 * Sends what is copied to the other tabs and takes over theirs. Returns the function that ends it.
 * @param {Signal<Clipboard>} clipboard @param {string} userId
 */
export function shareClipboard(clipboard, userId) {
  if (!globalThis.window || typeof BroadcastChannel !== 'function') return () => {};
  const channel = new BroadcastChannel(`annotator:${userId}:clipboard`);
  let known = clipboard.peek();
  channel.onmessage = ({ data }) => {
    if (data.at <= clipboard.peek().at) return;
    known = data;
    clipboard.value = data;
  };
  const end = effect(() => {
    const now = clipboard.value;
    if (now === known) return;
    known = now;
    channel.postMessage(now);
  });
  return () => {
    end();
    channel.close();
  };
}
