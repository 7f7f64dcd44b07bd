/** A scripted server that follows the browser protocol, a clock that only tests move, and tabs on one browser. */
import { createSession } from '../../../static/src/editor/sync/session.js';
import { MemoryPersistence, newDisk } from '../../../static/src/editor/sync/storage/memory.js';

export const MEDIA = 'm1';
export const OTHER = 'm2';

/** A small seeded generator: the same test always runs the same way. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Clock {
  constructor(seed = 1) {
    this.time = 1_700_000_000_000;
    this.timers = new Map();
    this.next = 1;
    this.random = random(seed);
  }

  now() {
    return this.time;
  }

  setTimeout(fn, ms) {
    this.timers.set(this.next, { at: this.time + ms, fn });
    this.next += 1;
    return this.next - 1;
  }

  clearTimeout(id) {
    this.timers.delete(id);
  }

  /** Lets promises settle, then runs what is due, in order, up to `ms` from now. */
  async advance(ms = 0) {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].fn();
      await settle();
    }
    this.time = end;
  }
}

export const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const clone = (value) => structuredClone(value);
const NOT_HERE = new TypeError('Failed to fetch');

/** The server: one project, labels, tags, statuses, events with numbers, operations applied once. */
export class Server {
  constructor(clock) {
    this.clock = clock;
    this.seq = 10;
    this.media = new Map([MEDIA, OTHER].map((id) => [id, { labels: new Map(), tags: new Set(), status: 'NEW' }]));
    this.concepts = ['c1', 'c2', 'c3'];
    this.tagGroups = [{ id: 'g1', name: 'Weather', kind: 'SELECTION' }];
    this.events = [];
    this.applied = new Map();
    this.sockets = new Set();
    /** What happens to requests: (url, init) -> undefined | {status, body} | 'lost' (before) | 'unanswered' (after). */
    this.weather = () => undefined;
    this.latency = () => 20;
    this.signedIn = 'ann';
    this.csrf = 'csrf-1';
    this.requests = [];
    this.horizon = 0;
    this.isFrozen = false;
  }

  labels(media = MEDIA) {
    return [...this.media.get(media).labels.values()].map(clone);
  }

  record(event) {
    this.seq += 1;
    const full = { version: 1, client: '', ops: [], before: null, after: null, actor: { id: 'x', name: 'X' }, ...event, seq: this.seq };
    this.events.push(full);
    for (const socket of this.sockets) socket.sendEvent(full);
    return this.seq;
  }

  /** A change by a script: no client, no ops. */
  script(media, change) {
    const { labels } = this.media.get(media);
    const before = [];
    const after = [];
    const seq = this.seq + 1;
    for (const [id, patch] of Object.entries(change)) {
      const old = labels.get(id);
      if (old) before.push(clone(old));
      if (patch === null) labels.delete(id);
      else {
        const label = { ...(old ?? blank(id, this.clock.now())), ...patch, revision: seq, updated_by: 'script' };
        labels.set(id, label);
        after.push(clone(label));
      }
    }
    return this.record({ kind: 'labels.changed', media, before, after });
  }

  render(event, media) {
    if (event.media && event.media !== media && event.kind !== 'bulk') return { seq: event.seq, media: event.media, kind: event.kind };
    return clone(event);
  }

  state(id) {
    const { labels, tags, status } = this.media.get(id);
    return {
      media: { id, name: id, kind: 'image', width: 1000, height: 800, status: statusOf(status), is_frozen: this.isFrozen, dataset: null },
      seq: this.seq,
      head: this.seq,
      labels: [...labels.values()].map(clone),
      tags: [...tags],
      may: { label: true, status: ['TO REVIEW', 'DONE'], reason: '' },
      position: { index: 0, total: 2 },
      filter: {},
    };
  }

  changes(id, { client, ops, v }) {
    if (v !== 1) return { status: 409, body: { code: 'reload', message: 'old' } };
    const results = new Map();
    const fresh = [];
    for (const op of ops) {
      const known = this.applied.get(op.op_id);
      if (known) results.set(op.op_id, known);
      else fresh.push(op);
    }
    const media = this.media.get(id);
    const seq = this.seq + 1;
    const before = new Map();
    const touched = new Set();
    const done = [];
    for (const op of fresh.filter((o) => 'label_id' in o)) {
      const result = this.applyLabel(media, op, seq, before);
      if (result.status === 'ok') {
        touched.add(op.label_id);
        done.push(op.op_id);
        result.seq = seq;
      }
      results.set(op.op_id, result);
    }
    if (touched.size) {
      const after = [...touched].flatMap((key) => (media.labels.has(key) ? [clone(media.labels.get(key))] : []));
      this.record({ kind: 'labels.changed', media: id, client, ops: done, before: [...before.values()], after });
      if (media.status === 'NEW' && !fresh.some((op) => 'status' in op)) this.setStatus(id, 'IN PROGRESS', client, []);
    }
    for (const op of fresh.filter((o) => 'tag' in o)) {
      if (op.on) media.tags.add(op.tag);
      else media.tags.delete(op.tag);
      const at = this.record({ kind: 'tags.changed', media: id, client, ops: [op.op_id], after: { [id]: [...media.tags] } });
      results.set(op.op_id, { op_id: op.op_id, status: 'ok', revision: null, seq: at });
    }
    for (const op of fresh.filter((o) => 'status' in o)) {
      const at = this.setStatus(id, op.status, client, [op.op_id]);
      results.set(op.op_id, { op_id: op.op_id, status: 'ok', revision: null, seq: at });
    }
    for (const op of fresh) this.applied.set(op.op_id, clone(results.get(op.op_id)));
    return { status: 200, body: { v: 1, seq: this.seq, results: ops.map((op) => clone(results.get(op.op_id))) } };
  }

