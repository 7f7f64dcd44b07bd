import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { Browser, MEDIA, OTHER, World, blank, essence } from './world.js';

let world;
let server;
let clock;
beforeEach(() => {
  world = new World();
  ({ server, clock } = world);
});
afterEach(() => world.end());

const draw = (session, box = [10, 10, 50, 60], more = {}) => {
  const delta = commands.createLabel(session.store, { concept: 'c1', shape: 'box', box, ...more });
  session.store.commit(delta);
  return delta.label_id;
};
const change = (session, id, patch) => session.store.commit(commands.updateLabel(session.store, id, patch));
const remove = (session, id) => session.store.commit(commands.deleteLabels(session.store, [id]));
const patches = (session) => {
  const seen = [];
  session.store.onPatch((patch) => seen.push(patch));
  return seen;
};
const show = async (session, media) => {
  await world.until(session.load(media));
};
const same = (...sessions) => {
  for (const session of sessions) assert.deepEqual(essence(session.store.labels.values()), essence(server.labels()));
};

test('a box of one person appears on the other screen, and is not drawn twice on their own', async () => {
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  const mine = patches(ann);
  const theirs = patches(ben);
  const id = draw(ann);
  await clock.advance(300);
  same(ann, ben);
  assert.deepEqual(theirs.map((p) => [p.changed, p.remote]), [[[id], true]]);
  assert.deepEqual(mine.map((p) => p.changed.length), [1, 0, 0], 'the acknowledgement and the event are bookkeeping');
  assert.deepEqual(mine[1].meta, [id]);
  remove(ben, id);
  await clock.advance(300);
  same(ann, ben);
  assert.equal(ann.store.canUndo.value, true);
});

test('the change of a script appears too', async () => {
  const ann = await world.open();
  server.script(MEDIA, { x1: { box: [1, 2, 3, 4] } });
  await clock.advance(100);
  assert.deepEqual(ann.store.labels.get('x1').box, [1, 2, 3, 4]);
});

test('two people change different things of one label: both stay', async () => {
  server.script(MEDIA, { x1: {} });
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  change(ann, 'x1', { concept: 'c2' });
  change(ben, 'x1', { box: [5, 5, 20, 20] });
  await clock.advance(1000);
  same(ann, ben);
  assert.equal(server.labels()[0].concept, 'c2');
  assert.deepEqual(server.labels()[0].box, [5, 5, 20, 20]);
  assert.equal(ann.store.conflicts.value.length + ben.store.conflicts.value.length, 0);
});

for (const choice of ['mine', 'theirs']) {
  test(`two people move the same box: the second one decides, "${choice}"`, async () => {
    server.script(MEDIA, { x1: {} });
    const ann = await world.open('t1');
    const ben = await world.open('t2');
    change(ann, 'x1', { box: [1, 1, 11, 11] });
    await clock.advance(1);
    change(ben, 'x1', { box: [5, 5, 20, 20], concept: 'c3' });
    await clock.advance(500);
    const [conflict] = ben.store.conflicts.value;
    assert.deepEqual(conflict.fields, ['geometry']);
    assert.deepEqual(conflict.mine.box, [5, 5, 20, 20]);
    assert.deepEqual(conflict.theirs.box, [1, 1, 11, 11]);
    assert.equal(ben.store.save.value.state, 'conflict');
    assert.deepEqual(ben.store.labels.get('x1').box, [5, 5, 20, 20], 'their own stays in sight');
    let idle = false;
    ben.idle().then(() => {
      idle = true;
    });
    conflict.resolve(choice);
    await clock.advance(500);
    same(ann, ben);
    assert.deepEqual(server.labels()[0].box, choice === 'mine' ? [5, 5, 20, 20] : [1, 1, 11, 11]);
    assert.equal(server.labels()[0].concept, 'c3', 'what does not clash is kept either way');
    assert.equal(ben.store.conflicts.value.length, 0);
    assert.equal(idle, true);
  });
}

test('the same change by two people is no conflict', async () => {
  server.script(MEDIA, { x1: {} });
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  change(ann, 'x1', { concept: 'c2' });
  change(ben, 'x1', { concept: 'c2' });
  await clock.advance(1000);
  same(ann, ben);
  assert.equal(ben.store.conflicts.value.length, 0);
});

