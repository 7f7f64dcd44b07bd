import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { Browser, MEDIA, OTHER, World, essence } from './world.js';

let world;
let server;
let clock;
beforeEach(() => {
  world = new World();
  ({ server, clock } = world);
});
afterEach(() => world.end());

const draw = (session, box = [10, 10, 50, 60], more = {}) => {
  const delta = commands.createLabel(session.store, { concept: 'c1', shape: 'box', box, tool: 'box', ...more });
  session.store.commit(delta);
  return delta.label_id;
};
const change = (session, id, patch) => session.store.commit(commands.updateLabel(session.store, id, patch));
const remove = (session, id) => session.store.commit(commands.deleteLabels(session.store, [id]));
const opsOf = (post) => post.body.ops;
const isLost = (url) => (url.endsWith('/changes') ? 'lost' : undefined);

test('a box is shown at once, persisted in the same task and sent at once', async () => {
  const session = await world.open();
  const id = draw(session);
  assert.deepEqual(session.store.labels.get(id).box, [10, 10, 50, 60]);
  assert.equal(session.browser.disk('ann').ops.size, 1);
  assert.equal(session.store.save.value.text, 'Saving…');
  await clock.advance(0);
  assert.equal(server.posts().length, 1);
  await clock.advance(100);
  assert.deepEqual(essence(server.labels()), essence(session.store.labels.values()));
  assert.equal(session.browser.disk('ann').ops.size, 0);
  assert.equal(session.store.labels.get(id).revision, server.labels()[0].revision);
  assert.equal(session.store.save.value.text, 'Saved 0 s ago');
  await clock.advance(2000);
  assert.equal(session.store.save.value.text, 'Saved 2 s ago');
});

test('changes made during a request go together in the next', async () => {
  const session = await world.open();
  draw(session);
  await clock.advance(0);
  for (let i = 0; i < 5; i += 1) draw(session, [i, 0, i + 5, 5]);
  await clock.advance(300);
  assert.deepEqual(server.posts().map((post) => opsOf(post).length), [1, 5]);
});

test('at most 200 operations in a request', async () => {
  const session = await world.open();
  session.store.commit(Array.from({ length: 450 }, (_, i) => commands.createLabel(session.store, { concept: 'c1', shape: 'box', box: [i, 0, i + 5, 5] })));
  await clock.advance(1000);
  assert.deepEqual(server.posts().map((post) => opsOf(post).length), [200, 200, 50]);
  assert.equal(server.labels().length, 450);
});

test('a change of a label that is being created gets the acknowledged revision as base', async () => {
  const session = await world.open();
  const id = draw(session);
  await clock.advance(0);
  change(session, id, { concept: 'c2' });
  await clock.advance(300);
  const second = opsOf(server.posts()[1])[0];
  assert.equal(second.base, 11);
  assert.deepEqual(second.patch, { concept: 'c2' });
  assert.equal(server.labels()[0].concept, 'c2');
});

test('changes of one label that wait become one; those that cancel out are not sent', async () => {
  const session = await world.open();
  const first = draw(session);
  await clock.advance(0);
  for (let i = 1; i <= 20; i += 1) change(session, first, { box: [10 + i, 10, 50 + i, 60] });
  const brief = draw(session, [1, 1, 4, 4]);
  remove(session, brief);
  await clock.advance(300);
  assert.equal(server.posts().length, 2);
  assert.equal(opsOf(server.posts()[1]).length, 1);
  assert.deepEqual(essence(server.labels()), essence(session.store.labels.values()));
  assert.deepEqual(server.labels()[0].box, [30, 10, 70, 60]);
});

test('a status is not sent before the labels that were drawn before it', async () => {
  const session = await world.open();
  const id = draw(session);
  await clock.advance(0);
  change(session, id, { concept: 'c2' });
  session.store.commit(commands.setStatus(session.store, 'DONE'));
  change(session, id, { concept: 'c3' });
  await clock.advance(1000);
  const kinds = server.posts().flatMap(opsOf).map((op) => op.status ?? op.patch.concept);
  assert.deepEqual(kinds, ['c1', 'c2', 'DONE', 'c3']);
  assert.equal(server.media.get(MEDIA).status, 'DONE');
});

