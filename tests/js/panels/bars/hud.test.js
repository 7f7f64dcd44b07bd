import assert from 'node:assert/strict';
import test from 'node:test';
import * as commands from '../../../../static/src/editor/commands.js';
import { hiddenCount } from '../../../../static/src/editor/panels/bars/hud.js';
import { label, open } from '../../store/world.js';

test('hidden objects are counted, those that are gone are not', () => {
  const store = open([label('a'), label('b'), label('c')]);
  assert.equal(hiddenCount(store), 0);
  store.setHidden(['a', 'b', 'gone'], true);
  assert.equal(hiddenCount(store), 2);
  store.commit(commands.deleteLabels(store, ['b']));
  assert.equal(hiddenCount(store), 1);
  store.display.value = { ...store.display.peek(), hideAll: true };
  assert.equal(hiddenCount(store), 2);
});
