import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResponse } from '../../../static/src/ui/dom.js';

/** What a person is told of an answer. @param {string | null} text @param {number} status */
const told = async (text, status) => {
  try {
    return await readResponse(new Response(text, { status }));
  } catch (error) {
    return [error.message, error.status, error.body];
  }
};

test('our own messages are shown as they are', async () => {
  assert.deepEqual(await told('{"message":"name is taken","field":"name"}', 400), ['name is taken', 400, { message: 'name is taken', field: 'name' }]);
  assert.deepEqual(await told('{"to":"/"}', 200), { to: '/' });
  assert.equal(await told(null, 204), null);
});

test('an HTML page in place of an answer leads to a message with what to do, not only a number', async () => {
  const page = '<!doctype html><h1>Forbidden</h1>';
  for (const [status, words] of [[403, /Reload/], [404, /Reload/], [413, /larger/], [500, /Try again/], [502, /cannot be reached/], [504, /cannot be reached/], [418, /418.*Reload/], [200, /Reload/]]) {
    const [message, kept, body] = await told(page, status);
    assert.match(message, words);
    assert.deepEqual([kept, body], [status, null]);
  }
  assert.match((await told('', 502))[0], /cannot be reached/);
  assert.match((await told('{"detail":"gateway"}', 503))[0], /cannot be reached/);
  assert.match((await told('null', 500))[0], /Try again/);
});
