import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { StageImage } from '../../../static/src/editor/view/image.js';
import { MEDIA } from './samples.js';

/** Bitmaps by address; an address that is missing cannot be fetched. */
let sizes = {};
let made = [];
let fetched = [];

beforeEach(() => {
  sizes = { '/a.jpg': [200, 100], '/p.jpg': [50, 25], '/b.jpg': [200, 100] };
  made = [];
  fetched = [];
  globalThis.window = /** @type {any} */ ({ requestIdleCallback: (fn) => setImmediate(fn) });
  globalThis.fetch = /** @type {any} */ (async (url) => {
    fetched.push(url);
    return { ok: url in sizes, status: url in sizes ? 200 : 404, blob: async () => url };
  });
  globalThis.createImageBitmap = /** @type {any} */ (async (source, { resizeWidth, resizeHeight } = {}) => {
    const [width, height] = resizeWidth ? [resizeWidth, resizeHeight] : sizes[source];
    const bitmap = { width, height, isClosed: false, close: () => (bitmap.isClosed = true) };
    made.push(bitmap);
    return bitmap;
  });
});

const settle = () => new Promise((resolve) => setTimeout(resolve));
const media = (fields) => /** @type {any} */ ({ ...MEDIA, ...fields });

test('the original is shown; when it cannot be decoded, the preview; when neither, the failure is set', async () => {
  const image = new StageImage(() => {});
  await image.show(media());
  assert.equal(image.levels[0].scale, 1);
  delete sizes['/a.jpg'];
  const other = new StageImage(() => {});
  await other.show(media());
  assert.equal(other.levels[0].scale, 0.25);
  delete sizes['/p.jpg'];
  const none = new StageImage(() => {});
  await none.show(media());
  assert.deepEqual([none.levels.length, none.failure], [0, 'a.jpg']);
});

test('an original that browsers would show wrong is never fetched', async () => {
  const image = new StageImage(() => {});
  await image.show(media({ width: 20000, height: 10000, detail_url: '/p.jpg', display_range: [7532, 8412] }));
  image.preload([media({ detail_url: '/p.jpg' })]);
  await settle();
  assert.deepEqual([image.levels.length, image.isDetailRequested], [1, true]);
  assert.deepEqual([...new Set(fetched)], ['/p.jpg']);
});

test('of two requested images the later one is shown', async () => {
  const image = new StageImage(() => {});
  const first = image.show(media());
  const second = image.show(media({ detail_url: '/b.jpg', name: 'b.jpg' }));
  await Promise.all([first, second]);
  assert.equal(image.media?.name, 'b.jpg');
  assert.equal(image.levels.length, 1);
});

test('a large image has smaller copies for views from afar; they go with it, the cached one stays usable', async () => {
  sizes['/a.jpg'] = [6000, 3000];
  const image = new StageImage(() => {});
  await image.show(media({ width: 6000, height: 3000 }));
  await settle();
  await settle();
  assert.deepEqual(image.levels.map((l) => l.scale), [1, 0.5, 0.25]);
  assert.deepEqual([1, 0.6, 0.5, 0.3, 0.2, 3].map((s) => image.levelFor(s).scale), [1, 1, 0.5, 0.5, 0.25, 1]);
  await image.show(media({ detail_url: '/b.jpg' }));
  assert.deepEqual(made.slice(0, 3).map((b) => b.isClosed), [false, true, true]);
  await image.show(media({ width: 6000, height: 3000 }));
  assert.equal(image.levels[0].image.isClosed, false);
  assert.equal(fetched.filter((url) => url === '/a.jpg').length, 1);
});

test('beyond 8192 px a side the original is loaded when the view needs more than the preview has', async () => {
  sizes['/a.jpg'] = [9000, 4500];
  sizes['/p.jpg'] = [1000, 500];
  const image = new StageImage(() => {});
  const g = /** @type {any} */ ({ clearRect() {}, drawImage() {} });
  const camera = (scale) => /** @type {any} */ ({ scale, zoom: scale, left: 0, top: 0, deviceWidth: 100, deviceHeight: 100, ratio: 1 });
  await image.show(media({ width: 9000, height: 4500 }));
  image.draw(g, camera(0.1));
  assert.deepEqual(fetched, ['/p.jpg']);
  image.draw(g, camera(0.5));
  await settle();
  assert.deepEqual(fetched, ['/p.jpg', '/a.jpg']);
  assert.equal(image.levels[0].scale, 1);
  await image.show(media({ detail_url: '/b.jpg' }));
  assert.equal(made[0].isClosed, false);
});

test('decoded neighbors are cached up to 64 megapixels, the image on the stage always', async () => {
  for (let i = 0; i < 5; i++) sizes[`/n${i}.jpg`] = [5000, 4000];
  const image = new StageImage(() => {});
  await image.show(media({ detail_url: '/n0.jpg', width: 5000, height: 4000 }));
  image.preload([1, 2, 3, 4].map((i) => media({ detail_url: `/n${i}.jpg`, width: 5000, height: 4000 })));
  await settle();
  await settle();
  assert.deepEqual([...image.cache.entries.keys()], ['/n0.jpg', '/n2.jpg', '/n3.jpg', '/n4.jpg']);
});