test('tags are set and removed, also while another request runs', async () => {
  const session = await world.open();
  draw(session);
  session.store.commit(commands.setTag(session.store, 'c1', true));
  session.store.commit(commands.setTag(session.store, 'c2', true));
  session.store.commit(commands.setTag(session.store, 'c1', false));
  assert.deepEqual([...session.store.tags.value], ['c2']);
  await clock.advance(500);
  assert.deepEqual([...server.media.get(MEDIA).tags], ['c2']);
  assert.deepEqual([...session.store.tags.value], ['c2']);
});

test('offline: shown at once, everything stored, sent when the network is back', async () => {
  const session = await world.open();
  server.weather = () => 'lost';
  draw(session);
  await clock.advance(50);
  assert.equal(session.store.save.value.text, 'Offline: 1 change kept here');
  for (let i = 0; i < 4; i += 1) draw(session, [i, 0, i + 5, 5]);
  assert.equal(session.store.save.value.text, 'Offline: 5 changes kept here');
  assert.equal(session.store.save.value.state, 'offline');
  await clock.advance(60000);
  assert.equal(server.labels().length, 0);
  server.weather = () => undefined;
  await clock.advance(60000);
  assert.equal(server.labels().length, 5);
  assert.equal(session.store.save.value.state, 'saved');
});

test('retries back off with jitter, and a person who presses save does not wait', async () => {
  const session = await world.open();
  server.weather = isLost;
  draw(session);
  await clock.advance(120000);
  const tries = server.posts().length;
  assert.ok(tries >= 5 && tries <= 14, `${tries} tries in two minutes`);
  server.weather = () => undefined;
  session.flush();
  await clock.advance(100);
  assert.equal(server.labels().length, 1);
});

test('after a lost answer the operation is sent again and applied once', async () => {
  const session = await world.open();
  server.weather = (url) => (url.endsWith('/changes') ? 'unanswered' : undefined);
  const id = draw(session);
  await clock.advance(40);
  change(session, id, { concept: 'c2' });
  server.weather = () => undefined;
  await clock.advance(5000);
  assert.deepEqual(essence(server.labels()), essence(session.store.labels.values()));
  assert.equal(server.labels()[0].concept, 'c2');
  assert.equal(server.events.filter((event) => event.kind === 'labels.changed').length, 2);
});

for (const moment of ['before', 'after']) {
  test(`a tab killed ${moment} the server has applied: the next page of this person finishes the work`, async () => {
    const browser = new Browser(world);
    const session = await world.open('t1', { browser });
    server.weather = (url) => (url.endsWith('/changes') ? (moment === 'before' ? 'lost' : 'unanswered') : undefined);
    const id = draw(session);
    await clock.advance(15);
    change(session, id, { box: [11, 11, 40, 40] });
    world.kill(session);
    server.weather = isLost;
    const next = await world.open('t2', { browser });
    assert.deepEqual(next.store.labels.get(id).box, [11, 11, 40, 40], 'visible before anything is sent');
    assert.equal(next.store.save.value.text, 'Offline: 2 changes kept here');
    server.weather = () => undefined;
    await clock.advance(60000);
    assert.deepEqual(essence(server.labels()), essence(next.store.labels.values()));
    assert.deepEqual(server.labels()[0].box, [11, 11, 40, 40]);
    assert.equal(next.store.conflicts.value.length, 0);
    assert.equal(browser.disk('ann').ops.size, 0);
  });
}

test('work on earlier images is sent too', async () => {
  const browser = new Browser(world);
  const session = await world.open('t1', { browser });
  server.weather = isLost;
  draw(session);
  await clock.advance(50);
  await world.until(session.load(OTHER));
  draw(session, [5, 5, 9, 9]);
  world.kill(session);
  server.weather = () => undefined;
  await world.open('t2', { browser, media: OTHER });
  await clock.advance(30000);
  assert.equal(server.labels(MEDIA).length, 1);
  assert.equal(server.labels(OTHER).length, 1);
});

test('another person on this browser never sends the changes of the first one', async () => {
  const browser = new Browser(world);
  const ann = await world.open('t1', { browser });
  server.weather = isLost;
  draw(ann);
  world.kill(ann);
  server.weather = () => undefined;
  server.signedIn = 'ben';
  const ben = await world.open('t2', { browser, user: 'ben' });
  await clock.advance(60000);
  assert.equal(server.labels().length, 0);
  assert.equal(ben.store.labels.size, 0);
  world.kill(ben);
  server.signedIn = 'ann';
  await world.open('t3', { browser });
  await clock.advance(30000);
  assert.equal(server.labels().length, 1);
});

