import assert from 'node:assert/strict';
import test from 'node:test';
import { signal } from '@preact/signals-core';
import { missingValues } from '../../../../static/src/editor/panels/side/attributes-model.js';

test('required values that are missing: of objects as drawn, then of the image; false and 0 are values', () => {
  const attribute = (id, more) => ({ id, subject: 'LABEL', is_required: true, concepts: { car: 0 }, ...more });
  const values = { b: { maker: 'x', moving: false }, c: { maker: 'y', moving: 0 } };
  const labels = new Map(['a', 'b', 'c', 'tree'].map((id) => [id, { id, concept: id === 'tree' ? 'tree' : 'car' }]));
  const store = {
    attributes: signal([attribute('maker', {}), attribute('moving', {}), attribute('note', { is_required: false }), attribute('weather', { subject: 'IMAGE', concepts: {} })]),
    labels, order: () => ['c', 'tree', 'a', 'b'], media: signal({ id: 'm' }), valueOf: (subject, id) => values[subject]?.[id] ?? null,
  };
  const found = missingValues(/** @type {any} */ (store)).map((one) => [one.label, one.attribute.id]);
  assert.deepEqual(found, [['a', 'maker'], ['a', 'moving'], [null, 'weather']]);
});
