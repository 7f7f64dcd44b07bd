import assert from 'node:assert/strict';
import test from 'node:test';
import { Timers } from '../../../static/src/editor/sync/timers.js';
import { Clock } from './world.js';

function start() {
  const clock = new Clock(1);
  const log = [];
  return { clock, log, timers: new Timers(clock), note: (text) => () => log.push(text) };
}

test('a restarted timer runs once, after the later time', async () => {
  const { clock, log, timers, note } = start();
  timers.restart('poll', 100, note('first'));
  await clock.advance(60);
  timers.restart('poll', 100, note('second'));
  await clock.advance(60);
  assert.deepEqual(log, []);
  await clock.advance(60);
  assert.deepEqual(log, ['second']);
});

test('a timer that is started once is not moved by later calls, and can be started again after it ran', async () => {
  const { clock, log, timers, note } = start();
  timers.startOnce('renew', 100, note('a'));
  await clock.advance(60);
  timers.startOnce('renew', 100, note('b'));
  await clock.advance(60);
  assert.deepEqual(log, ['a']);
  timers.startOnce('renew', 100, note('c'));
  await clock.advance(120);
  assert.deepEqual(log, ['a', 'c']);
});

test('a stopped timer does not run, and after close none is started', async () => {
  const { clock, log, timers, note } = start();
  timers.restart('a', 100, note('a'));
  timers.restart('b', 100, note('b'));
  timers.stop('a');
  timers.close();
  timers.restart('c', 100, note('c'));
  timers.startOnce('d', 100, note('d'));
  await clock.advance(500);
  assert.deepEqual(log, []);
});
