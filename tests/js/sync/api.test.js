import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../../static/src/editor/sync/api.js';
import { bootOf } from './world.js';

/** A client whose server gives one answer; what was asked is kept. */
function client(status, body, type = 'application/json') {
  const asked = [];
  const fetcher = async (url, init) => {
    asked.push({ url, init });
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(type.includes('json') ? JSON.stringify(body) : body, { status, headers: { 'Content-Type': type } });
  };
  return { api: new Api(/** @type {any} */ (bootOf('ann')), 'tab', /** @type {any} */ (fetcher)), asked };
}

const session = (user) => ({ ...bootOf(user), csrf: 'csrf-2', concepts: [] });

test('the session is fetched as JSON, with a new token and the present classes', async () => {
  const { api, asked } = client(200, session('ann'));
  assert.equal(await api.renew(), 'ok');
  assert.equal(api.csrf, 'csrf-2');
  assert.deepEqual(api.newest.concepts, []);
  assert.deepEqual([asked[0].url, asked[0].init.headers.Accept, asked[0].init.cache], ['/web/projects/p1/session', 'application/json', 'no-store']);
});

test('the session of another person is not taken over', async () => {
  const { api } = client(200, session('ben'));
  assert.equal(await api.renew(), 'other_person');
  assert.equal(api.csrf, 'csrf-1');
  assert.equal(api.newest.user.id, 'ann');
});

for (const [name, answer, expected] of /** @type {[string, [number, any, string?], string][]} */ ([
  ['no session', [401, { code: 'signed_out', message: 'Sign in.' }], 'signed_out'],
  ['a project that does not exist', [404, { code: 'missing', message: '' }], 'signed_out'],
  ['a page of a proxy that wants a sign-in', [200, '<h1>Sign in</h1>', 'text/html'], 'signed_out'],
  ['no answer', [0, null], 'failed'],
  ['an overloaded server', [503, 'busy', 'text/plain'], 'failed'],
  ['too many requests', [429, { message: 'Wait.' }], 'failed'],
])) {
  test(`asked for the session, ${name} means "${expected}"`, async () => {
    const { api } = client(...answer);
    assert.equal(await api.renew(), expected);
    assert.equal(api.csrf, 'csrf-1');
  });
}
