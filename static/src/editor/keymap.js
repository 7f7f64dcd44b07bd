/** Which chord an event of the keyboard is, and a dispatcher of commands; what a command does is known by whoever passes `run`. */

/**
 * @typedef {'all' | 'sel' | 'suggest' | 'draw' | 'drawing'} Scope
 *   all: always · sel: something is selected and no drawing is under way ·
 *   draw: a drawing tool, and nothing is selected or a drawing is under way · drawing: a drawing is under way ·
 *   suggest: a suggestion is the active one
 * @typedef {object} Command
 * @property {string} id
 * @property {Scope} scope
 * @property {'go' | 'view' | 'tools' | 'classes' | 'objects' | 'drawing' | 'page'} group for the key sheet
 * @property {string[]} keys chords such as 'Ctrl+Shift+Z', 'T H' (one after the other), 'Plus'
 * @property {() => string} text in the person's language
 * @property {boolean} [repeats] also while the key is held down
 * @property {boolean} [holds] `run` is called at the press and, with isDown false, at the release
 * @property {boolean} [over] overrides a chord of a wider scope on purpose
 * @property {boolean} [always] also while typing in a field
 * @property {boolean} [stage] only while the focus is on the stage or nowhere
 *
 * @typedef {{ctrl: boolean, alt: boolean, shift: boolean, key: string}} Chord
 * @typedef {{key: string, code: string, ctrlKey: boolean, altKey: boolean, shiftKey: boolean, metaKey: boolean, getModifierState?: (name: string) => boolean}} KeyLike
 */

/** Scopes that may be active together, the narrow one first. @type {Record<Scope, Scope[]>} */
const WIDER = { all: [], sel: ['all'], suggest: ['all'], draw: ['all'], drawing: ['draw', 'all'] };
const SCOPES = /** @type {Scope[]} */ (['drawing', 'draw', 'suggest', 'sel', 'all']);
const PREFIX_MS = 1500;

