import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { createAnnouncer } from '../../../../static/src/editor/panels/notices/announce.js';

/** A live region without a page, and what announces into it; the clock is the test's. */
function start() {
  mock.timers.enable({ apis: ['setTimeout'] });
  const classes = new Set(['sr']);
  const classList = {
    add: (name) => classes.add(name),
    toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)),
  };
  const region = { textContent: '', classList };
  return { region, announce: createAnnouncer(/** @type {any} */ (region)), isSeen: () => !classes.has('sr') };
}

test.afterEach(() => mock.timers.reset());

test('a notice is seen and spoken, and stays for screen readers when it was seen long enough', () => {
  const { region, announce, isSeen } = start();
  announce('Too small');
  mock.timers.tick(60);
  assert.equal(region.textContent, 'Too small');
  assert.ok(isSeen());
  mock.timers.tick(2000);
  assert.ok(isSeen());
  mock.timers.tick(2000);
  assert.ok(!isSeen());
  assert.equal(region.textContent, 'Too small');
});

test('what the page shows anyway is only spoken, and takes the place of an older notice', () => {
  const { region, announce, isSeen } = start();
  announce('Too small');
  mock.timers.tick(60);
  announce('Box added', { spokenOnly: true });
  mock.timers.tick(60);
  assert.equal(region.textContent, 'Box added');
  assert.ok(!isSeen());
});

test('a newer notice is seen for its full time', () => {
  const { announce, isSeen } = start();
  announce('This is the last image');
  mock.timers.tick(3000);
  announce('This is the last image');
  mock.timers.tick(3000);
  assert.ok(isSeen());
});

test('a repeated notice differs, so that it is spoken again', () => {
  const { region, announce } = start();
  for (const text of ['Too small', 'Too small\u00a0', 'Too small']) {
    announce('Too small');
    mock.timers.tick(60);
    assert.equal(region.textContent, text);
  }
});

test('texts that follow each other at once are one notice', () => {
  const { region, announce, isSeen } = start();
  announce('Class Car', { spokenOnly: true });
  announce('Locked objects were not changed');
  mock.timers.tick(60);
  assert.equal(region.textContent, 'Class Car. Locked objects were not changed');
  assert.ok(isSeen());
});
