import assert from 'node:assert/strict';
import test from 'node:test';
import { indexAfter, rovingStop } from '../../../static/src/editor/panels/roving.js';

test('arrow keys of the axis, Home and End move the focus between items', () => {
  const list = { axis: 'y' };
  assert.deepEqual(['ArrowDown', 'ArrowUp', 'Home', 'End'].map((key) => indexAfter(key, 2, 5, list)), [3, 1, 0, 4]);
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'Enter', 'a', 'Tab'].map((key) => indexAfter(key, 2, 5, list)), [null, null, null, null, null]);
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'ArrowUp'].map((key) => indexAfter(key, 2, 5, { axis: 'x' })), [1, 3, null]);
  assert.deepEqual(['ArrowLeft', 'ArrowDown'].map((key) => indexAfter(key, 2, 5, { axis: 'both' })), [1, 3]);
});

test('at the ends the focus stays, or wraps', () => {
  assert.deepEqual([indexAfter('ArrowUp', 0, 5, { axis: 'y' }), indexAfter('ArrowDown', 4, 5, { axis: 'y' })], [0, 4]);
  assert.deepEqual([indexAfter('ArrowUp', 0, 5, { axis: 'y', wraps: true }), indexAfter('ArrowDown', 4, 5, { axis: 'y', wraps: true })], [4, 0]);
});

test('there is always one tab stop: the item last focused, else the start, else the first', () => {
  const { of } = rovingStop();
  assert.equal(of(['a', 'b'], 'b'), 'b');
  assert.equal(of(['a', 'b'], 'missing'), 'a');
  assert.equal(of(['a', 'b']), 'a');
});