/** @param {string} text one chord, without a prefix @returns {Chord} */
export function parseChord(text) {
  const parts = text.split('+');
  const key = /** @type {string} */ (parts.pop());
  for (const part of parts) if (!['Ctrl', 'Alt', 'Shift'].includes(part)) throw new Error(`${text}: unknown modifier ${part}`);
  return { ctrl: parts.includes('Ctrl'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key };
}

/** What a symbol is called on the keyboard, and where it is on one without Latin letters. @type {Record<string, {keys: string[], codes: string[], shifted?: boolean}>} */
const SYMBOLS = {
  Plus: { keys: ['+', '='], codes: ['NumpadAdd', 'Equal'] },
  Minus: { keys: ['-', '−'], codes: ['NumpadSubtract', 'Minus'] },
  '?': { keys: ['?'], codes: ['Slash'], shifted: true },
  '`': { keys: ['`'], codes: ['Backquote'] },
  '.': { keys: ['.'], codes: ['Period'] },
  '\\': { keys: ['\\'], codes: ['Backslash', 'IntlBackslash'] },
  '/': { keys: ['/'], codes: [] },
  ',': { keys: [','], codes: ['Comma'] },
  ';': { keys: [';'], codes: ['Semicolon'] },
  "'": { keys: ["'"], codes: ['Quote'] },
  '[': { keys: ['['], codes: ['BracketLeft'] },
  ']': { keys: [']'], codes: ['BracketRight'] },
};
/** Keys with a name that a command may have. */
const NAMED = new Set(['Enter', 'Space', 'Tab', 'Delete', 'Backspace', 'Insert', 'Home', 'End', 'PageUp', 'PageDown', 'Escape', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', ...Array.from({ length: 12 }, (_, i) => `F${i + 1}`)]);
const isAscii = (/** @type {string} */ key) => key.length === 1 && key.charCodeAt(0) < 128;

/** Whether a text is one chord, or two after each other, that a keyboard can press. @param {unknown} text */
export function isChord(text) {
  if (typeof text !== 'string' || text.split(' ').length > 2) return false;
  return text.split(' ').every((chord) => {
    const parts = chord.split('+');
    const key = parts.pop() ?? '';
    const isKey = /^[A-Z0-9]$/.test(key) || key in SYMBOLS || NAMED.has(key);
    return isKey && parts.every((part, i) => ['Ctrl', 'Alt', 'Shift'].indexOf(part) >= 0 && parts.indexOf(part) === i);
  });
}

/** The chord that an event is, or null for a key that no command can have. @param {KeyLike} event */
export function chordOf(event) {
  const isAltGr = event.getModifierState?.('AltGraph') ?? false;
  const symbol = Object.keys(SYMBOLS).find((name) => SYMBOLS[name].keys.includes(event.key));
  const key = symbol ?? keyName(event);
  const ctrl = !isAltGr && (event.ctrlKey || event.metaKey) ? 'Ctrl+' : '';
  const alt = !isAltGr && event.altKey ? 'Alt+' : '';
  const shift = event.shiftKey && !symbol ? 'Shift+' : '';
  const chord = `${ctrl}${alt}${shift}${key}`;
  return isChord(chord) ? chord : null;
}

/** @param {KeyLike} event */
function keyName({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code);
  if (place && (!isAscii(key) || /^\d$/.test(place[1]))) return place[1];
  return key === ' ' ? 'Space' : key;
}

/**
 * True when the event is the chord. Letters count as they are printed on a Latin keyboard, by place on another;
 * digits by place; symbols as they are typed, with whatever modifiers the keyboard needs for them.
 * @param {Chord} chord @param {KeyLike} event
 */
export function matches(chord, event) {
  const isAltGr = event.getModifierState?.('AltGraph') ?? false;
  const ctrl = !isAltGr && (event.ctrlKey || event.metaKey);
  const alt = !isAltGr && event.altKey;
  if (ctrl !== chord.ctrl || alt !== chord.alt) return false;
  const symbol = SYMBOLS[chord.key];
  if (symbol) {
    if (symbol.keys.includes(event.key)) return true;
    return !isAscii(event.key) && symbol.codes.includes(event.code) && (symbol.shifted ?? chord.shift) === event.shiftKey;
  }
  if (event.shiftKey !== chord.shift) return false;
  if (/^[A-Z]$/.test(chord.key)) {
    return /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() === chord.key : event.code === `Key${chord.key}`;
  }
  if (/^[0-9]$/.test(chord.key)) {
    return event.code === `Digit${chord.key}` || (event.code === `Numpad${chord.key}` && event.key === chord.key);
  }
  return event.key === chord.key || (chord.key === 'Space' && event.code === 'Space');
}

/**
 * Whether `keys` of one command would mean another at the same time.
 * @param {Command} a with its keys @param {Command} b @param {string} keys of b
 */
export function collide(a, b, keys) {
  const isWider = WIDER[a.scope].includes(b.scope) || WIDER[b.scope].includes(a.scope);
  if (a.scope !== b.scope && (!isWider || a.over || b.over)) return false;
  return a.keys.some((own) => own === keys || (own.includes(' ') !== keys.includes(' ') && own.split(' ')[0] === keys.split(' ')[0]));
}

/**
 * Pairs of commands that one chord would mean at the same time, as sentences.
 * @param {readonly Command[]} commands
 * @returns {string[]}
 */
export function clashes(commands) {
  return commands.flatMap((a, i) => commands.slice(0, i).flatMap((b) => a.keys.filter((keys) => collide(b, a, keys)).map((keys) => `${keys}: ${b.id} and ${a.id}`)));
}

const SHOWN = /** @type {Record<string, string>} */ ({
  Plus: '+', Minus: '−', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Delete: 'Del',
});

/** A chord as it is printed on keys: ['Ctrl', '→'], ['T', 'H']. @param {string} keys @returns {string[]} */
export function shownKeys(keys) {
  return keys.split(' ').flatMap((chord) => chord.split('+').map((part) => SHOWN[part] ?? part));
}

const TEXT_FIELD = 'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="reset"], [type="range"], [type="color"], [type="file"])';
/** What a focused control does with these keys itself. */
const OWN_KEYS = [
  { in: 'button, a[href], summary, input, [role="button"], [role="tab"], [role="option"], [role="menuitem"], [role="switch"]', keys: ['Enter', ' '] },
  { in: 'input', keys: ['Escape'] },
  { in: 'input[type="range"], input[type="radio"], [role="listbox"], [role="tablist"], [role="menu"], [role="radiogroup"], [role="separator"], [role="slider"]', keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] },
];

/** Whether what has the focus is typed in. @param {any} target */
export const isTextField = (target) => Boolean(target?.closest?.(TEXT_FIELD));

/** Whether a key belongs to the thing that has the focus. @param {any} target @param {KeyLike} event */
export function isTaken(target, event) {
  if (!target?.closest) return false;
  if (isTextField(target)) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return OWN_KEYS.some((own) => own.keys.includes(event.key) && target.closest(own.in));
}

/** @param {readonly Command[]} commands */
const bindingsOf = (commands) => commands.flatMap((c) => c.keys.map((keys) => ({ command: c, chords: keys.split(' ').map(parseChord) })));

export class Keymap {
  /**
   * @param {{run: (id: string, press: {isDown: boolean, isRepeat: boolean, event: any}) => boolean | void,
   *   scopes: () => Iterable<Scope>, isBlocked?: () => boolean, commands: readonly Command[], now?: () => number}} options
   *   `run` returns false for a press that it has no use for: the browser gets it then
   */
  constructor({ run, scopes, isBlocked = () => false, commands, now = Date.now }) {
    this.run = run;
    this.scopes = scopes;
    this.isBlocked = isBlocked;
    this.now = now;
    this.bindings = bindingsOf(commands);
    /** First chord of a pair that was pressed. @type {{key: string, until: number} | null} */
    this.prefix = null;
    /** Held commands by the code of their key. @type {Map<string, Command>} */
    this.held = new Map();
  }

  /** Takes other keys from now on. @param {readonly Command[]} commands */
  use(commands) {
    this.bindings = bindingsOf(commands);
  }

  /** Listens until the returned function is called. @param {EventTarget} [target] */
  attach(target = document) {
    const down = (/** @type {any} */ event) => this.keydown(event);
    const up = (/** @type {any} */ event) => this.keyup(event);
    const lost = () => this.releaseAll();
    target.addEventListener('keydown', down);
    target.addEventListener('keyup', up);
    globalThis.window?.addEventListener('blur', lost);
    return () => {
      target.removeEventListener('keydown', down);
      target.removeEventListener('keyup', up);
      globalThis.window?.removeEventListener('blur', lost);
    };
  }

  /** @param {any} event */
  keydown(event) {
    if (event.defaultPrevented || event.isComposing || ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'].includes(event.key)) return;
    const found = this.find(event);
    if (!found) return;
    if (found === 'prefix') return event.preventDefault();
    if (event.repeat && !found.repeats) return event.preventDefault();
    if (found.holds) this.held.set(event.code, found);
    const isUsed = this.run(found.id, { isDown: true, isRepeat: Boolean(event.repeat), event });
    if (isUsed !== false) event.preventDefault();
    else this.held.delete(event.code);
  }

  /** @param {any} event @returns {Command | 'prefix' | null} */
  find(event) {
    const prefix = this.prefix && this.now() <= this.prefix.until ? this.prefix.key : null;
    this.prefix = null;
    const taken = isTaken(event.target, event);
    const usable = this.bindings.filter(({ command: c }) => this.isUsable(c, event, taken));
    const second = prefix && usable.find(({ chords }) => chords.length === 2 && chords[0].key === prefix && matches(chords[1], event));
    if (second) return second.command;
    const active = new Set(this.scopes());
    for (const scope of SCOPES) {
      const hit = active.has(scope) && usable.find(({ command: c, chords }) => c.scope === scope && chords.length === 1 && matches(chords[0], event));
      if (hit) return hit.command;
    }
    const first = event.repeat ? undefined : usable.find(({ chords }) => chords.length === 2 && matches(chords[0], event));
    if (!first) return null;
    this.prefix = { key: first.chords[0].key, until: this.now() + PREFIX_MS };
    return 'prefix';
  }

  /** @param {Command} c @param {any} event @param {boolean} taken */
  isUsable(c, event, taken) {
    if (c.always) return true;
    if (taken || this.isBlocked()) return false;
    return !c.stage || isOnStage(event.target);
  }

  /** @param {any} event */
  keyup(event) {
    const held = this.held.get(event.code);
    if (!held) return;
    this.held.delete(event.code);
    event.preventDefault(); // a focused button is pressed by the release of the space bar
    this.run(held.id, { isDown: false, isRepeat: false, event });
  }

  /** The window lost the focus: the release of the key will not be reported. */
  releaseAll() {
    for (const [code, held] of this.held) {
      this.held.delete(code);
      this.run(held.id, { isDown: false, isRepeat: false, event: null });
    }
  }
}

/** The stage is marked with data-keys="stage"; nothing focused counts as the stage. @param {any} target */
function isOnStage(target) {
  if (!target?.closest) return true;
  return target.tagName === 'BODY' || target.tagName === 'HTML' || target.closest('[data-keys="stage"]') !== null;
}
