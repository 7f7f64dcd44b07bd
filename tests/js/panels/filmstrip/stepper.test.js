import assert from 'node:assert/strict';
import test from 'node:test';
import { Film } from '../../../../static/src/editor/panels/filmstrip/film-model.js';
import { createStepper } from '../../../../static/src/editor/panels/filmstrip/stepper.js';

const frame = (index) => ({ id: `m${index}`, index, name: `${index}.jpg`, thumbnail_url: null, status: { name: 'NEW', base: 'NEW' }, labels: 0 });

/** A list of `count` images at image `at`; the list answers only when `answer` is called. */
function world(at, count) {
  const held = [];
  const film = new Film({ urls: { film: '/film' }, filter: '' }, (url) => new Promise((resolve, reject) => held.push({ url, resolve, reject })));
  const opened = [];
  const texts = [];
  const open = (id) => {
    opened.push(id);
    film.current.value = id;
  };
  const stepper = createStepper({ film, open, announce: (text) => texts.push(text), notify: (text) => texts.push(text) });
  film.current.value = `m${at}`;
  const answer = async () => {
    for (const { url, resolve } of held.splice(0)) {
      const query = new URL(url, 'http://x').searchParams;
      const [around, before, after] = ['around', 'before', 'after'].map((name) => Number(query.get(name).replace('m', '')));
      const items = Array.from({ length: count }, (_, i) => frame(i)).filter((one) => one.index >= around - before && one.index <= around + after);
      resolve(new Response(JSON.stringify({ index: around, total: count, items })));
    }
    await film.loading;
  };
  return { film, stepper, opened, texts, answer, held };
}

test('a step before the neighbors are known waits, and is done once', async () => {
  const { film, stepper, opened, texts, answer, held } = world(5, 9);
  stepper.go(1);
  assert.deepEqual(opened, []);
  assert.equal(held.length, 1, 'the list is asked for');
  await answer();
  assert.deepEqual(opened, ['m6']);
  film.read('m6', 12, 16, true);
  await answer();
  assert.deepEqual(opened, ['m6']);
  assert.deepEqual(texts, []);
});

test('a list that is being fetched is not requested again', async () => {
  const { film, stepper, held, opened, answer } = world(5, 9);
  film.show('m5');
  stepper.go(1);
  assert.equal(held.length, 1);
  await answer();
  assert.deepEqual(opened, ['m6']);
});

test('presses add up as they would have one by one; a held key does not', async () => {
  const { stepper, opened, answer } = world(5, 9);
  for (const way of [1, 1, 1, -1]) stepper.go(way);
  for (let i = 0; i < 20; i += 1) stepper.go(1, { isRepeat: true });
  await answer();
  assert.deepEqual(opened, ['m6', 'm7']);
  stepper.go(1, { isRepeat: true });
  assert.deepEqual(opened, ['m6', 'm7', 'm8'], 'where the way is known a held key goes on');
});

test('steps that cancel each other out leave the image as it is', async () => {
  const { stepper, opened, answer } = world(5, 9);
  stepper.go(1);
  stepper.go(-1);
  await answer();
  assert.deepEqual(opened, []);
});

test('an image opened meanwhile stays open', async () => {
  const { film, stepper, opened, answer } = world(5, 9);
  stepper.go(1);
  film.current.value = 'm2';
  film.show('m2');
  await answer();
  assert.deepEqual(opened, []);
});

test('only the end of the list is the end, and pending steps beyond it are dropped', async () => {
  const { stepper, opened, texts, answer } = world(7, 9);
  const ends = [];
  stepper.go(1);
  stepper.go(1);
  stepper.go(1, { atEnd: (way) => ends.push(way) });
  assert.deepEqual(ends, []);
  await answer();
  assert.deepEqual([opened, ends, texts], [['m8'], [1], []]);
  stepper.go(-1);
  assert.deepEqual(opened, ['m8', 'm7']);
  stepper.go(1);
  stepper.go(1);
  assert.deepEqual(texts, ['This is the last image']);
});

test('a list that fails once is waited for; one that keeps failing is reported', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const flush = () => new Promise((resolve) => setImmediate(resolve));
  const { film, stepper, opened, answer, held } = world(5, 9);
  stepper.go(1);
  context.mock.timers.tick(400);
  assert.equal(stepper.isWaiting.value, true);
  held.splice(0)[0].reject(new TypeError('no network'));
  await flush();
  assert.equal(film.failed.value, true);
  context.mock.timers.tick(5000);
  await answer();
  assert.deepEqual([opened, stepper.isWaiting.value], [['m6'], false]);

  const other = world(5, 9);
  other.stepper.go(1);
  context.mock.timers.tick(10_000);
  assert.deepEqual([other.texts.length, other.stepper.isWaiting.value], [1, false]);
  await other.answer();
  assert.deepEqual(other.opened, []);
});