for (const choice of ['mine', 'theirs']) {
  test(`a label that someone deleted while it was being changed: "${choice}"`, async () => {
    server.script(MEDIA, { x1: {} });
    const ann = await world.open('t1');
    const ben = await world.open('t2');
    remove(ann, 'x1');
    await clock.advance(1);
    change(ben, 'x1', { box: [5, 5, 20, 20] });
    await clock.advance(500);
    const [conflict] = ben.store.conflicts.value;
    assert.deepEqual(conflict.fields, ['existence']);
    assert.equal(conflict.theirs, null);
    assert.ok(ben.store.labels.has('x1'), 'it stays in sight');
    conflict.resolve(choice);
    await clock.advance(500);
    same(ann, ben);
    assert.equal(server.labels().length, choice === 'mine' ? 1 : 0);
  });
}

test('a deletion of a label that someone changed is a conflict', async () => {
  server.script(MEDIA, { x1: {}, x2: {} });
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  change(ann, 'x1', { box: [1, 1, 2, 2] });
  change(ann, 'x2', { z: 4 });
  await clock.advance(1);
  remove(ben, 'x1');
  remove(ben, 'x2');
  await clock.advance(500);
  assert.equal(ben.store.conflicts.value.length, 1, 'another place in the order is no reason');
  ben.store.conflicts.value[0].resolve('theirs');
  await clock.advance(500);
  same(ann, ben);
  assert.deepEqual(server.labels().map((label) => label.id), ['x1']);
});

test('deleting a label in conflict decides the conflict', async () => {
  server.script(MEDIA, { x1: {} });
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  change(ann, 'x1', { box: [1, 1, 2, 2] });
  await clock.advance(1);
  change(ben, 'x1', { box: [5, 5, 20, 20] });
  await clock.advance(500);
  remove(ben, 'x1');
  await clock.advance(500);
  same(ann, ben);
  assert.equal(server.labels().length, 0);
  assert.equal(ben.store.conflicts.value.length, 0);
});

test('a conflict survives a reload and can still be decided', async () => {
  server.script(MEDIA, { x1: {} });
  const ann = await world.open('t1');
  const browser = new Browser(world);
  const ben = await world.open('t2', { browser });
  change(ann, 'x1', { box: [1, 1, 11, 11] });
  await clock.advance(1);
  change(ben, 'x1', { box: [5, 5, 20, 20] });
  await clock.advance(500);
  world.kill(ben);
  const again = await world.open('t2', { browser });
  assert.equal(again.store.conflicts.value.length, 1);
  assert.deepEqual(again.store.labels.get('x1').box, [5, 5, 20, 20]);
  again.store.conflicts.value[0].resolve('mine');
  await clock.advance(500);
  same(ann, again);
});

test("a remote change of a label with unsaved changes is merged by field, one's own on top", async () => {
  server.script(MEDIA, { x1: {} });
  const ann = await world.open('t1');
  server.weather = (url) => (url.endsWith('/changes') ? 'lost' : undefined);
  change(ann, 'x1', { box: [5, 5, 20, 20] });
  server.script(MEDIA, { x1: { concept: 'c2' } });
  await clock.advance(200);
  assert.equal(ann.store.labels.get('x1').concept, 'c2');
  assert.deepEqual(ann.store.labels.get('x1').box, [5, 5, 20, 20]);
  server.weather = () => undefined;
  await clock.advance(30000);
  same(ann);
  assert.equal(ann.store.conflicts.value.length, 0);
});

for (const choice of ['mine', 'theirs']) {
  test(`remote changes never enter undo; undo of a label that someone changed since is a conflict: "${choice}"`, async () => {
    const ann = await world.open('t1');
    const id = draw(ann);
    await clock.advance(200);
    server.script(MEDIA, { other: {}, [id]: { box: [0, 0, 9, 9] } });
    await clock.advance(200);
    assert.equal(ann.store.undo(), false);
    const [conflict] = ann.store.conflicts.value;
    assert.deepEqual([conflict.during, conflict.mine, conflict.fields], ['undo', null, ['geometry']]);
    assert.ok(ann.store.labels.has(id));
    conflict.resolve(choice);
    await clock.advance(300);
    same(ann);
    assert.equal(ann.store.labels.has(id), choice === 'theirs');
    assert.ok(ann.store.labels.has('other'));
    assert.equal(ann.store.canUndo.value, false);
    assert.equal(ann.store.canRedo.value, choice === 'mine', 'what was skipped is no step any more');
  });
}

test('undo and redo are sent like any change, and survive a reload', async () => {
  const browser = new Browser(world);
  const ann = await world.open('t1', { browser });
  const id = draw(ann);
  change(ann, id, { concept: 'c2' });
  await clock.advance(500);
  ann.store.undo();
  await clock.advance(500);
  assert.equal(server.labels()[0].concept, 'c1');
  world.kill(ann);
  const again = await world.open('t1', { browser });
  assert.equal(again.store.canRedo.value, true);
  again.store.redo();
  await clock.advance(500);
  assert.equal(server.labels()[0].concept, 'c2');
  again.store.undo();
  again.store.undo();
  await clock.advance(500);
  assert.equal(server.labels().length, 0);
  again.store.redo();
  again.store.redo();
  await clock.advance(500);
  assert.equal(server.labels()[0].id, id, 'the same id again');
  same(again);
});

