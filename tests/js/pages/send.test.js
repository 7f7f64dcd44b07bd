import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { PART_BYTES, RejectedError, sendFile } from '../../../static/src/pages/_send.js';

/** A server that answers each PUT with what `say` makes of its Content-Range; `asked` keeps them all. */
let asked;
let say;

class Request extends EventTarget {
  upload = new EventTarget();
  headers = {};
  open() {}
  abort() {}
  setRequestHeader(name, value) { this.headers[name] = value; }
  getResponseHeader(name) { return this.reply[name] ?? null; }
  send() {
    const range = this.headers['Content-Range'] ?? '';
    asked.push(range);
    this.reply = say(range);
    this.status = this.reply.status;
    this.responseText = JSON.stringify(this.reply.body ?? {});
    queueMicrotask(() => this.dispatchEvent(new Event('load')));
  }
}

const kept = globalThis.XMLHttpRequest;
beforeEach(() => {
  asked = [];
  globalThis.XMLHttpRequest = Request;
});
afterEach(() => {
  globalThis.XMLHttpRequest = kept;
});

const SIZE = 2 * PART_BYTES + 5;
const FILE = { size: SIZE, slice: (from, to) => ({ from, to }) };
const send = (isResumed = false) => sendFile(FILE, '/u/1', new AbortController().signal, () => {}, isResumed);
const FIRST = `bytes 0-${PART_BYTES - 1}/${SIZE}`;
const SECOND = `bytes ${PART_BYTES}-${2 * PART_BYTES - 1}/${SIZE}`;
const LAST = `bytes ${2 * PART_BYTES}-${SIZE - 1}/${SIZE}`;
const until = (count) => ({ status: 308, Range: `bytes=0-${count - 1}` });
const answers = { [FIRST]: until(PART_BYTES), [SECOND]: until(2 * PART_BYTES), [LAST]: { status: 200 } };
const ELSEWHERE = { status: 400, body: { code: 'upload_elsewhere', message: 'Send it again.' } };

test('a large file goes in parts', async () => {
  say = (range) => answers[range];
  await send();
  assert.deepEqual(asked, [FIRST, SECOND, LAST]);
});

test('a part that reached another server starts the file over', async () => {
  let isFirst = true;
  say = (range) => {
    if (range !== SECOND || !isFirst) return answers[range];
    isFirst = false;
    return ELSEWHERE;
  };
  await send();
  assert.deepEqual(asked, [FIRST, SECOND, FIRST, SECOND, LAST]);
});

test('an upload that continues at another server starts over', async () => {
  say = (range) => (range === `bytes */${SIZE}` ? ELSEWHERE : answers[range]);
  await send(true);
  assert.deepEqual(asked, [`bytes */${SIZE}`, FIRST, SECOND, LAST]);
});

test('alternating servers do not restart a file endlessly', async () => {
  say = (range) => (range === SECOND ? ELSEWHERE : answers[range]);
  await assert.rejects(send(), (error) => error instanceof RejectedError && error.message === 'Send it again.');
  assert.equal(asked.length, 8);
});
