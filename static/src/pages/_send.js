/** Sending one file to its slot: whole when it is small, in parts that go on after a fault when it is large. No drawing. */
import { t } from '../i18n.js';

export const PART_BYTES = 8 * 1024 * 1024;
const TRIES = 6;
const STEADY_MS = 20_000;
// The server that took the first parts is not the one that answers: the file is sent anew, but not for ever.
const ELSEWHERE = 'upload_elsewhere';
const MAX_RESTARTS = 3;

/** A refusal that trying again does not change. */
export class Refused extends Error {}

/** @param {number} ms @param {AbortSignal} signal */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      removeEventListener('online', done);
      resolve(undefined);
    }
    function stop() {
      clearTimeout(timer);
      removeEventListener('online', done);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stop, { once: true });
    addEventListener('online', done, { once: true });
  });
}

/**
 * One PUT. Resolves with status, the bytes that the server has (of a part), and code and words of a refusal.
 * @param {string} url @param {Blob | null} body @param {string} range @param {AbortSignal} signal @param {(sent: number) => void} onSent
 * @returns {Promise<{status: number, have: number, code: string, message: string}>}
 */
function put(url, body, range, signal, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = () => signal.removeEventListener('abort', stop);
    request.open('PUT', url);
    if (range) request.setRequestHeader('Content-Range', range);
    request.upload.addEventListener('progress', (event) => onSent(event.loaded));
    request.addEventListener('load', () => {
      end();
      const have = /bytes=0-(\d+)/.exec(request.getResponseHeader('Range') ?? '');
      let said = { code: '', message: '' };
      try { said = { ...said, ...JSON.parse(request.responseText) }; } catch { /* no words */ }
      resolve({ status: request.status, have: have ? Number(have[1]) + 1 : 0, code: said.code, message: said.message });
    });
    request.addEventListener('error', () => {
      end();
      reject(new TypeError('network'));
    });
    request.addEventListener('abort', () => {
      end();
      reject(signal.reason ?? new DOMException('stopped', 'AbortError'));
    });
    signal.addEventListener('abort', stop, { once: true });
    request.send(body);
  });
}

/**
 * Sends a file to its slot and goes on by itself after lost connections. Throws Refused with the server's words,
 * AbortError when stopped, or a TypeError when the server stayed out of reach.
 * @param {File} file @param {string} url @param {AbortSignal} signal @param {(sent: number) => void} onSent
 * @param {boolean} [isResumed] whether a part of it may be there from before
 */
export async function sendFile(file, url, signal, onSent, isResumed = false) {
  let at = 0;
  let failures = 0;
  let restarts = 0;
  let isUnsure = isResumed; // how much the server has
  for (;;) {
    signal.throwIfAborted();
    try {
      if (isUnsure && file.size > PART_BYTES) at = await ask(file, url, signal);
      if (at < 0) return;
      isUnsure = false;
      const answer = await sendFrom(file, url, at, signal, onSent);
      if (answer.status === 200) return;
      if (answer.status === 308) {
        at = answer.have;
        failures = 0;
        continue;
      }
      if (answer.code === ELSEWHERE && restarts < MAX_RESTARTS) {
        at = 0;
        restarts += 1;
        continue;
      }
      refuse(answer);
    } catch (error) {
      if (error instanceof Refused || signal.aborted) throw error;
    }
    isUnsure = true;
    failures += 1;
    if (failures >= TRIES && navigator.onLine) throw new TypeError('network');
    await pause(Math.min(STEADY_MS, 500 * 2 ** failures), signal);
  }
}

/** How much of a large file the server has; -1 when all of it. @param {File} file @param {string} url @param {AbortSignal} signal */
async function ask(file, url, signal) {
  const answer = await put(url, null, `bytes */${file.size}`, signal, () => {});
  if (answer.status === 200) return -1;
  if (answer.code === ELSEWHERE) return 0;
  if (answer.status !== 308) refuse(answer);
  return answer.have;
}

/** @param {File} file @param {string} url @param {number} at @param {AbortSignal} signal @param {(sent: number) => void} onSent */
function sendFrom(file, url, at, signal, onSent) {
  if (file.size <= PART_BYTES) return put(url, file, '', signal, onSent);
  const end = Math.min(file.size, at + PART_BYTES);
  return put(url, file.slice(at, end), `bytes ${at}-${end - 1}/${file.size}`, signal, (sent) => onSent(at + sent));
}

/** Throws Refused for what trying again does not change. @param {{status: number, message: string}} answer */
function refuse(answer) {
  const mayPass = answer.status === 0 || answer.status === 408 || answer.status === 429 || answer.status >= 500;
  if (!mayPass) throw new Refused(answer.message || t('The server rejected the file ({n}).', { n: answer.status }));
}
