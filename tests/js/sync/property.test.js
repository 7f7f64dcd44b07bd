import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as commands from '../../../static/src/editor/commands.js';
import { Browser, MEDIA, OTHER, World, essence, random } from './world.js';

/** What finished work came to, told by the person's own hand: the journal to compare the server with. */
const ACTIONS = {
  create: ({ store }, dice) => {
    const [x, y] = [Math.floor(dice() * 500), Math.floor(dice() * 500)];
    const concept = `c${1 + Math.floor(dice() * 3)}`;
    const delta = commands.createLabel(store, { concept, shape: 'box', box: [x, y, x + 10, y + 10] });
    store.commit(delta);
  },
  move: ({ store }, dice) => {
    const id = one(store.labels.keys(), dice);
    if (id) store.commit(commands.nudge(store, [id], Math.floor(dice() * 9) - 4, Math.floor(dice() * 9) - 4));
  },
  side: ({ store }, dice) => {
    const id = one(store.labels.keys(), dice);
    if (id) store.commit(commands.updateLabel(store, id, sideMoved(store.labels.get(id), dice)));
  },
  /** A gesture: begins at one turn, ends at the next, whatever happened between. */
  gesture: (session, dice) => {
    const { store, began } = session;
    const id = began?.id ?? one(store.labels.keys(), dice);
    session.began = began ? null : store.labels.get(id);
    if (began && store.media.value.id === session.beganOn) {
      store.commit(commands.updateLabel(store, id, sideMoved(began, dice), began), { from: new Map([[id, began]]) });
    }
    session.beganOn = store.media.value.id;
  },
  concept: ({ store }, dice) => {
    const id = one(store.labels.keys(), dice);
    if (id) store.commit(commands.setConcept(store, [id], `c${1 + Math.floor(dice() * 3)}`));
  },
  order: ({ store }, dice) => {
    const id = one(store.labels.keys(), dice);
    if (id) store.commit(commands.reorder(store, new Set([id]), dice() < 0.5 ? 1 : -1));
  },
  remove: ({ store }, dice) => {
    const id = one(store.labels.keys(), dice);
    if (id) store.commit(commands.deleteLabels(store, [id]));
  },
  tag: ({ store }, dice) => store.commit(commands.setTag(store, `c${1 + Math.floor(dice() * 3)}`, dice() < 0.5)),
  undo: ({ store }) => store.undo(),
  redo: ({ store }) => store.redo(),
};
const NAMES = ['create', 'create', 'create', 'move', 'move', 'side', 'side', 'gesture', 'gesture', 'gesture', 'concept', 'concept', 'order', 'remove', 'tag', 'undo', 'redo'];

/** The box with one side elsewhere. */
function sideMoved({ box }, dice) {
  const side = Math.floor(dice() * 4);
  const outwards = 1 + Math.floor(dice() * 5);
  return { box: box.map((n, i) => (i === side ? n + (side < 2 ? -outwards : outwards) : n)) };
}

function one(ids, dice) {
  const list = [...ids].sort();
  return list[Math.floor(dice() * list.length)];
}

const decide = (session, dice) => {
  for (const conflict of session.store.conflicts.value) conflict.resolve(dice() < 0.5 ? 'mine' : 'theirs');
  for (const rejected of session.store.rejected.value) rejected.discard();
};

/** Requests are lost before or after the server applied them, refused by a failing server, slow; events go missing. */
function storm(server, dice) {
  server.weather = () => {
    const roll = dice();
    if (roll < 0.1) return 'lost';
    if (roll < 0.2) return 'unanswered';
    return roll < 0.25 ? { status: 503, body: {} } : undefined;
  };
  server.latency = () => 5 + dice() * 400;
  server.deaf = (message) => message.type === 'event' && dice() < 0.1;
}

/** A tab is killed and another one opened in its browser. */
async function reborn(world, at, dice) {
  const session = world.sessions[at];
  const others = world.sessions.filter((other) => other !== session);
  world.kill(session);
  const { weather } = world.server;
  world.server.weather = () => undefined;
  const next = await world.open(`t${Math.floor(dice() * 1e9)}`, { browser: session.browser });
  world.sessions = [...others.slice(0, at), next, ...others.slice(at)];
  world.server.weather = weather;
}

