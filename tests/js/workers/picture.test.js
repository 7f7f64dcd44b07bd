import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Picture } from '../../../static/src/workers/picture.js';

const drawn = [];
before(() => {
  globalThis.OffscreenCanvas = /** @type {any} */ (class {
    constructor(width, height) { Object.assign(this, { width, height }); }
    getContext() {
      const { width, height } = /** @type {any} */ (this);
      return { drawImage: (_, ...place) => drawn.push({ width, height, place }), getImageData: () => ({ data: 'pixels' }) };
    }
  });
});
after(() => { delete (/** @type {any} */ (globalThis)).OffscreenCanvas; });
const picture = (width, height) => new Picture(/** @type {any} */ ({ close() {} }), width, height);

test('an image is read whole, once, in its own pixels', () => {
  const one = picture(4000, 3000);
  const first = one.window(10, 10);
  assert.deepEqual([first.left, first.top, first.width, first.height, first.step], [0, 0, 4000, 3000, 1]);
  assert.equal(one.window(3999, 2999), first);
  assert.deepEqual(drawn.splice(0), [{ width: 4000, height: 3000, place: [-0, -0, 4000, 3000] }]);
});

test('of a larger one the part around the place is read, inside the image', () => {
  const large = picture(16000, 12000);
  assert.deepEqual(['left', 'top', 'width', 'height'].map((name) => large.window(8000, 11900)[name]), [5952, 7904, 4096, 4096]);
  assert.deepEqual(['left', 'top'].map((name) => large.window(3, 3)[name]), [0, 0]);
  assert.equal(drawn.splice(0).length, 2);
});

test('with a step the same image is smaller, and begins at a multiple of it', () => {
  const large = picture(16001, 12000);
  const seen = large.window(8000, 100, 4);
  assert.deepEqual([seen.left, seen.top, seen.width, seen.height, seen.step], [0, 0, 4001, 3000, 4]);
  const part = picture(60000, 60000).window(30000, 100, 4);
  assert.deepEqual([part.left % 4, part.top, part.width, part.height], [0, 0, 4096, 4096]);
  assert.deepEqual(drawn.splice(0)[0].place, [-0, -0, 16001 / 4, 3000]);
});
