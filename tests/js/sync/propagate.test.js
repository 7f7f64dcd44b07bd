import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { propagate } from '../../../static/src/editor/panels/propagate.js';
import { Browser, MEDIA, OTHER, World } from './world.js';

let world;
let server;
let clock;
beforeEach(() => {
  world = new World();
  ({ server, clock } = world);
});
afterEach(() => world.end());

const frame = (id, index) => ({ id, index, name: `${id}.jpg` });
/** The page's parts that propagating needs; the list has the image shown and one after it. */
function appOf(session) {
  const said = [];
  const film = { next: { peek: () => frame(OTHER, 1) }, at: async (index) => (index === 1 ? frame(OTHER, 1) : null) };
  return { app: { session, store: session.store, film, announce: (text) => said.push(text) }, said };
}
const draw = (session, box, more = {}) => {
  const delta = commands.createLabel(session.store, { concept: 'c1', shape: 'box', box, ...more });
  session.store.commit(delta);
  return session.store.labels.get(delta.label_id);
};
const essential = (labels) => [...labels].map(({ concept, box }) => [concept, box]);

test('objects are copied to the next image at the same place, above what is there, and undone there as one step', async () => {
  server.script(OTHER, { old: { box: [1, 1, 5, 5], z: 7 } });
  const ann = await world.open();
  const labels = [draw(ann, [10, 10, 50, 60]), draw(ann, [20, 20, 30, 30], { concept: 'c2' })];
  const { app, said } = appOf(ann);
  await world.until(propagate(app, labels, {}, 1));
  await clock.advance(300);
  assert.deepEqual(essential(server.labels(OTHER)).slice(1), [['c1', [10, 10, 50, 60]], ['c2', [20, 20, 30, 30]]]);
  assert.deepEqual(server.labels(OTHER).slice(1).map((one) => one.z), [8, 9]);
  assert.equal(server.labels(MEDIA).length, 2);
  assert.deepEqual(said, [`Propagated to ${OTHER}.jpg`]);
  await world.until(propagate(app, labels, {}, 3));
  assert.deepEqual(said.slice(1), ['There is only 1 image after this one', '2 objects were there already']);
  await world.until(ann.load(OTHER));
  assert.equal(ann.store.labels.size, 3);
  ann.store.undo();
  await clock.advance(300);
  assert.deepEqual(server.labels(OTHER).map((one) => one.id), ['old']);
});

test('without a network they are kept in the browser, not doubled, and sent later, by another tab too', async () => {
  const browser = new Browser(world);
  const ann = await world.open('t1', { browser });
  const labels = [draw(ann, [10, 10, 50, 60])];
  await clock.advance(300);
  await world.until(ann.prefetch(OTHER));
  server.weather = () => 'lost';
  const { app, said } = appOf(ann);
  await world.until(propagate(app, labels, {}, 1));
  await world.until(propagate(app, labels, {}, 1));
  assert.deepEqual(said, [`Propagated to ${OTHER}.jpg`, '1 object was there already']);
  assert.equal(server.labels(OTHER).length, 0);
  world.kill(ann);
  server.weather = () => undefined;
  const again = await world.open('t1', { browser, media: OTHER });
  await clock.advance(300);
  assert.deepEqual(essential(server.labels(OTHER)), [['c1', [10, 10, 50, 60]]]);
  assert.equal(again.store.canUndo.value, true);
});

test('an image that is finished or not readable gets nothing, and that is said; larger objects are left out', async () => {
  const ann = await world.open();
  const labels = [draw(ann, [10, 10, 50, 60])];
  const { app, said } = appOf(ann);
  server.media.get(OTHER).status = 'DONE';
  await world.until(propagate(app, labels, {}, 1));
  server.media.get(OTHER).status = 'NEW';
  ann.retainCached([]);
  await world.until(propagate(app, [{ ...labels[0], box: [0, 0, 1001, 10] }], {}, 1));
  ann.retainCached([]);
  server.weather = () => 'lost';
  await world.until(propagate(app, labels, {}, 1));
  assert.deepEqual(said, ['1 image is finished or cannot be edited', '1 object does not fit', '1 image could not be loaded']);
  assert.equal(server.labels(OTHER).length, 0);
});
