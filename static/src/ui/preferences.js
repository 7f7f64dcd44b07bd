/** What a person set up for themselves, kept with their account. */
import { postJson } from './dom.js';

/** Saves some preferences; the others stay. Rejects with the server's message. @param {Record<string, unknown>} values */
export async function savePreferences(values) {
  const url = document.documentElement.dataset.preferences;
  if (url) await postJson(url, values);
}
