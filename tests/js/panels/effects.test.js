import assert from 'node:assert/strict';
import test from 'node:test';
import { signal } from '@preact/signals-core';
import { lockFinishedImage } from '../../../static/src/editor/panels/effects.js';
import { setStrings } from '../../../static/src/i18n.js';

const SENTENCE = 'This image is finished. Reopen it to edit.';
const given = { label: true, tag: true, status: ['IN PROGRESS'], reason: '' };

/** The permissions of an image, and whether it is finished. */
function start() {
  const may = signal(/** @type {any} */ (given));
  const steps = signal({ isFinished: false });
  const end = lockFinishedImage(/** @type {any} */ ({ store: { may }, steps }));
  return { may, steps, end };
}

test('a finished image offers no changes until it is reopened', () => {
  const { may, steps, end } = start();
  steps.value = { isFinished: true };
  assert.deepEqual(may.value, { ...given, label: false, tag: false, code: 'finished', reason: SENTENCE });
  steps.value = { isFinished: false };
  assert.deepEqual({ ...given, code: undefined }, may.value);
  end();
});

test('a finished image is recognized independently of the language of its message', () => {
  const { may, steps, end } = start();
  setStrings({ [SENTENCE]: 'Dieses Bild ist fertig.' });
  steps.value = { isFinished: true };
  assert.equal(may.value.reason, 'Dieses Bild ist fertig.');
  setStrings(null);
  steps.value = { isFinished: false };
  assert.equal(may.value.label, true);
  end();
});

test('a refusal of the server stays, also with the same message', () => {
  const { may, steps, end } = start();
  steps.value = { isFinished: true };
  may.value = { ...given, label: false, reason: SENTENCE };
  steps.value = { isFinished: false };
  assert.equal(may.value.label, false);
  end();
});
