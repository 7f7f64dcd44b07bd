/** Finds out which tabs of this browser are open: unsaved changes of closed ones are taken over by another. */

import { uuid7 } from '../../store/uuid.js';

/**
 * @typedef {{client: string, alive(): Promise<Set<string>>, close(): void}} Tabs
 */

const KEY = 'annotator.tab';
/** A page that is being reloaded may still hold the name for a moment; a duplicated tab holds it for good. */
const RELOAD_MS = 800;
const PING_MS = 150;

/** @param {string} value */
function remember(value) {
  try {
    sessionStorage.setItem(KEY, value);
  } catch { /* the tab has another name after a reload: its work is found as that of a closed tab */ }
}

function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/**
 * Gives this tab a name that it keeps over a reload, and that a duplicated tab does not share.
 * @param {string} userId
 * @returns {Promise<Tabs>}
 */
export async function openTabs(userId) {
  const locks = globalThis.navigator?.locks;
  return locks ? withLocks(locks, `annotator:${userId}`) : withChannel(`annotator:${userId}`);
}

/** @param {LockManager} locks @param {string} prefix @returns {Promise<Tabs>} */
async function withLocks(locks, prefix) {
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const hold = (/** @type {string} */ name, /** @type {AbortSignal | undefined} */ signal) =>
    new Promise((resolve) => {
      locks.request(`${prefix}:tab:${name}`, { signal }, () => {
        resolve(true);
        return held;
      }).catch(() => resolve(false));
    });
  let client = remembered();
  if (!client || !(await hold(client, AbortSignal.timeout(RELOAD_MS)))) {
    client = uuid7();
    await hold(client, undefined);
  }
  remember(client);
  return {
    client,
    async alive() {
      const { held: taken = [] } = await locks.query();
      const start = `${prefix}:tab:`;
      return new Set(taken.flatMap(({ name }) => (name?.startsWith(start) ? [name.slice(start.length)] : [])));
    },
    close: release,
  };
}

/**
 * Without Web Locks (plain http on another host): tabs answer a question on a channel. Two that send the same op
 * by mistake do no harm: the server recognizes its id.
 * @param {string} name @returns {Promise<Tabs>}
 */
async function withChannel(name) {
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null;
  const ask = () =>
    new Promise((/** @type {(found: Set<string>) => void} */ resolve) => {
      /** @type {Set<string>} */
      const found = new Set();
      if (!channel) return resolve(found);
      const collect = (/** @type {MessageEvent} */ { data }) => data.type === 'here' && found.add(data.client);
      channel.addEventListener('message', collect);
      channel.postMessage({ type: 'who' });
      setTimeout(() => {
        channel.removeEventListener('message', collect);
        resolve(found);
      }, PING_MS);
    });
  const old = remembered();
  const others = await ask();
  const client = old && !others.has(old) ? old : uuid7();
  remember(client);
  // the first answer still holds while the page starts; later calls ask again
  const heldUntil = performance.now() + 1000;
  channel?.addEventListener('message', ({ data }) => {
    if (data.type === 'who') channel.postMessage({ type: 'here', client });
  });
  return {
    client,
    async alive() {
      const found = performance.now() < heldUntil ? others : await ask();
      return new Set(found).add(client);
    },
    close: () => channel?.close(),
  };
}
