import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherVersions } from '../../../static/src/editor/view/edit-layer.js';
import { box } from './samples.js';

const conflict = (more) => ({ media: 'm1', during: 'save', mine: box('a', [0, 0, 1, 1]), theirs: box('a', [0, 0, 9, 9]), ...more });
const shown = (one) => otherVersions([one], 'm1').map((label) => label.box[2]);

test('of a label in conflict the version that is not shown is drawn too', () => {
  assert.deepEqual(shown(conflict({})), [9]);
  assert.deepEqual(shown(conflict({ during: 'undo' })), [1]);
  assert.deepEqual(shown(conflict({ theirs: null })), [], 'they deleted it');
  assert.deepEqual(shown(conflict({ during: 'redo', mine: null })), []);
  assert.deepEqual(shown(conflict({ media: 'm2' })), [], 'on another image');
});
