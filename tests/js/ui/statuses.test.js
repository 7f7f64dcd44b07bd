import assert from 'node:assert/strict';
import test from 'node:test';
import { HATCHES, statusKey } from '../../../static/src/ui/statuses.js';

test('statuses and hatches as the server draws them', () => {
  assert.equal(statusKey('To Review'), 'review');
  assert.equal(statusKey(undefined), 'new');
  assert.equal(HATCHES.length, 20);
});
