/** Pages of one browser notify each other when they are opened, so that one that waits for a sign-in checks at once. */

const NAME = 'annotator:visits';

/**
 * Notifies the other pages of this browser that this one was opened; `heard` is called when another one is opened.
 * Does not say who is signed in: a page that needs to know asks the server.
 * @param {() => void} [heard]
 * @returns {() => void} a function that stops listening
 */
export function announceVisit(heard) {
  if (typeof BroadcastChannel !== 'function') return () => {};
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('opened');
  // a page that only notifies must not keep a channel open: that would keep it out of the back/forward cache
  if (heard) channel.onmessage = heard;
  else channel.close();
  return () => channel.close();
}
