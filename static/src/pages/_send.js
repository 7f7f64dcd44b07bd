/** Uploads one file to its slot: in one request if it is small, in resumable parts if it is large. */
import { t } from '../i18n.js';

export const PART_BYTES = 8 * 1024 * 1024;
const TRIES = 6;
const MAX_PAUSE_MS = 20_000;
// Another server received the first parts: the upload restarts, but only a few times.
const ELSEWHERE = 'upload_elsewhere';
const MAX_RESTARTS = 3;

/** An error that a retry does not change. */
export class RejectedError extends Error {}

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
 * Sends one PUT. Resolves with the status, the number of bytes that the server has (for a part), and code and message of an error.
 * @param {string} url @param {Blob | null} body @param {string} range @param {AbortSignal} signal @param {(sent: number) => void} onSent
 * @returns {Promise<{status: number, received: number, code: string, message: string}>}
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
      let error = { code: '', message: '' };
      try { error = { ...error, ...JSON.parse(request.responseText) }; } catch { /* no JSON body */ }
      resolve({ status: request.status, received: have ? Number(have[1]) + 1 : 0, code: error.code, message: error.message });
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
 * Uploads a file to its slot and resumes after lost connections. Throws RejectedError with the server's message,
 * the abort reason when stopped, or a TypeError if the server cannot be reached.
 * @param {File} file @param {string} url @param {AbortSignal} signal @param {(sent: number) => void} onSent
 * @param {boolean} [isResumed] whether the server may have a part of it already
 */
export async function sendFile(file, url, signal, onSent, isResumed = false) {
  let at = 0;
  let failures = 0;
  let restarts = 0;
  let isUnsure = isResumed; // whether the number of received bytes is unknown
  for (;;) {
    signal.throwIfAborted();
    try {
      if (isUnsure && file.size > PART_BYTES) at = await receivedBytes(file, url, signal);
      if (at < 0) return;
      isUnsure = false;
      const response = await sendFrom(file, url, at, signal, onSent);
      if (response.status === 200) return;
      if (response.status === 308) {
        at = response.received;
        failures = 0;
        continue;
      }
      if (response.code === ELSEWHERE && restarts < MAX_RESTARTS) {
        at = 0;
        restarts += 1;
        continue;
      }
      throwIfRejected(response);
    } catch (error) {
      if (error instanceof RejectedError || signal.aborted) throw error;
    }
    isUnsure = true;
    failures += 1;
    if (failures >= TRIES && navigator.onLine) throw new TypeError('network');
    await pause(Math.min(MAX_PAUSE_MS, 500 * 2 ** failures), signal);
  }
}

/** The number of bytes of a large file that the server has; -1 for all of it. @param {File} file @param {string} url @param {AbortSignal} signal */
async function receivedBytes(file, url, signal) {
  const response = await put(url, null, `bytes */${file.size}`, signal, () => {});
  if (response.status === 200) return -1;
  if (response.code === ELSEWHERE) return 0;
  if (response.status !== 308) throwIfRejected(response);
  return response.received;
}

/** @param {File} file @param {string} url @param {number} at @param {AbortSignal} signal @param {(sent: number) => void} onSent */
function sendFrom(file, url, at, signal, onSent) {
  if (file.size <= PART_BYTES) return put(url, file, '', signal, onSent);
  const end = Math.min(file.size, at + PART_BYTES);
  return put(url, file.slice(at, end), `bytes ${at}-${end - 1}/${file.size}`, signal, (sent) => onSent(at + sent));
}

/** Throws RejectedError for an error that a retry does not change. @param {{status: number, message: string}} response */
function throwIfRejected(response) {
  const isTemporary = response.status === 0 || response.status === 408 || response.status === 429 || response.status >= 500;
  if (!isTemporary) throw new RejectedError(response.message || t('The server rejected the file ({n}).', { n: response.status }));
}