  setStatus(id, name, client, ops) {
    const media = this.media.get(id);
    const before = media.status;
    media.status = name;
    return this.record({ kind: 'status.changed', media: id, client, ops, before: { status: { [id]: before } }, after: { status: statusOf(name), media: [id] } });
  }

  applyLabel(media, { op_id, label_id, base, patch }, seq, before) {
    const old = media.labels.get(label_id);
    const answer = (status, more = {}) => ({ op_id, status, ...more });
    if (base === null && patch !== null) {
      if (old) return answer('rejected', { code: 'exists', field: 'label_id', message: 'There is already a label with this id.' });
      if (!this.concepts.includes(patch.concept)) return answer('rejected', { code: 'unknown_class', field: 'concept', message: 'There is no such class in this project.' });
      media.labels.set(label_id, { ...blank(label_id, this.clock.now()), ...clone(patch), revision: seq });
      return answer('ok', { revision: seq });
    }
    if (!old) return patch === null ? answer('ok', { revision: null }) : answer('conflict', { label: null });
    if (base !== old.revision) return answer('conflict', { label: clone(old) });
    if (patch?.concept && !this.concepts.includes(patch.concept)) return answer('rejected', { code: 'unknown_class', field: 'concept', message: 'There is no such class in this project.' });
    // like a server of an earlier release, which knows whole masks only
    if (patch?.mask_delta) return answer('rejected', { code: 'invalid', field: 'mask_delta', message: "A label has no field 'mask_delta'." });
    if (!before.has(label_id)) before.set(label_id, clone(old));
    if (patch === null) media.labels.delete(label_id);
    else media.labels.set(label_id, { ...old, ...clone(patch), revision: seq });
    return answer('ok', { revision: patch === null ? null : seq });
  }

  answer(url, init, user) {
    const { pathname, searchParams } = new URL(url, 'http://here');
    if (!this.signedIn) return { status: 401, body: { code: 'signed_out', message: 'Sign in.' } };
    if (pathname.endsWith('/session')) {
      return { status: 200, body: { ...bootOf(this.signedIn), media: undefined, filter: undefined, csrf: this.csrf, concepts: this.concepts.map(conceptOf), tag_groups: this.tagGroups } };
    }
    const [, kind, id] = /\/web\/(media|projects)\/([^/]+)/.exec(pathname);
    if (pathname.endsWith('/changes')) {
      if (init.headers['X-CSRFToken'] !== this.csrf) return { status: 403, text: '<h1>CSRF</h1>' };
      if (user !== this.signedIn) throw new Error(`sent the changes of ${user} as ${this.signedIn}`);
      return this.changes(id, JSON.parse(init.body));
    }
    if (kind === 'media') return { status: 200, body: this.state(id) };
    const since = Number(searchParams.get('since'));
    if (since > this.seq || since < this.horizon) return { status: 200, body: { resync: true, head: this.seq } };
    const rows = this.events.filter((event) => event.seq > since).slice(0, this.page ?? 500);
    const events = rows.map((event) => this.render(event, searchParams.get('media')));
    return { status: 200, body: { events, head: this.seq, more: rows.length > 0 && rows[rows.length - 1].seq < this.seq } };
  }

  /** `fetch` of one person's browser. */
  fetchOf(user) {
    return (url, init = {}) => new Promise((resolve, reject) => {
      const method = init.method ?? 'GET';
      this.requests.push({ method, url, body: init.body ? JSON.parse(init.body) : null });
      const weather = this.weather(url, init);
      this.clock.setTimeout(() => {
        if (weather === 'lost') return reject(NOT_HERE);
        const got = typeof weather === 'object' ? weather : this.answer(url, init, user);
        this.clock.setTimeout(() => (weather === 'unanswered' ? reject(NOT_HERE) : resolve(responseOf(got))), this.latency() / 2);
      }, this.latency() / 2);
    });
  }

  socket() {
    const socket = new FakeSocket(this);
    this.clock.setTimeout(() => socket.open(), 5);
    return socket;
  }

  posts() {
    return this.requests.filter((request) => request.method === 'POST');
  }
}

function responseOf({ status, body, text, headers = {} }) {
  const all = new Map(Object.entries({ 'Content-Type': text === undefined ? 'application/json' : 'text/html', ...headers }));
  return { status, headers: { get: (name) => all.get(name) ?? null }, json: async () => clone(body), text: async () => text };
}

