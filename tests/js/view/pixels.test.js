import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PixelReader } from '../../../static/src/editor/view/pixels.js';

/** A worker that keeps what it is sent; `answer` answers the request of that number. */
function fakeWorker() {
  const sent = [];
  const worker = { sent, isEnded: false, postMessage: (message) => sent.push(message), terminate: () => { worker.isEnded = true; } };
  return Object.assign(worker, { answer: (i, value) => worker.onmessage({ data: { id: sent[i].id, ...value } }) });
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

function reader() {
  const workers = [];
  const source = { shown: { id: 'a', detail_url: '/m/a/1', width: 4, height: 3 }, files: [], media: () => source.shown, file: async (media) => { source.files.push(media.id); return `file of ${media.id}`; } };
  const start = () => workers[workers.push(fakeWorker()) - 1];
  return { workers, source, pixels: new PixelReader('worker.js', /** @type {any} */ (source), /** @type {any} */ (start)) };
}

test('the worker starts with the first question, and the image is opened once', async () => {
  const { workers, source, pixels } = reader();
  assert.equal(workers.length, 0);
  const [one, two] = [pixels.ask('flood', 1), pixels.ask('flood', 2)];
  await settle();
  const [worker] = workers;
  assert.deepEqual(worker.sent.map(({ call, args }) => [call, args]), [['open', { blob: 'file of a', width: 4, height: 3 }]]);
  worker.answer(0, {});
  await settle();
  worker.answer(2, { value: 'second' });
  worker.answer(1, { value: 'first' });
  assert.deepEqual([await one, await two], ['first', 'second']);
  source.shown = { id: 'a', detail_url: '/m/a/2', width: 9, height: 9 };
  pixels.prepare();
  await settle();
  assert.deepEqual([source.files, worker.sent.at(-1).call, workers.length], [['a', 'a'], 'open', 1]);
});

test('what cannot be opened is tried again with the next question', async () => {
  const { workers, source, pixels } = reader();
  const failed = pixels.ask('flood', 1);
  await settle();
  workers[0].answer(0, { error: 'broken' });
  await assert.rejects(failed, /broken/);
  void pixels.ask('flood', 1).catch(() => {});
  await settle();
  assert.deepEqual(source.files, ['a', 'a']);
  source.shown = null;
  await assert.rejects(pixels.ask('flood', 1), /No image/);
});

test('a worker that fails is replaced; what waited is rejected', async () => {
  const { workers, pixels } = reader();
  const waiting = pixels.ask('flood', 1);
  await settle();
  workers[0].onerror();
  await assert.rejects(waiting, /worker failed/);
  assert.ok(workers[0].isEnded);
  void pixels.ask('flood', 1).catch(() => {});
  await settle();
  assert.equal(workers.length, 2);
});
