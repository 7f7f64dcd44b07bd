import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { World, essence } from './world.js';

test('a server that cannot apply changed pixels gets the whole mask, and undo gives the old one back', async () => {
  const world = new World();
  const { server, clock } = world;
  try {
    const session = await world.open();
    const runs = Array.from({ length: 50 }, (_, i) => [1 + 4 * i, 2]).flat();
    const box = /** @type {[number, number, number, number]} */ ([10, 10, 30, 20]);
    const made = commands.createLabel(session.store, { concept: 'c1', shape: 'mask', box, mask: runs, tool: 'brush' });
    session.store.commit(made);
    await clock.advance(100);
    session.store.commit(commands.updateLabel(session.store, made.label_id, { box, mask: [...runs, 199, 1] }));
    await clock.advance(3000);
    const patches = server.posts().slice(1).map((post) => post.body.ops[0].patch);
    assert.deepEqual(patches, [
      { box, mask_delta: { box: [28, 19, 29, 20], mask: [1, 1], area: 101 } },
      { box, mask: [...runs, 199, 1] },
    ]);
    assert.deepEqual(essence(server.labels()), essence(session.store.labels.values()));
    assert.equal(session.store.rejected.value.length, 0);
    session.store.undo();
    await clock.advance(3000);
    assert.deepEqual(server.labels()[0].mask, runs);
  } finally {
    world.end();
  }
});
