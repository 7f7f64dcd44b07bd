import assert from 'node:assert/strict';
import test from 'node:test';
import { seenPart } from '../../../static/src/editor/panels/bars/minimap.js';
import { hueOf, initialsOf } from '../../../static/src/editor/panels/names.js';
import { mediaOf, troubleOf } from '../../../static/src/editor/panels/filmstrip/navigate.js';
import { clampWidth, createSettings, sane } from '../../../static/src/editor/panels/settings.js';
import { grouped } from '../../../static/src/editor/panels/side/tags.js';
import { search } from '../../../static/src/ui/palette.js';
import { HATCHES, statusKey } from '../../../static/src/ui/statuses.js';

test('settings take what makes sense and leave the rest', () => {
  assert.deepEqual(sane(null), sane({}));
  assert.equal(sane({ sideWidth: 9999, fill: 'x', tab: 'tags', junk: 1 }).sideWidth, 480);
  assert.equal(sane({ fill: -3 }).fill, 0);
  assert.equal(sane({ tab: 'tags' }).tab, 'tags');
  assert.ok(!('junk' in sane({ junk: 1 })));
  assert.equal(clampWidth(Number.NaN), 320);
  assert.deepEqual(sane({ digits: { p: { 1: 'a' }, q: null, r: { 2: 5 } } }).digits, { p: { 1: 'a' } });
  assert.deepEqual(sane({ digits: null }).digits, {});
});

test('settings are kept per person, also when storage throws', () => {
  const held = new Map();
  const storage = { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value) };
  createSettings('anna', storage).set({ fill: 0.5 });
  assert.equal(createSettings('anna', storage).value.fill, 0.5);
  assert.equal(createSettings('ben', storage).value.fill, 0.2);
  held.set('annotator:label:anna', '{broken');
  assert.equal(createSettings('anna', storage).value.fill, 0.2);
  const full = createSettings('anna', { getItem: () => null, setItem: () => { throw new Error('quota'); } });
  full.set({ fill: 0.7 });
  assert.equal(full.value.fill, 0.7);
});

test('initials and hue are those the server makes', () => {
  assert.equal(initialsOf('Anna Maria Keller'), 'AK');
  assert.equal(initialsOf('anna.keller'), 'AK');
  assert.equal(initialsOf('Mei'), 'ME');
  assert.equal(initialsOf('  '), '?');
  assert.equal(hueOf('00000000-0000-0000-0000-000000000169'), 361 % 360);
  assert.equal(hueOf('not an id'), 240);
});

test('the minimap shows only when something is outside the stage', () => {
  const image = { width: 1000, height: 500 };
  const stage = { width: 500, height: 500 };
  assert.equal(seenPart({ zoom: 0.5, x: 500, y: 250 }, image, stage), null);
  assert.deepEqual(seenPart({ zoom: 1, x: 500, y: 250 }, image, stage), { left: 0.25, right: 0.75, top: 0, bottom: 1 });
  assert.deepEqual(seenPart({ zoom: 1, x: 0, y: 250 }, image, stage), { left: 0, right: 0.25, top: 0, bottom: 1 });
  assert.equal(seenPart({ zoom: 1, x: 0, y: 0 }, image, { width: 0, height: 0 }), null);
});

test('tags stand in their groups, those without one last', () => {
  const tags = [{ id: '1', tag_group: 'w' }, { id: '2', tag_group: null }, { id: '3', tag_group: 'missing' }];
  const groups = [{ id: 'w', name: 'Weather', kind: 'SELECTION' }, { id: 'e', name: 'Empty', kind: 'MULTIPLE-SELECTION' }];
  const found = grouped(tags, groups).map((one) => [one.name, one.isSingle, one.tags.map((tag) => tag.id).join('')]);
  assert.deepEqual(found, [['Weather', true, '1'], ['', false, '23']]);
});

test('the palette ranks beginnings before middles and finds words in any order', () => {
  const entries = ['Zoom in', 'Polygon', 'Show polygon', 'Box'].map((label) => ({ group: 'g', label, run() {} }));
  const found = (typed) => search(entries, typed).map((one) => one.label);
  assert.deepEqual(found('poly'), ['Polygon', 'Show polygon']);
  assert.deepEqual(found('polygon show'), ['Show polygon']);
  assert.deepEqual(found('in zo'), ['Zoom in']);
  assert.deepEqual(found('nothing'), []);
  assert.equal(found('').length, 4);
});

test('an address of the page names its image', () => {
  assert.equal(mediaOf('/label/01a20156-409a-7429-a771-05b04cd22d70/'), '01a20156-409a-7429-a771-05b04cd22d70');
  assert.equal(mediaOf('/projects/'), null);
});

test('a failed load says what to do', () => {
  for (const status of [0, 401, 403, 404, 500]) assert.ok(troubleOf({ status }).text.length > 20);
  assert.equal(troubleOf({ status: 404, message: 'It was deleted.' }).text, 'It was deleted.');
});

test('statuses and hatches as the server draws them', () => {
  assert.equal(statusKey('To Review'), 'review');
  assert.equal(statusKey(undefined), 'new');
  assert.equal(HATCHES.length, 20);
});
