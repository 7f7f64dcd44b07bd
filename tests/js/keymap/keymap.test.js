import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../../static/src/editor/command-list.js';
import { Keymap, clashes, matches, parseChord, shownKeys } from '../../../static/src/editor/keymap.js';

/** An event as a keyboard makes it; `target` answers `closest` like an element that fits the words in `is`. */
function press(key, code = '', { target = null, ...more } = {}) {
  return {
    key, code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, repeat: false, isComposing: false, defaultPrevented: false, target,
    preventDefault() {
      this.defaultPrevented = true;
    },
    ...more,
  };
}
const element = (...is) => ({ tagName: 'DIV', closest: (selector) => (is.some((word) => selector.includes(word)) ? {} : null) });
const CTRL = { ctrlKey: true };
const SHIFT = { shiftKey: true };

function open(scopes = ['all'], options = {}) {
  const ran = [];
  const map = new Keymap({ run: (id, { isDown }) => void ran.push(isDown ? id : `${id} up`), scopes: () => scopes, commands: COMMANDS, ...options });
  return { map, ran, press: (...args) => {
    const event = press(...args);
    map.keydown(event);
    return event;
  } };
}

test('no key means two things at once', () => {
  assert.deepEqual(clashes(COMMANDS), []);
});

test('the check for duplicate keys finds them', () => {
  const command = (id, scope, keys, more) => ({ id, scope, group: 'page', keys, text: () => id, ...more });
  assert.equal(clashes([command('a', 'all', ['B']), command('b', 'sel', ['B'])]).length, 1);
  assert.equal(clashes([command('a', 'all', ['B']), command('b', 'sel', ['B'], { over: true })]).length, 0);
  assert.equal(clashes([command('a', 'sel', ['B']), command('b', 'draw', ['B'])]).length, 0);
  assert.equal(clashes([command('a', 'all', ['T']), command('b', 'all', ['T H'])]).length, 1);
  assert.throws(() => parseChord('Strg+Z'), /unknown modifier/);
});

test('ids are unique, every chord can be read, every command has a text', () => {
  assert.equal(new Set(COMMANDS.map((command) => command.id)).size, COMMANDS.length);
  for (const command of COMMANDS) {
    for (const chord of command.keys.flatMap((keys) => keys.split(' '))) assert.ok(parseChord(chord).key, chord);
    assert.ok(command.text().length > 1, command.id);
  }
});

const MATCHES = [
  ['B', press('b', 'KeyB'), true],
  ['B', press('B', 'KeyB'), true, 'caps lock'],
  ['B', press('B', 'KeyB', SHIFT), false],
  ['B', press('b', 'KeyB', CTRL), false],
  ['B', press('и', 'KeyB'), true, 'Cyrillic: by place'],
  ['B', press('x', 'KeyB'), false, 'Dvorak: as printed'],
  ['X', press('x', 'KeyB'), true, 'Dvorak: as printed'],
  ['Ctrl+Z', press('z', 'KeyZ', { metaKey: true }), true, 'Cmd on a Mac'],
  ['1', press('&', 'Digit1'), true, 'AZERTY: digits by place'],
  ['1', press('1', 'Numpad1'), true],
  ['1', press('End', 'Numpad1'), false],
  ['Shift+1', press('!', 'Digit1', SHIFT), true],
  ['Ctrl+1', press('1', 'Digit1', CTRL), true],
  ['1', press('1', 'Digit1', CTRL), false],
  ['`', press('`', 'Backquote'), true],
  ['`', press('Dead', 'Backquote'), true, 'a key for accents'],
  ['`', press('~', 'Backquote', SHIFT), false],
  ['?', press('?', 'Slash', SHIFT), true],
  ['?', press('?', 'Minus', SHIFT), true, 'German'],
  ['?', press(',', 'Slash', SHIFT), false],
  ['Plus', press('=', 'Equal'), true],
  ['Plus', press('+', 'NumpadAdd'), true],
  ['Ctrl+Plus', press('+', 'Equal', { ...CTRL, ...SHIFT }), true],
  ['\\', press('\\', 'Minus', { ctrlKey: true, altKey: true, getModifierState: (name) => name === 'AltGraph' }), true, 'AltGr'],
  ['Space', press(' ', 'Space'), true],
  ['.', press('.', 'Period'), true],
  ['.', press('ю', 'Period'), true, 'Cyrillic'],
];
for (const [chord, event, expected, note = ''] of MATCHES) {
  test(`${chord} ${expected ? 'is' : 'is not'} ${event.key} on ${event.code} ${note}`, () => assert.equal(matches(parseChord(chord), event), expected));
}

test('a command runs and the browser does not get the key', () => {
  const { ran, press: hit } = open();
  assert.equal(hit('b', 'KeyB').defaultPrevented, true);
  assert.equal(hit('k', 'KeyK').defaultPrevented, false);
  assert.deepEqual(ran, ['tool.box']);
});

test('a press that the page has no use for stays with the browser', () => {
  const { press: hit } = open(['all'], { run: () => false });
  assert.equal(hit('Tab', 'Tab').defaultPrevented, false);
});

