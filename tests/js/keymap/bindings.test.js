import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../../static/src/editor/command-list.js';
import { bind, createBindings, isFixed, isOfTheBrowser, ownerOf, saneChoice } from '../../../static/src/editor/keys/bindings.js';
import { PRESETS } from '../../../static/src/editor/keys/presets.js';
import { chordOf, clashes, isChord, matches, parseChord } from '../../../static/src/editor/keymap.js';

const DEFAULT = { preset: 'default', custom: {} };
const keysOf = (commands, id) => commands.find((one) => one.id === id).keys;

function open(saved) {
  const sent = [];
  return { sent, bindings: createBindings(COMMANDS, saved, (choice) => sent.push(choice)) };
}

/** What a US keyboard sends for a chord. */
function eventOf(chord) {
  const { ctrl, alt, shift, key } = parseChord(chord);
  const typed = { Plus: '+', Minus: '-', Space: ' ' }[key] ?? (/^[A-Z]$/.test(key) && !shift ? key.toLowerCase() : key);
  const code = /^[A-Z]$/.test(key) ? `Key${key}` : /^\d$/.test(key) ? `Digit${key}` : key;
  return { key: typed, code, ctrlKey: ctrl, altKey: alt, shiftKey: shift, metaKey: false };
}

test('every preset names commands and keys that there are, and leaves no key with two meanings', () => {
  for (const [preset, { keys }] of Object.entries(PRESETS)) {
    for (const [id, chords] of Object.entries(keys)) {
      assert.ok(COMMANDS.some((one) => one.id === id), `${preset}: ${id}`);
      assert.ok(!isFixed(id), `${preset}: ${id}`);
      for (const chord of chords) assert.ok(isChord(chord) && !isOfTheBrowser(chord), `${preset}: ${chord}`);
    }
    assert.deepEqual(clashes(bind(COMMANDS, { preset, custom: {} })), [], preset);
  }
});

test('the default keys are the commands\' own', () => {
  assert.deepEqual(bind(COMMANDS, DEFAULT).map(({ keys }) => keys), COMMANDS.map(({ keys }) => [...keys]));
});

test('a preset takes its keys from others, which keep what is left', () => {
  const labelme = bind(COMMANDS, { preset: 'labelme', custom: {} });
  assert.deepEqual(keysOf(labelme, 'media.next'), ['D', 'Ctrl+Shift+D']);
  assert.deepEqual(keysOf(labelme, 'media.previous'), ['A', 'Ctrl+Shift+A']);
  const studio = bind(COMMANDS, { preset: 'label_studio', custom: {} });
  assert.deepEqual(keysOf(studio, 'tool.box'), ['R']);
  assert.deepEqual(keysOf(studio, 'tool.brush'), ['B']);
  assert.deepEqual(keysOf(studio, 'point.state'), []); // V selects there
});

test('a chord of our own is stronger than a preset', () => {
  const bound = bind(COMMANDS, { preset: 'label_studio', custom: { 'view.grid': ['R'] } });
  assert.deepEqual(keysOf(bound, 'view.grid'), ['R']);
  assert.deepEqual(keysOf(bound, 'tool.box'), []);
  assert.deepEqual(clashes(bound), []);
});

test('assigning takes the keys from the command that had them, and is saved', () => {
  const { bindings, sent } = open(null);
  const box = bindings.commands.value.find((one) => one.id === 'tool.box');
  assert.equal(ownerOf(bindings.commands.value, { ...box, keys: ['F'] }).id, 'media.next');
  assert.equal(ownerOf(bindings.commands.value, { ...box, keys: ['Shift+R'] }), undefined);
  assert.equal(ownerOf(bindings.commands.value, { ...box, keys: ['T'] }).id, 'view.hide'); // the first of two keys
  bindings.assign('tool.box', ['F']);
  assert.deepEqual(keysOf(bindings.commands.value, 'media.next'), ['Ctrl+ArrowRight']);
  assert.equal(bindings.text('tool.box'), 'F');
  assert.deepEqual(sent, [{ preset: 'default', custom: { 'tool.box': ['F'], 'media.next': ['Ctrl+ArrowRight'] } }]);
  assert.deepEqual(clashes(bindings.commands.value), []);
});

test('the first keys of a command are its text', () => {
  const { bindings } = open(null);
  assert.equal(bindings.text('redo'), 'Ctrl Shift Z');
  assert.equal(bindings.text('details'), '⏎');
  assert.equal(bindings.text('nothing'), '');
});

test('keys can be removed, reset, and all replaced by a preset', () => {
  const { bindings } = open({ preset: 'default', custom: { 'tool.box': ['Shift+R'] } });
  bindings.assign('view.grid', []);
  assert.equal(bindings.text('view.grid'), '');
  bindings.reset('view.grid');
  assert.equal(bindings.text('view.grid'), 'T G');
  assert.equal(bindings.text('tool.box'), 'Shift R');
  bindings.usePreset('cvat');
  assert.equal(bindings.text('tool.box'), 'B');
  assert.deepEqual(keysOf(bindings.commands.value, 'delete'), ['Delete', 'Backspace']);
});

test('what was saved counts as far as it makes sense', () => {
  for (const bad of [null, 7, 'cvat', [], { custom: null }, { preset: 'vim' }]) assert.deepEqual(saneChoice(bad, COMMANDS), DEFAULT);
  const custom = { 'tool.box': ['Shift+R'], 'no.such': ['Q'], 'tool.polygon': 'P', 'tool.brush': ['Hyper+M'], 'escape': ['X'], 'class.1': ['X'] };
  assert.deepEqual(saneChoice({ preset: 'cvat', custom }, COMMANDS), { preset: 'cvat', custom: { 'tool.box': ['Shift+R'] } });
});

test('the chord of a press is one that it matches', () => {
  const chords = new Set(COMMANDS.flatMap((one) => one.keys.flatMap((keys) => keys.split(' '))));
  for (const chord of chords) {
    const event = eventOf(chord);
    assert.equal(chordOf(event), chord);
    assert.ok(matches(parseChord(chord), event), chord);
  }
  assert.equal(chordOf({ key: 'й', code: 'KeyQ', ctrlKey: true, altKey: false, shiftKey: false, metaKey: false }), 'Ctrl+Q');
  assert.equal(chordOf({ key: 'AudioVolumeUp', code: 'AudioVolumeUp', ctrlKey: false, altKey: false, shiftKey: false, metaKey: false }), null);
});
