import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { MEDIA, World } from './world.js';

let world;
let server;
let clock;
beforeEach(() => {
  world = new World();
  ({ server, clock } = world);
  server.script(MEDIA, { x1: { box: [10, 10, 50, 50] } });
});
afterEach(() => world.end());

const change = (session, id, patch) => session.store.commit(commands.updateLabel(session.store, id, patch));
/** A gesture that began on `label` ends. */
const release = ({ store }, label, patch) =>
  store.commit(commands.updateLabel(store, label.id, patch, label), { from: new Map([[label.id, label]]) });
const stored = () => server.labels()[0]?.box;

test('what somebody changed during a gesture is a conflict, sent on the revision that the gesture began on', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  server.script(MEDIA, { x1: { box: [10, 10, 90, 50] } });
  await clock.advance(100);
  release(ann, began, { box: [15, 12, 55, 52] });
  assert.deepEqual(ann.store.labels.get('x1').box, [15, 12, 55, 52], "one's own stays in sight");
  let isIdle = false;
  ann.idle().then(() => {
    isIdle = true;
  });
  await clock.advance(500);
  assert.equal(server.posts()[0].body.ops[0].base, began.revision);
  assert.deepEqual(stored(), [10, 10, 90, 50]);
  assert.equal(isIdle, true, 'a parked decision is nothing on its way');
  const [conflict] = ann.store.conflicts.value;
  assert.deepEqual([conflict.theirs.box, conflict.mine.box], [[10, 10, 90, 50], [15, 12, 55, 52]]);
  conflict.resolve('mine');
  await clock.advance(500);
  assert.deepEqual(stored(), [15, 12, 55, 52]);
});

test('different sides are merged at the end of the gesture, without a conflict; undo takes back the own side', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  server.script(MEDIA, { x1: { box: [10, 10, 90, 50] } });
  await clock.advance(100);
  release(ann, began, { box: [5, 10, 50, 50] });
  assert.deepEqual(ann.store.labels.get('x1').box, [5, 10, 90, 50]);
  await clock.advance(500);
  assert.deepEqual([stored(), server.posts().length], [[5, 10, 90, 50], 1]);
  assert.equal(ann.store.undo(), true);
  await clock.advance(500);
  assert.deepEqual(stored(), [10, 10, 90, 50]);
});

test('the same change as somebody made meanwhile is nothing to send', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  server.script(MEDIA, { x1: { box: [10, 10, 90, 50] } });
  await clock.advance(100);
  release(ann, began, { box: [10, 10, 90, 50] });
  await clock.advance(500);
  assert.deepEqual([server.posts().length, ann.store.canUndo.value], [0, false]);
});

test('a gesture on a label that was deleted meanwhile asks', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  server.script(MEDIA, { x1: null });
  await clock.advance(100);
  release(ann, began, { box: [5, 10, 50, 50] });
  await clock.advance(500);
  const [conflict] = ann.store.conflicts.value;
  assert.deepEqual([conflict.fields, conflict.by], [['existence'], 'x'], 'by whom the event says');
  conflict.resolve('mine');
  await clock.advance(500);
  assert.deepEqual(stored(), [5, 10, 50, 50]);
});

test('a gesture on a label that one deletes meanwhile is over', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  ann.store.commit(commands.deleteLabels(ann.store, ['x1']));
  release(ann, began, { box: [5, 10, 50, 50] });
  await clock.advance(500);
  release(ann, began, { box: [5, 10, 50, 50] });
  await clock.advance(500);
  assert.deepEqual([stored(), ann.store.conflicts.value.length, server.posts().length], [undefined, 0, 1]);
});

test("one's own change by keys during a gesture is no conflict, saved or not", async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  change(ann, 'x1', { box: [10, 11, 50, 51] });
  release(ann, began, { box: [20, 10, 60, 50] });
  await clock.advance(500);
  assert.equal(ann.store.conflicts.value.length, 0);
  assert.deepEqual(stored(), ann.store.labels.get('x1').box);
  const second = ann.store.labels.get('x1');
  change(ann, 'x1', { concept: 'c2' });
  await clock.advance(500);
  release(ann, second, { box: [30, 10, 70, 50] });
  await clock.advance(500);
  assert.equal(ann.store.conflicts.value.length, 0);
  assert.deepEqual(stored(), [30, 10, 70, 50]);
});

test('a second gesture while the first is being merged keeps what the other person did', async () => {
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  change(ben, 'x1', { box: [10, 10, 90, 50] });
  await clock.advance(1);
  change(ann, 'x1', { box: [5, 10, 50, 50] }); // not told of ben's yet
  await clock.advance(1);
  change(ann, 'x1', { box: [5, 3, 50, 50] });
  await clock.advance(1000);
  assert.deepEqual(stored(), [5, 3, 90, 50]);
  assert.equal(ann.store.conflicts.value.length + ben.store.conflicts.value.length, 0);
  ann.store.undo();
  ann.store.undo();
  await clock.advance(500);
  assert.deepEqual(stored(), [10, 10, 90, 50], "only one's own sides are taken back");
});

test('who was first is told of the conflict and of the decision, once there is a connection', async () => {
  const ann = await world.open('t1');
  const began = ann.store.labels.get('x1');
  const told = () => [...server.sockets].flatMap((socket) => socket.sent.filter((message) => message.type === 'conflict'));
  server.script(MEDIA, { x1: { box: [10, 10, 90, 50] } });
  await clock.advance(100);
  server.isSocketDown = true;
  for (const socket of server.sockets) socket.drop();
  release(ann, began, { box: [15, 12, 55, 52] });
  await clock.advance(300);
  assert.equal(ann.store.conflicts.value.length, 1);
  server.isSocketDown = false;
  await clock.advance(20000);
  const message = { type: 'conflict', media: MEDIA, label_id: 'x1', user: 'script', state: 'open' };
  assert.deepEqual(told(), [message]);
  ann.store.conflicts.value[0].resolve('theirs');
  assert.deepEqual(told(), [message, { ...message, state: 'theirs' }]);
});

test('a notice from another page reaches the listeners', async () => {
  const ann = await world.open('t1');
  const heard = [];
  const end = ann.onConflictNotice((notice) => heard.push(notice));
  const notice = { media: MEDIA, label_id: 'x1', state: 'mine', by: { id: 'ben', name: 'Ben' } };
  const [socket] = server.sockets;
  socket.push({ type: 'conflict', ...notice });
  await clock.advance(100);
  end();
  socket.push({ type: 'conflict', ...notice });
  await clock.advance(100);
  assert.deepEqual(heard, [notice]);
});
