import assert from 'node:assert/strict';
import test from 'node:test';
import { grouped } from '../../../../static/src/editor/panels/side/tags.js';

test('tags are listed by group, those without a group last', () => {
  const tags = [{ id: '1', tag_group: 'w' }, { id: '2', tag_group: null }, { id: '3', tag_group: 'missing' }];
  const groups = [{ id: 'w', name: 'Weather', kind: 'SELECTION' }, { id: 'e', name: 'Empty', kind: 'MULTIPLE-SELECTION' }];
  const found = grouped(tags, groups).map((one) => [one.name, one.isSingle, one.tags.map((tag) => tag.id).join('')]);
  assert.deepEqual(found, [['Weather', true, '1'], ['', false, '23']]);
});