test('the undo history is stored per medium', async () => {
  const ann = await world.open('t1');
  draw(ann);
  await clock.advance(300);
  await show(ann, OTHER);
  assert.equal(ann.store.canUndo.value, false);
  await show(ann, MEDIA);
  assert.equal(ann.store.canUndo.value, true);
  ann.store.undo();
  await clock.advance(300);
  same(ann);
});

test('a gap in the events is fetched, page by page', async () => {
  const ann = await world.open('t1');
  server.page = 3;
  let dropped = 0;
  server.deaf = (message) => message.type === 'event' && (dropped += 1) <= 7;
  for (let i = 0; i < 8; i += 1) server.script(MEDIA, { [`x${i}`]: {} });
  await clock.advance(500);
  same(ann);
  assert.equal(server.requests.filter((r) => r.url.includes('/events')).length, 3);
});

test('events that arrive twice or late change nothing', async () => {
  const ann = await world.open('t1');
  server.script(MEDIA, { x1: {} });
  server.script(MEDIA, { x1: { concept: 'c2' } });
  await clock.advance(200);
  const seen = patches(ann);
  for (const event of server.events) ann.stream.push({ type: 'event', ...event });
  await clock.advance(200);
  assert.equal(seen.length, 0);
  same(ann);
});

test('without a socket events arrive by polling', async () => {
  server.isSocketDown = true;
  const ann = await world.open('t1');
  const ben = await world.open('t2');
  const id = draw(ann);
  await clock.advance(3000);
  assert.ok(ben.store.labels.has(id));
  assert.equal(ben.link.value, 'polling');
  server.isSocketDown = false;
  await clock.advance(60000);
  assert.equal(ben.link.value, 'socket');
  const asked = server.requests.length;
  await clock.advance(10000);
  assert.ok(server.requests.length <= asked + 2, 'while the socket is open one question each half minute is enough');
});

test('after a broken connection missed events are applied', async () => {
  const ann = await world.open('t1');
  for (const socket of [...server.sockets]) socket.drop();
  server.isSocketDown = true;
  server.weather = () => 'lost';
  server.script(MEDIA, { x1: {}, x2: {} });
  await clock.advance(5000);
  assert.equal(ann.store.save.value.text, 'Offline');
  server.isSocketDown = false;
  server.weather = () => undefined;
  await clock.advance(60000);
  same(ann);
  assert.equal(ann.store.save.value.state, 'saved');
});

test('too far behind: everything is fetched again, unsaved work stays on top', async () => {
  const ann = await world.open('t1');
  for (const socket of [...server.sockets]) socket.drop();
  server.isSocketDown = true;
  server.weather = (url) => (url.endsWith('/changes') ? 'lost' : undefined);
  const id = draw(ann);
  server.script(MEDIA, { x1: {} });
  server.horizon = server.seq;
  await clock.advance(5000);
  assert.ok(ann.store.labels.has('x1'));
  assert.ok(ann.store.labels.has(id));
  server.weather = () => undefined;
  await clock.advance(60000);
  same(ann);
});

test('the state of a server that was restored from a backup is taken over', async () => {
  const ann = await world.open('t1');
  for (let i = 0; i < 5; i += 1) server.script(MEDIA, { x1: { z: i } });
  await clock.advance(200);
  server.seq = 11;
  server.events = server.events.filter((event) => event.seq <= 11);
  server.media.get(MEDIA).labels = new Map([['x1', { ...blank('x1'), z: 0 }]]);
  for (const socket of [...server.sockets]) socket.drop();
  await clock.advance(5000);
  same(ann);
});

test('a bulk change means: fetch again', async () => {
  const ann = await world.open('t1');
  server.media.get(MEDIA).labels.set('x1', blank('x1'));
  server.record({ kind: 'bulk', media: null, after: { what: 'import', media: [MEDIA] } });
  await clock.advance(1000);
  same(ann);
});

test('changed classes are fetched again', async () => {
  const ann = await world.open('t1');
  server.concepts.push('c4');
  server.record({ kind: 'concepts.changed', media: null, after: { id: 'c4' } });
  await clock.advance(1000);
  assert.deepEqual(ann.store.regionConcepts.value.map((c) => c.id), ['c1', 'c2', 'c3', 'c4']);
  assert.deepEqual(server.requests.map((r) => r.url).filter((url) => /session|label/.test(url)), ['/web/projects/p1/session']);
});

