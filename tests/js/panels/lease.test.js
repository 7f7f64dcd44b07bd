/** Who was on an image first. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { holderOf } from '../../../static/src/editor/panels/people/lease.js';

const one = (user, since, media = 'm', client = user) => ({ client, user, since, media, name: user, initials: user, hue: 1 });

test('the colleague who came first and may label holds the image', () => {
  const people = [one('max', '2026-01-01T10:05:00+00:00'), one('ann', '2026-01-01T10:00:00+00:00'), one('vera', null), one('otto', '2026-01-01T09:00:00+00:00', 'other')];
  assert.equal(holderOf(people, 'max', 'm').user, 'ann');
  assert.equal(holderOf(people, 'ann', 'm'), null);
  assert.equal(holderOf([one('vera', null)], 'ann', 'm'), null);
  assert.equal(holderOf([], 'ann', 'm'), null);
});
