import assert from 'node:assert/strict';
import test from 'node:test';
import { search } from '../../../static/src/ui/palette.js';

test('the palette ranks beginnings before middles and finds words in any order', () => {
  const entries = ['Zoom in', 'Polygon', 'Show polygon', 'Box'].map((label) => ({ group: 'g', label, run() {} }));
  const found = (typed) => search(entries, typed).map((one) => one.label);
  assert.deepEqual(found('poly'), ['Polygon', 'Show polygon']);
  assert.deepEqual(found('polygon show'), ['Show polygon']);
  assert.deepEqual(found('in zo'), ['Zoom in']);
  assert.deepEqual(found('nothing'), []);
  assert.equal(found('').length, 4);
});
