/** Pages of one browser tell each other that they were opened: one that waits for a sign-in elsewhere looks at once. */

const NAME = 'annotator:visits';

/**
 * Tells the other pages of this browser that this one was opened; `heard` is called when another one is.
 * Says nothing about who is signed in: whoever needs to know asks the server.
 * @param {() => void} [heard]
 * @returns {() => void} ends it
 */
export function announceVisit(heard) {
  if (typeof BroadcastChannel !== 'function') return () => {};
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('opened');
  // a page that only tells must not hold a channel: it would be kept out of the browser's page cache
  if (heard) channel.onmessage = heard;
  else channel.close();
  return () => channel.close();
}