test('the narrow scope wins; without it the wide one does', () => {
  assert.deepEqual((({ ran, press: hit }) => (hit('z', 'KeyZ', CTRL), ran))(open(['all', 'draw', 'drawing'])), ['draw.back']);
  assert.deepEqual((({ ran, press: hit }) => (hit('z', 'KeyZ', CTRL), ran))(open(['all', 'draw'])), ['undo']);
  assert.deepEqual((({ ran, press: hit }) => (hit('ArrowLeft'), ran))(open(['all', 'sel'])), ['nudge.left']);
  assert.deepEqual((({ ran, press: hit }) => (hit('ArrowLeft'), ran))(open(['all', 'draw'])), ['cross.left']);
  assert.deepEqual((({ ran, press: hit }) => (hit('ArrowLeft'), ran))(open(['all'])), []);
});

test('two keys one after the other', () => {
  let now = 0;
  const { ran, press: hit } = open(['all', 'sel'], { now: () => now });
  hit('t', 'KeyT');
  hit('h', 'KeyH');
  hit('t', 'KeyT');
  now = 5000;
  hit('h', 'KeyH');
  hit('t', 'KeyT');
  hit('b', 'KeyB');
  hit('h', 'KeyH');
  assert.deepEqual(ran, ['view.hide', 'hide', 'tool.box', 'hide']);
});

test('nothing happens while typing, but saving', () => {
  const { ran, press: hit } = open();
  const field = element('textarea');
  for (const [key, code, more] of [['b', 'KeyB'], ['1', 'Digit1'], ['z', 'KeyZ', CTRL], ['Tab', 'Tab'], ['s', 'KeyS', CTRL]]) hit(key, code, { target: field, ...more });
  assert.deepEqual(ran, ['flush']);
});

test('a focused control keeps the keys that it uses itself', () => {
  const { ran, press: hit } = open(['all', 'sel', 'draw']);
  hit(' ', 'Space', { target: element('summary') });
  hit('Enter', 'Enter', { target: element('summary') });
  hit('ArrowDown', 'ArrowDown', { target: element('[role="listbox"]') });
  assert.deepEqual(ran, []);
  hit('b', 'KeyB', { target: element('summary') });
  hit('ArrowRight', 'ArrowRight', { target: element('[role="listbox"]'), ...CTRL });
  assert.deepEqual(ran, ['tool.box', 'media.next']);
});

test('Tab walks through the objects only on the stage', () => {
  const { ran, press: hit } = open();
  hit('Tab', 'Tab', { target: element('summary') });
  hit('Tab', 'Tab', { target: element('data-keys="stage"') });
  hit('Tab', 'Tab', { target: { ...element(), tagName: 'BODY' } });
  assert.deepEqual(ran, ['object.next', 'object.next']);
});

test('a dialog blocks everything but saving', () => {
  const { ran, press: hit } = open(['all'], { isBlocked: () => true });
  hit('b', 'KeyB');
  hit('s', 'KeyS', CTRL);
  assert.deepEqual(ran, ['flush']);
});

test('a held key repeats only what may repeat', () => {
  const { ran, press: hit } = open(['all', 'sel']);
  for (const repeat of [false, true, true]) hit('ArrowUp', 'ArrowUp', { repeat });
  for (const repeat of [false, true, true]) hit('b', 'KeyB', { repeat });
  assert.deepEqual(ran, ['nudge.up', 'nudge.up', 'nudge.up', 'tool.box']);
});

test('Space is reported when it is pressed and when it is released, also by leaving the window', () => {
  const { map, ran, press: hit } = open();
  for (const repeat of [false, true]) hit(' ', 'Space', { repeat });
  map.keyup(press(' ', 'Space'));
  hit(' ', 'Space');
  map.releaseAll();
  map.keyup(press(' ', 'Space'));
  assert.deepEqual(ran, ['pan.hold', 'pan.hold up', 'pan.hold', 'pan.hold up']);
});

test('the release of a held Space is not the press of a button that has the focus by then', () => {
  const { map, ran, press: hit } = open();
  hit(' ', 'Space');
  const released = press(' ', 'Space', { target: element('summary') });
  map.keyup(released);
  assert.deepEqual([ran, released.defaultPrevented], [['pan.hold', 'pan.hold up'], true]);
});

test('Esc in a field belongs to the field', () => {
  const { ran, press: hit } = open(['all', 'sel']);
  hit('Escape', 'Escape', { target: element('input') });
  hit('Escape', 'Escape', { target: element('textarea') });
  assert.deepEqual(ran, []);
  hit('Escape', 'Escape', { target: element('summary') });
  assert.deepEqual(ran, ['escape']);
});

test('text that is being composed is left alone', () => {
  const { ran, press: hit } = open();
  hit('b', 'KeyB', { isComposing: true });
  hit('Shift', 'ShiftLeft', SHIFT);
  assert.deepEqual(ran, []);
});

test('chords as they are printed on keys', () => {
  assert.deepEqual(shownKeys('Ctrl+ArrowRight'), ['Ctrl', '→']);
  assert.deepEqual(shownKeys('T H'), ['T', 'H']);
  assert.deepEqual(shownKeys('Plus'), ['+']);
});