class FakeSocket {
  constructor(server) {
    this.server = server;
    this.readyState = 0;
    this.media = null;
    this.since = Infinity;
    this.sent = [];
  }

  open() {
    if (this.readyState !== 0) return;
    if (this.server.isSocketDown) return this.drop(1006);
    this.readyState = 1;
    this.server.sockets.add(this);
    this.onopen?.();
    this.push({ type: 'hello', seq: this.server.seq, client: 's1' });
  }

  send(text) {
    const message = JSON.parse(text);
    this.sent.push(message);
    if (message.type !== 'join') return;
    this.media = message.media;
    this.since = message.since;
    for (const event of this.server.events) if (event.seq > this.since) this.sendEvent(event);
  }

  sendEvent(event) {
    if (event.seq <= this.since) return;
    this.since = event.seq;
    const { media } = this; // the server renders when it sends
    this.push({ type: 'event', ...this.server.render(event, media) });
  }

  push(message) {
    if (this.server.deaf?.(message)) return;
    this.server.clock.setTimeout(() => this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(message) }), this.server.latency() / 2);
  }

  drop(code = 1006) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.server.sockets.delete(this);
    this.onclose?.({ code });
  }

  close() {
    this.readyState = 3;
    this.server.sockets.delete(this);
  }
}

export function blank(id, now = 0) {
  return {
    id, concept: 'c1', box: [0, 0, 10, 10], shape: 'box', points: null, mask: null, keypoints: [], z: 0, tool: 'bbox', origin: 'human', score: null,
    is_crowd: false, revision: 1, created_by: 'x', updated_by: 'x', created_at: new Date(now).toISOString(), updated_at: new Date(now).toISOString(),
  };
}

const statusOf = (name) => ({ id: `s-${name}`, name, base: name, color: '#888' });
const conceptOf = (id, order = 0) => ({ id, name: id, number: order, color: '#888', ink: '#000', label_slot: 1, order, on_region: true, on_media: true, keypoint_schema: null });

export function bootOf(user = 'ann') {
  return {
    v: 1, user: { id: user, name: user, initials: user[0], hue: 1 }, project: { id: 'p1', name: 'P' }, media: MEDIA,
    urls: {
      state: '/web/media/{id}/state', session: '/web/projects/p1/session', changes: '/web/media/{id}/changes', events: '/web/projects/p1/events', film: '/web/projects/p1/film',
      ws: '/ws/projects/p1/', label_page: '/label/{id}/', media_page: '/projects/p1/media/', sign_in: '/sign-in/',
    },
    concepts: ['c1', 'c2', 'c3'].map(conceptOf), keypoint_schemas: [], tag_groups: [{ id: 'g1', name: 'Weather', kind: 'SELECTION' }], statuses: ['NEW', 'IN PROGRESS', 'TO REVIEW', 'DONE'].map(statusOf),
    csrf: 'csrf-1', debug: true, filter: '', strings: {},
  };
}

/** One browser: tabs share a disk. */
export class Browser {
  constructor(world) {
    this.world = world;
    this.disks = new Map();
    this.open = new Set();
  }

  disk(user) {
    if (!this.disks.has(user)) this.disks.set(user, newDisk());
    return this.disks.get(user);
  }

  tabs(client) {
    this.open.add(client);
    return {
      client,
      alive: async () => new Set(this.open),
      close: () => this.open.delete(client),
    };
  }
}

export class World {
  constructor(seed = 1) {
    this.clock = new Clock(seed);
    this.server = new Server(this.clock);
    this.sessions = [];
  }

  /** A tab that shows a medium. */
  async open(client = 't1', { user = 'ann', browser = new Browser(this), media = MEDIA } = {}) {
    const session = await createSession(bootOf(user), {
      clock: this.clock,
      tabs: browser.tabs(client),
      persistence: new MemoryPersistence(browser.disk(user), true),
      fetch: this.server.fetchOf(user),
      makeSocket: () => this.server.socket(),
      origin: 'http://here/',
    });
    this.sessions.push(session);
    session.browser = browser;
    if (media) {
      await this.until(session.load(media));
    }
    return session;
  }

  /** The tab dies: nothing of it runs any more, what it sent may still arrive. */
  kill(session) {
    session.persistence.write = async () => {};
    session.close();
    this.sessions = this.sessions.filter((other) => other !== session);
  }

  /** Time passes until the promise is settled. */
  async until(promise) {
    let isPending = true;
    const settled = promise.finally(() => {
      isPending = false;
    });
    settled.catch(() => {});
    for (let i = 0; isPending && i < 100; i += 1) await this.clock.advance(100);
    return settled;
  }

  end() {
    for (const session of this.sessions) session.close();
  }
}

/** What counts of a label: not bookkeeping. */
export const essence = (labels) =>
  [...labels].map(({ id, concept, box, shape, points, z }) => ({ id, concept, box, shape, points, z })).sort((a, b) => (a.id < b.id ? -1 : 1));
