import assert from 'node:assert/strict';
import test from 'node:test';
import { rowsOf, search } from '../../../static/src/ui/palette.js';

test('the palette ranks beginnings before middles and finds words in any order', () => {
  const entries = ['Zoom in', 'Polygon', 'Show polygon', 'Box'].map((label) => ({ group: 'g', label, run() {} }));
  const found = (typed) => search(entries, typed).map((one) => one.label);
  assert.deepEqual(found('poly'), ['Polygon', 'Show polygon']);
  assert.deepEqual(found('polygon show'), ['Show polygon']);
  assert.deepEqual(found('in zo'), ['Zoom in']);
  assert.deepEqual(found('nothing'), []);
  assert.equal(found('').length, 4);
});

test('the palette finds all there is, however many', () => {
  const entries = Array.from({ length: 500 }, (_, i) => ({ group: i < 300 ? 'Classes' : 'Images', label: `Class ${i}`, run() {} }));
  assert.equal(search(entries, '').length, 500);
  assert.equal(search(entries, 'class').length, 500);
  const rows = rowsOf(search(entries, ''));
  assert.deepEqual([rows.length, rows[0], rows[1], rows[300], rows[301], rows[302]], [502, 'Classes', 0, 299, 'Images', 300]);
  assert.deepEqual(rowsOf([]), []);
});