async function calm(world, dice) {
  world.server.weather = () => undefined;
  world.server.deaf = () => false;
  world.server.latency = () => 10;
  for (let i = 0; i < 40; i += 1) {
    for (const session of world.sessions) {
      session.flush();
      decide(session, dice);
    }
    await world.clock.advance(4000);
    const isDecided = ({ store }) => !store.conflicts.value.length && !store.rejected.value.length;
    if (i > 9 && world.sessions.every((session) => session.isIdle.value && isDecided(session))) return;
  }
}

function compare(world, note) {
  const { server, sessions } = world;
  for (const [i, session] of sessions.entries()) {
    const media = session.store.media.value.id;
    assert.deepEqual(essence(session.store.labels.values()), essence(server.labels(media)), `${note}, tab ${i}`);
    assert.deepEqual([...session.store.tags.value].sort(), [...server.media.get(media).tags].sort(), `${note}, tab ${i}: tags`);
    assert.equal(session.outbox.pending.value, 0, note);
    assert.equal(session.core.labels.overlays.size, 0, note);
    assertOrder(session, note);
  }
}

function assertOrder({ store }, note) {
  const labels = store.order().map((id) => store.labels.get(id));
  assert.equal(labels.length, store.labels.size, note);
  const keys = labels.map((label) => [String(label.z + 5000).padStart(6, '0'), label.created_at, label.id].join(' '));
  assert.deepEqual(keys, [...keys].sort(), note);
}

for (let seed = Number(process.env.FROM ?? 1); seed <= Number(process.env.SEEDS ?? 30); seed += 1) {
  test(`random work of three tabs on an unreliable network ends equal, seed ${seed}`, async () => {
    const world = new World(seed);
    const dice = random(seed);
    const shared = new Browser(world);
    const homes = [shared, shared, new Browser(world)];
    for (const [i, browser] of homes.entries()) await world.open(`t${i}`, { browser });
    storm(world.server, dice);
    for (let step = 0; step < 60; step += 1) {
      const at = Math.floor(dice() * world.sessions.length);
      const session = world.sessions[at];
      ACTIONS[NAMES[Math.floor(dice() * NAMES.length)]](session, dice);
      const roll = dice();
      if (roll < 0.1) decide(session, dice);
      else if (roll < 0.13) session.load(dice() < 0.5 ? MEDIA : OTHER).catch(() => {});
      else if (roll < 0.16) for (const socket of [...world.server.sockets]) if (dice() < 0.5) socket.drop();
      else if (roll < 0.19) await reborn(world, at, dice);
      await world.clock.advance(dice() * 300);
    }
    await calm(world, dice);
    compare(world, `seed ${seed}`);
    for (const browser of homes) assert.equal(browser.disk('ann').ops.size, 0, 'nothing is left on disk');
    world.end();
  });
}

const FAULTS = {
  'tab killed': (world, at) => world.kill(at.session),
  'server killed before commit': (world) => {
    world.server.weather = () => 'lost';
  },
  'server killed after commit': (world) => {
    world.server.weather = (url) => (url.endsWith('/changes') ? 'unanswered' : 'lost');
  },
  'network cut': (world) => {
    world.server.weather = () => 'lost';
    world.server.isSocketDown = true;
    for (const socket of [...world.server.sockets]) socket.drop();
  },
  'session expired': (world) => {
    world.server.signedIn = null;
  },
};

for (const [fault, strike] of Object.entries(FAULTS)) {
  for (const action of ['create', 'move', 'remove', 'concept', 'undo']) {
    for (const delay of [0, 15, 60]) {
      test(`nothing finished is lost: ${action}, ${fault} after ${delay} ms`, async () => {
        const world = new World(7);
        const dice = random(7);
        const browser = new Browser(world);
        const session = await world.open('t1', { browser });
        ACTIONS.create(session, dice);
        ACTIONS.create(session, dice);
        await world.clock.advance(500);
        if (fault === 'server killed after commit') strike(world);
        ACTIONS[action](session, dice);
        const journal = essence(session.store.labels.values());
        await world.clock.advance(delay);
        strike(world, { session });
        await world.clock.advance(3000);
        world.server.weather = () => undefined;
        world.server.isSocketDown = false;
        world.server.signedIn = 'ann';
        if (!world.sessions.length) await world.open('t1', { browser });
        const [open] = world.sessions;
        open.flush();
        await world.clock.advance(60000);
        assert.deepEqual(essence(world.server.labels()), journal);
        assert.deepEqual(essence(open.store.labels.values()), journal);
        assert.equal(open.isIdle.value, true);
        assert.equal(browser.disk('ann').ops.size, 0);
        world.end();
      });
    }
  }
}
