import assert from 'node:assert/strict';
import test from 'node:test';
import { seenPart } from '../../../../static/src/editor/panels/bars/minimap.js';

test('the minimap shows only when something is outside the stage', () => {
  const image = { width: 1000, height: 500 };
  const stage = { width: 500, height: 500 };
  assert.equal(seenPart({ zoom: 0.5, x: 500, y: 250 }, image, stage), null);
  assert.deepEqual(seenPart({ zoom: 1, x: 500, y: 250 }, image, stage), { left: 0.25, right: 0.75, top: 0, bottom: 1 });
  assert.deepEqual(seenPart({ zoom: 1, x: 0, y: 250 }, image, stage), { left: 0, right: 0.25, top: 0, bottom: 1 });
  assert.equal(seenPart({ zoom: 1, x: 0, y: 0 }, image, { width: 0, height: 0 }), null);
});
