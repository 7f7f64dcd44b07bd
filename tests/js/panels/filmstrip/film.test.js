import assert from 'node:assert/strict';
import test from 'node:test';
import { goTo } from '../../../../static/src/editor/panels/dialogs/jump.js';
import { Film, joined, neighbors, trimmed } from '../../../../static/src/editor/panels/filmstrip/film-model.js';

const frame = (index, more = {}) => ({ id: `m${index}`, index, name: `${index}.jpg`, thumbnail_url: null, status: { name: 'NEW', base: 'NEW' }, labels: 0, ...more });
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => frame(from + i));
const indexes = (items) => items.map((one) => one.index);

/** A server with `count` images; `asked` collects the queries. */
function film(count, filter = '') {
  const asked = [];
  const fetcher = async (url) => {
    const query = new URL(url, 'http://x').searchParams;
    asked.push(Object.fromEntries(query));
    const at = Number(query.get('at') ?? query.get('around').slice(1));
    const items = range(0, count - 1).filter((one) => one.index >= at - Number(query.get('before')) && one.index <= at + Number(query.get('after')));
    return new Response(JSON.stringify({ index: at, total: count, items }), { headers: { 'Content-Type': 'application/json' } });
  };
  return { made: new Film({ urls: { film: '/film' }, filter }, fetcher), asked };
}

test('stretches that touch or overlap become one, the newer answer wins', () => {
  assert.deepEqual(indexes(joined(range(0, 5), range(4, 9))), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(indexes(joined(range(10, 12), range(7, 9))), [7, 8, 9, 10, 11, 12]);
  assert.equal(joined(range(0, 5), [frame(3, { labels: 8 })])[3].labels, 8);
});

test('a gap between stretches leaves only the newer', () => {
  assert.deepEqual(indexes(joined(range(0, 5), range(20, 22))), [20, 21, 22]);
  assert.deepEqual(indexes(joined(range(0, 2), [])), [0, 1, 2]);
});

test('the frames farthest from the shown one are dropped beyond the limit', () => {
  assert.deepEqual(indexes(trimmed(range(0, 99), 'm50', 10)), range(45, 54).map((one) => one.index));
  assert.deepEqual(indexes(trimmed(range(0, 99), 'm99', 3)), [97, 98, 99]);
});

test('next, previous and position of the shown image', async () => {
  const { made, asked } = film(100, 'status=x&status=y');
  await made.show('m50');
  assert.equal(asked[0].status, 'y');
  assert.equal(made.next.value.id, 'm51');
  assert.equal(made.previous.value.id, 'm49');
  assert.deepEqual(made.place.value, { index: 50, total: 100 });
  assert.deepEqual(made.around(3, 1), ['m51', 'm52', 'm53', 'm49']);
  await made.show('m51');
  assert.equal(asked.length, 1, 'what is known is not asked again');
  await made.show('m64');
  assert.equal(asked.length, 2, 'near the end of the window more is asked');
  assert.equal(made.items.value[0].index, 38);
});

test('an image by its number, loaded or fetched; beyond the end a message is shown', async () => {
  const { made, asked } = film(100, 'status=x');
  await made.show('m50');
  const [opened, texts] = [[], []];
  const app = { film: made, open: (id) => opened.push(id) };
  await goTo(app, 53, (text) => texts.push(text));
  assert.equal(asked.length, 1);
  await goTo(app, 1, (text) => texts.push(text));
  assert.deepEqual(asked[1], { status: 'x', at: '0', before: '0', after: '0' });
  await goTo(app, 101, (text) => texts.push(text));
  assert.deepEqual(opened, ['m52', 'm0']);
  assert.deepEqual(texts, ['There is no image 101: the list has 100']);
  const going = goTo(app, 90, (text) => texts.push(text));
  made.current.value = 'm51';
  await going;
  assert.deepEqual(opened, ['m52', 'm0'], 'an image opened meanwhile stays');
});

test('first and last have one neighbor', async () => {
  const { made } = film(3);
  await made.show('m0');
  assert.equal(made.previous.value, null);
  await made.show('m2');
  assert.equal(made.next.value, null);
});

test('an image that the filter excludes keeps its neighbors', () => {
  const items = [frame(0), frame(1)];
  assert.deepEqual(neighbors(items, 'missing', { id: 'missing', index: 1 }, 2), { previous: items[0], next: items[1], index: null });
  assert.deepEqual(neighbors(items, 'other', { id: 'missing', index: 1 }, 2), { previous: undefined, next: undefined, index: null });
  assert.equal(neighbors(items, 'missing', { id: 'missing', index: 0 }, 2).previous, null);
  assert.equal(neighbors(items, 'missing', { id: 'missing', index: 2 }, 2).next, null);
});

test('the end of the loaded items is not the end of the list', () => {
  const items = [frame(4), frame(5)];
  assert.deepEqual(neighbors(items, 'm4', null, 9), { previous: undefined, next: items[1], index: 4 });
  assert.equal(neighbors(items, 'm5', null, 9).next, undefined);
  assert.equal(neighbors(items, 'm5', null, 6).next, null);
});

test('local changes are shown at once, without a new array when nothing changed', async () => {
  const { made } = film(3);
  await made.show('m1');
  const before = made.items.value;
  made.updateItem('m1', { labels: 0, status: { name: 'NEW', base: 'NEW' } });
  assert.equal(made.items.value, before);
  made.updateItem('m1', { labels: 4 });
  assert.equal(made.items.value[1].labels, 4);
});

test('without an answer the filmstrip reports the failure and keeps its items', async () => {
  const made = new Film({ urls: { film: '/film' }, filter: '' }, async () => { throw new TypeError('no network'); });
  made.items.value = range(0, 2);
  await made.read('m1', 1, 1);
  assert.equal(made.failed.value, true);
  assert.equal(made.items.value.length, 3);
  clearTimeout(made.timer);
});