test('tag groups that change are fetched with the classes', async () => {
  const ann = await world.open('t1');
  assert.deepEqual(ann.store.tagGroups.value.map((group) => group.name), ['Weather']);
  server.tagGroups = [{ id: 'g1', name: 'Light', kind: 'MULTIPLE-SELECTION' }, { id: 'g2', name: 'Season', kind: 'SELECTION' }];
  server.record({ kind: 'concepts.changed', media: null, after: { id: 'c1' } });
  await clock.advance(1000);
  assert.deepEqual(ann.store.tagGroups.value, server.tagGroups);
});

test('a deleted image is reported with the name of who deleted it', async () => {
  const ann = await world.open('t1');
  server.record({ kind: 'media.trashed', media: MEDIA, actor: { id: 'b', name: 'Ben' } });
  await clock.advance(200);
  assert.equal(ann.unavailable.value, 'Ben deleted this image.');
  server.record({ kind: 'media.restored', media: MEDIA, actor: { id: 'b', name: 'Ben' } });
  await clock.advance(200);
  assert.equal(ann.unavailable.value, null);
});

test('prefetched states are used while they are valid', async () => {
  const ann = await world.open('t1');
  await clock.advance(100);
  ann.prefetch(OTHER);
  await clock.advance(200);
  const asked = () => server.requests.filter((r) => r.url.includes(`/media/${OTHER}/state`)).length;
  await show(ann, OTHER);
  assert.equal(asked(), 1);
  await show(ann, MEDIA);
  ann.prefetch(OTHER);
  await clock.advance(200);
  server.script(OTHER, { x9: {} });
  await clock.advance(200);
  await show(ann, OTHER);
  assert.equal(asked(), 3, 'the one fetched ahead was outdated');
  assert.ok(ann.store.labels.has('x9'));
});

test('a change that is being sent while its image is opened again is never invisible', async () => {
  const ann = await world.open('t1');
  server.latency = () => 200;
  const id = draw(ann);
  await clock.advance(50);
  const seen = [];
  ann.store.onPatch(() => seen.push(ann.store.media.value.id === MEDIA ? ann.store.labels.has(id) : null));
  await show(ann, OTHER);
  await clock.advance(200);
  ann.load(MEDIA);
  await clock.advance(3000);
  assert.ok(!seen.includes(false), JSON.stringify(seen));
  same(ann);
});

test('events of the new image that came without content before the server knew of the move are fetched', async () => {
  const ann = await world.open('t1');
  const [socket] = server.sockets;
  await show(ann, OTHER);
  socket.media = MEDIA; // as if the join had not been read yet
  server.script(OTHER, { x1: {} });
  await clock.advance(500);
  assert.ok(ann.store.labels.has('x1'));
});

test('cursors are sent at most 20 times a second, and disappear', async () => {
  const ann = await world.open('t1');
  const [socket] = server.sockets;
  for (let i = 0; i < 100; i += 1) {
    ann.moveCursor(i, i);
    await clock.advance(10);
  }
  const cursors = socket.sent.filter((message) => message.type === 'cursor');
  assert.ok(cursors.length <= 21 && cursors.length >= 15, `${cursors.length}`);
  await clock.advance(100);
  assert.equal(socket.sent.at(-1).x, 99);
  ann.clearCursor();
  assert.equal(socket.sent.at(-1).type, 'cursor_gone');
  socket.push({ type: 'presence', people: [{ client: 't9', user: 'u', name: 'U', initials: 'U', hue: 3, media: MEDIA }, { client: 's1', media: MEDIA }] });
  socket.push({ type: 'cursor', client: 't9', user: 'u', name: 'U', hue: 3, media: MEDIA, x: 4, y: 5 });
  await clock.advance(100);
  assert.equal(ann.store.cursors.value.get('t9').x, 4);
  assert.deepEqual(ann.store.people.value.map((p) => p.isSelf), [false, true]);
  socket.push({ type: 'cursor_gone', client: 't9' });
  await clock.advance(100);
  assert.equal(ann.store.cursors.value.size, 0);
});

test('hidden and locked labels are stored per medium', async () => {
  const browser = new Browser(world);
  server.script(MEDIA, { x1: {}, x2: {} });
  const ann = await world.open('t1', { browser });
  ann.store.setHidden(['x1'], true);
  ann.store.setLocked(['x2'], true);
  assert.equal(ann.store.isEditable('x2'), false);
  await clock.advance(10);
  world.kill(ann);
  const again = await world.open('t1', { browser });
  assert.deepEqual([again.store.isHidden('x1'), again.store.isHidden('x2'), again.store.isLocked('x2')], [true, false, true]);
});