test('two tabs: nothing is sent twice, and changes of a closed tab are taken over by the open one', async () => {
  const browser = new Browser(world);
  const one = await world.open('t1', { browser });
  const two = await world.open('t2', { browser });
  draw(one, [1, 1, 5, 5]);
  draw(two, [2, 2, 6, 6]);
  await clock.advance(30000);
  const sent = server.posts().flatMap(opsOf).map((op) => op.op_id);
  assert.equal(new Set(sent).size, sent.length);
  server.weather = isLost;
  const id = draw(one, [3, 3, 7, 7]);
  await clock.advance(50);
  world.kill(one);
  server.weather = () => undefined;
  await clock.advance(60000);
  assert.equal(server.labels().length, 3);
  assert.ok(two.store.labels.has(id));
});

test('signed out: shown, stored, and sent after signing in again with a new token', async () => {
  const session = await world.open();
  server.signedIn = null;
  draw(session);
  await clock.advance(100);
  assert.equal(session.store.save.value.state, 'signed_out');
  assert.equal(session.store.save.value.text, 'Signed out: 1 change kept here');
  assert.match(session.store.save.value.link, /^\/sign-in\/\?next=/);
  const tries = server.posts().length;
  await clock.advance(120000);
  assert.equal(server.posts().length, tries, 'nothing is sent meanwhile');
  server.signedIn = 'ann';
  server.csrf = 'csrf-2';
  session.flush();
  await clock.advance(500);
  assert.equal(server.labels().length, 1);
  assert.equal(session.store.save.value.state, 'saved');
});

test('signed in again in another tab: opening a page there is enough to continue', async () => {
  const session = await world.open();
  server.signedIn = null;
  draw(session);
  await clock.advance(100);
  assert.equal(session.store.save.value.state, 'signed_out');
  server.signedIn = 'ann';
  server.csrf = 'csrf-2';
  session.lookAgain();
  await clock.advance(200);
  assert.equal(server.labels().length, 1);
  assert.equal(session.store.save.value.state, 'saved');
});

test('signed in again during a check of the session: it is checked once more', async () => {
  const session = await world.open();
  server.signedIn = null;
  draw(session);
  await clock.advance(100);
  assert.equal(session.store.save.value.state, 'signed_out');
  session.lookAgain();
  await clock.advance(15); // the server has answered "signed out", the answer is on its way
  server.signedIn = 'ann';
  server.csrf = 'csrf-2';
  session.lookAgain();
  await clock.advance(300);
  assert.equal(server.labels().length, 1);
});

test('a page that is not waiting for a sign-in does not check when another is opened', async () => {
  const session = await world.open();
  const asked = server.requests.length;
  session.lookAgain();
  await clock.advance(100);
  assert.equal(server.requests.length, asked);
});

test('a change does not wait for another tab of the same person', async () => {
  const browser = new Browser(world);
  const one = await world.open('t1', { browser });
  const two = await world.open('t2', { browser });
  draw(one);
  draw(two, [2, 2, 6, 6]);
  await clock.advance(0);
  assert.equal(server.posts().length, 2, 'both are under way');
  await clock.advance(500);
  assert.equal(server.labels().length, 2);
  assert.equal(browser.disk('ann').ops.size, 0);
});

test('someone else signed in meanwhile: nothing is sent in their name', async () => {
  const session = await world.open();
  server.signedIn = 'ben';
  server.csrf = 'csrf-of-ben';
  draw(session);
  await clock.advance(60000);
  assert.equal(server.labels().length, 0);
  assert.equal(session.store.save.value.text, 'Someone else is signed in: 1 change kept here');
});

test('an expired token is renewed without a message', async () => {
  const session = await world.open();
  server.csrf = 'csrf-2';
  const seen = [];
  session.store.save.subscribe((save) => seen.push(save.state));
  draw(session);
  await clock.advance(1000);
  assert.equal(server.labels().length, 1);
  assert.ok(!seen.includes('signed_out'));
});

