/** Connects a session with the browser's events: network, visibility, focus, and the page going away. */

/** @import {EditorSession} from './session.js' */

/** Returns the function that removes the listeners. @param {EditorSession} session */
export function listenToPage(session) {
  const target = globalThis.window;
  if (!target) return () => {};
  const listeners = new AbortController();
  const on = (/** @type {EventTarget} */ where, /** @type {string} */ name, /** @type {(event: any) => void} */ fn) =>
    where.addEventListener(name, fn, { signal: listeners.signal });
  const wake = () => {
    if (!document.hidden) session.wake();
  };
  on(target, 'online', wake);
  on(target, 'offline', () => session.connection.failed('network'));
  on(target, 'pageshow', wake);
  on(target, 'focus', () => session.lookAgain());
  on(target, 'pagehide', () => session.sendBeforeLeaving());
  on(document, 'visibilitychange', wake);
  on(target, 'beforeunload', (event) => {
    if (session.outbox.pending.peek() && !session.outbox.isPersisted.peek()) event.preventDefault();
  });
  return () => listeners.abort();
}
