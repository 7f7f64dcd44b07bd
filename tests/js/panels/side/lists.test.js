import assert from 'node:assert/strict';
import test from 'node:test';
import { classesNamed, digitOf, slotsOf, tallyByClass, withBound } from '../../../../static/src/editor/panels/side/classes-model.js';
import { figures, neighbor, rowsOf } from '../../../../static/src/editor/panels/side/objects-model.js';
import { rowsInView, scrollToRow } from '../../../../static/src/ui/virtual-rows.js';

const concepts = new Map([['c', { id: 'c', name: 'Car', order: 2 }], ['p', { id: 'p', name: 'Person', order: 1 }]]);
const label = (id, concept, box, more = {}) => ({ id, concept, box, points: null, mask: null, keypoints: [], score: null, origin: 'human', created_by: 'u', created_at: id, ...more });
const labels = new Map([
  ['a', label('a', 'c', [0, 0, 10, 10])],
  ['b', label('b', 'p', [0, 0, 30, 10], { score: 0.9, origin: 'model' })],
  ['d', label('d', 'c', [0, 0, 5, 5], { score: 0.4, origin: 'model' })],
]);
const how = { concept: (id) => concepts.get(id) };
const ids = (rows) => rows.map((row) => row.id).join('');

test('only rows in view, a margin and the active one are drawn', () => {
  const rows = rowsInView({ count: 2000, rowHeight: 30, scrollTop: 30000, height: 600, active: 3 });
  assert.equal(rows[0], 3);
  assert.equal(rows[1], 994);
  assert.equal(rows.at(-1), 1026);
  assert.deepEqual(rowsInView({ count: 0, rowHeight: 30, scrollTop: 0, height: 600, active: -1 }), []);
  assert.deepEqual(rowsInView({ count: 3, rowHeight: 30, scrollTop: 9000, height: 600, active: -1 }), [0, 1, 2]);
  assert.equal(rowsInView({ count: 2000, rowHeight: 30, scrollTop: 0, height: 600, active: 1999 }).at(-1), 1999);
});

test('a row comes into view with the least movement', () => {
  const at = (index, scrollTop) => scrollToRow({ index, rowHeight: 30, scrollTop, height: 300 });
  assert.equal(at(5, 0), 0);
  assert.equal(at(12, 0), 90);
  assert.equal(at(2, 90), 60);
});

test('rows keep their numbers under filter and sort', () => {
  const order = ['a', 'b', 'd'];
  assert.deepEqual(rowsOf(order, labels, how), [{ id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'd', n: 3 }]);
  assert.deepEqual(rowsOf(order, labels, { ...how, text: 'car' }), [{ id: 'a', n: 1 }, { id: 'd', n: 3 }]);
  assert.equal(ids(rowsOf(order, labels, { ...how, text: 'CAR 3' })), 'd');
  assert.equal(ids(rowsOf(order, labels, { ...how, text: 'anna', author: () => 'Anna Keller' })), 'abd');
  assert.equal(ids(rowsOf(order, labels, { ...how, sort: 'class' })), 'bad');
  assert.equal(ids(rowsOf(order, labels, { ...how, sort: 'area' })), 'bad');
  assert.equal(ids(rowsOf(order, labels, { ...how, sort: 'score' })), 'bda');
  assert.equal(ids(rowsOf(order, labels, { ...how, sort: 'newest' })), 'dba');
});

test('after a deletion the next row becomes active, at the end the one before', () => {
  const rows = rowsOf(['a', 'b', 'd'], labels, how);
  assert.equal(neighbor(rows, new Set(['a', 'b'])), 'd');
  assert.equal(neighbor(rows, new Set(['d'])), 'b');
  assert.equal(neighbor(rows, new Set(['a', 'b', 'd'])), null);
});

test('digits go from 1 to 0 and end there', () => {
  const classes = Array.from({ length: 12 }, (_, i) => ({ id: String(i) }));
  assert.deepEqual(['0', '8', '9', '10', 'x'].map((id) => digitOf(slotsOf(classes), id)), ['1', '9', '0', '', '']);
  assert.equal(slotsOf(classes.slice(0, 3))[3], undefined);
});

test('a digit can be bound to another class, and reset', () => {
  const classes = Array.from({ length: 12 }, (_, i) => ({ id: String(i) }));
  const bound = withBound(withBound({}, classes, 10, '11'), classes, 5, '1');
  assert.deepEqual(bound, { 0: '11', 5: '1' });
  const slots = slotsOf(classes, bound);
  assert.deepEqual([slots[9].id, slots[4].id], ['11', '1']);
  assert.deepEqual(['11', '1', '4', '9'].map((id) => digitOf(slots, id)), ['0', '2, 5', '', '']);
  assert.deepEqual(withBound(bound, classes, 5, '4'), { 0: '11' });
  assert.equal(slotsOf(classes, { 3: 'missing' })[2].id, '2', 'a deleted class frees its digit');
});

test('of each class all objects are counted, and those that are hidden or locked', () => {
  const tallies = tallyByClass(labels.values(), new Set(['a', 'b', 'gone']), new Set(['d']));
  assert.deepEqual(Object.fromEntries(tallies), { c: { count: 2, hidden: 1, locked: 1 }, p: { count: 1, hidden: 1, locked: 0 } });
});

test('classes are found by any part of their name, in any case', () => {
  const classes = ['Traffic light', 'Car', 'Light truck'].map((name) => ({ name }));
  const found = (text) => classesNamed(classes, text).map((one) => one.name);
  assert.deepEqual(found(' LIGHT '), ['Traffic light', 'Light truck']);
  assert.equal(found('').length, 3);
  assert.deepEqual(found('bus'), []);
});

test('geometry in figures: points of all rings, holes, filled pixels', () => {
  const square = [[0, 0], [9, 0], [9, 9], [0, 9]];
  const hole = [[2, 2], [4, 2], [4, 4]];
  const found = figures(label('x', 'c', [0, 0, 9.25, 9], { points: [[square, hole], [square]], mask: [1, 4, 10, 5] }), (n, d) => n.toFixed(d));
  assert.deepEqual(found, { size: '9.3 × 9.0 px', points: 11, holes: 1, pixels: 9, keypoints: 0 });
});