test('an old page says "reload to update" and keeps its queue', async () => {
  const session = await world.open();
  server.weather = (url) => (url.endsWith('/changes') ? { status: 409, body: { code: 'reload', message: 'old' } } : undefined);
  draw(session);
  await clock.advance(60000);
  assert.equal(session.store.save.value.state, 'reload');
  assert.equal(session.store.save.value.text, 'Reload to update: 1 change kept here');
  assert.equal(server.posts().length, 1);
  assert.equal(session.browser.disk('ann').ops.size, 1);
});

test('an operation at which the server fails is parked; the others are saved', async () => {
  const session = await world.open();
  server.weather = (url, init) => (url.endsWith('/changes') && init.body.includes('[7,7,8,8]') ? { status: 500, body: { message: 'broken' } } : undefined);
  for (let i = 0; i < 9; i += 1) draw(session, [i, i, i + 1, i + 1]);
  await clock.advance(600000);
  assert.equal(server.labels().length, 8);
  assert.equal(session.store.rejected.value.length, 1);
  assert.equal(session.store.labels.size, 9, 'still shown');
  server.weather = () => undefined;
  session.store.rejected.value[0].retry();
  await clock.advance(1000);
  assert.equal(server.labels().length, 9);
});

test('a request that is rejected as too large or malformed is split', async () => {
  const session = await world.open();
  server.weather = (url, init) => {
    if (!url.endsWith('/changes')) return undefined;
    if (init.body.includes('[3,3,4,4]')) return { status: 413, body: { code: 'too_large', message: 'At most 8 MB at once.' } };
    return undefined;
  };
  for (let i = 0; i < 6; i += 1) draw(session, [i, i, i + 1, i + 1]);
  await clock.advance(5000);
  assert.equal(server.labels().length, 5);
  assert.equal(session.store.rejected.value[0].message, 'At most 8 MB at once.');
});

test('too many requests: retried when the server allows it', async () => {
  const session = await world.open();
  server.weather = (url) => (url.endsWith('/changes') ? { status: 429, body: { message: 'slow' }, headers: { 'Retry-After': '20' } } : undefined);
  draw(session);
  await clock.advance(100);
  assert.equal(session.store.save.value.state, 'saving');
  server.weather = () => undefined;
  await clock.advance(19000);
  assert.equal(server.posts().length, 1);
  await clock.advance(2000);
  assert.equal(server.labels().length, 1);
});

test('a rejected change stays in the tray with the server\'s message until it is corrected or discarded', async () => {
  const session = await world.open();
  server.concepts = ['c1', 'c2'];
  const id = draw(session, [1, 1, 5, 5], { concept: 'c3' });
  const other = draw(session, [2, 2, 6, 6], { concept: 'c3' });
  draw(session, [3, 3, 7, 7]);
  await clock.advance(200);
  assert.equal(server.labels().length, 1);
  const [first] = session.store.rejected.value;
  assert.equal(first.message, 'There is no such class in this project.');
  assert.equal(first.what, 'New label');
  assert.equal(session.store.save.value.text, '2 changes could not be saved');
  assert.equal(session.isIdle.value, true, 'a parked decision is nothing on its way');
  assert.ok(session.store.labels.has(id), 'nothing is lost');
  change(session, id, { concept: 'c1' });
  await clock.advance(200);
  assert.equal(session.store.rejected.value.length, 1);
  session.store.rejected.value[0].discard();
  assert.ok(!session.store.labels.has(other));
  await clock.advance(200);
  assert.deepEqual(essence(server.labels()), essence(session.store.labels.values()));
  assert.equal(session.store.save.value.state, 'saved');
  assert.equal(session.browser.disk('ann').ops.size, 0);
});

test('a rejected change survives a reload', async () => {
  const browser = new Browser(world);
  const session = await world.open('t1', { browser });
  const id = draw(session, [1, 1, 5, 5], { concept: 'missing' });
  await clock.advance(200);
  world.kill(session);
  const next = await world.open('t2', { browser });
  assert.ok(next.store.labels.has(id));
  assert.equal(next.store.rejected.value[0].message, 'There is no such class in this project.');
});

test('when the browser cannot store changes the save state says so', async () => {
  const session = await world.open();
  session.persistence.write = () => Promise.reject(new Error('QuotaExceededError'));
  server.weather = isLost;
  draw(session);
  await clock.advance(50);
  assert.equal(session.store.save.value.text, 'Offline: 1 change in this tab only');
});
