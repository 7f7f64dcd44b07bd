/** The sheet of keys on `?`, made from the key map: it lists exactly the keys that work, finds them and changes them. */
import { signal } from '@preact/signals-core';
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { showDialog } from '../../../ui/dialog.js';
import { isFixed, isOfTheBrowser, ownerOf } from '../../keys/bindings.js';
import { PRESETS } from '../../keys/presets.js';
import { chordOf, isChord, shownKeys } from '../../keymap.js';
import { afterNextFrame, html, mount, nothing } from '../live.js';
import { icon } from '../templates.js';

/** @import {Command} from '../../keymap.js' */
/** @import {App} from '../app' */

/**
 * @typedef {object} Asking the command that waits for new keys
 * @property {string} id
 * @property {string} [keys] pressed, but another command has them
 * @property {Command} [owner]
 * @property {string} [refused] why the keys pressed cannot be used
 */

const GROUPS = /** @type {const} */ (['tools', 'classes', 'drawing', 'objects', 'go', 'view', 'page']);

/** @param {string} group */
function groupName(group) {
  switch (group) {
    case 'tools': return t('Tools');
    case 'classes': return t('Classes');
    case 'drawing': return t('While drawing');
    case 'objects': return t('Objects');
    case 'go': return t('Images');
    case 'view': return t('View');
    default: return t('Page');
  }
}

/** What the mouse does; the key map cannot know. @returns {[string, string[]][]} */
function mouseKeys() {
  return [
    [t('Zoom at the pointer'), [t('Wheel')]],
    [t('Pan'), [t('Middle button')]],
    [t('Fit to window (on an empty area)'), [t('Double click')]],
    [t('Add to selection'), ['Shift', t('Click')]],
    [t('Select all in a rectangle'), [t('Drag')]],
    [t('Keep a box square'), ['Shift', t('Drag')]],
    [t('Select while drawing'), ['Ctrl', t('Click')]],
    [t('Cycle overlapping objects'), ['Alt', t('Click')]],
    [t('Draw a freehand polygon'), [t('Drag')]],
    [t('Close a polygon'), [t('Double click')]],
    [t('Add a point (on the outline)'), [t('Click')]],
    [t('Hole in the selected polygon'), ['Alt', t('Click')]],
    [t('Delete a point'), ['Alt', t('Click')]],
  ];
}

const WAYS = /^(nudge|resize|cross)\.(?:left|right|up|down)(\.10)?$/;

/** Four ways are one line. @param {string} what @param {boolean} isTen */
function waysName(what, isTen) {
  if (what === 'nudge') return isTen ? t('Move by 10 pixels') : t('Move by 1 pixel');
  if (what === 'cross') return isTen ? t('Crosshair by 10 pixels') : t('Crosshair by 1 pixel');
  return t('Resize by 1 pixel');
}

/** @typedef {{name: string, keys: string[][], command: Command | null}} Line */

/** Digits are one line, not ten, and the four ways of an arrow one, not four. @param {readonly Command[]} commands @returns {Line[]} */
function linesOf(commands) {
  const seen = new Set();
  return commands.flatMap((one) => {
    const digit = /^(class|bind)\.\d+$/.exec(one.id)?.[1];
    const way = WAYS.exec(one.id);
    const kind = digit ?? (way ? `${way[1]}${way[2] ?? ''}` : one.id);
    if (seen.has(kind) || (!one.keys.length && isFixed(one.id))) return [];
    seen.add(kind);
    const before = one.keys.length ? shownKeys(one.keys[0]).slice(0, -1) : [];
    if (digit) return { name: digit === 'class' ? t('Set class by digit') : t('Bind digit to the current class'), keys: [[...before, '1', '…', '9', '0']], command: null };
    if (way) return { name: waysName(way[1], Boolean(way[2])), keys: [[...before, '←', '→', '↑', '↓']], command: null };
    return { name: one.text(), keys: one.keys.map(shownKeys), command: isFixed(one.id) ? null : one };
  });
}

/** @param {string[][]} keys */
const keysView = (keys) => keys.map((one) => html`<span class="keys">${one.map((key) => html`<kbd class="kbd">${key}</kbd>`)}</span>`);

class KeySheet {
  /** @param {App} app @param {HTMLElement} host */
  constructor(app, host) {
    this.host = host;
    this.bindings = app.bindings;
    this.announce = app.announce;
    this.words = signal('');
    /** @type {import('@preact/signals-core').Signal<Asking | null>} */
    this.asking = signal(null);
  }

  view() {
    const { preset, custom } = this.bindings.choice.value;
    const words = this.words.value.trim().toLocaleLowerCase();
    const isFound = (/** @type {Line} */ line) => `${line.name} ${line.keys.flat().join(' ')}`.toLocaleLowerCase().includes(words);
    const groups = GROUPS.map((group) => ({ name: groupName(group), lines: linesOf(this.bindings.commands.value.filter((one) => one.group === group)).filter(isFound) }));
    groups.push({ name: t('Mouse'), lines: mouseKeys().map(([name, keys]) => ({ name, keys: [keys], command: null })).filter(isFound) });
    const shown = groups.filter(({ lines }) => lines.length);
    return html`<div class="stack l">
      <div class="row wrap key-tools">
        <div class="field grow"><label for="key-search">${t('Find a key or a command')}</label>
          <input id="key-search" class="input" type="search" autocomplete="off" @input=${(/** @type {Event} */ event) => { this.words.value = /** @type {HTMLInputElement} */ (event.currentTarget).value; }}></div>
        <div class="field"><label for="key-preset">${t('Preset')}</label>
          <select id="key-preset" class="select" @change=${(/** @type {Event} */ event) => this.usePreset(/** @type {HTMLSelectElement} */ (event.currentTarget).value)}>
            ${Object.entries(PRESETS).map(([id, one]) => html`<option value=${id} ?selected=${id === preset}>${one.name()}</option>`)}</select></div>
        ${Object.keys(custom).length ? html`<button class="btn" type="button" @click=${() => this.usePreset(preset)}>${t('Reset all')}</button>` : nothing}
      </div>
      ${shown.length ? html`<div class="key-list">${shown.map(({ name, lines }) => html`<section><h3>${name}</h3><dl>${lines.map((line) => this.lineView(line, custom))}</dl></section>`)}</div>`
    : html`<p class="muted" role="status">${t('No command or key matches.')}</p>`}
    </div>`;
  }

  /** @param {Line} line @param {Record<string, string[]>} custom */
  lineView({ name, keys, command }, custom) {
    const asking = this.asking.value;
    if (!command) return html`<dt>${name}</dt><dd>${keysView(keys)}</dd>`;
    if (asking?.id === command.id) return html`<dt>${name}</dt><dd class="asking" tabindex="-1">${this.askView(asking, command, custom)}</dd>`;
    return html`<dt>${name}</dt><dd>${keysView(keys)}<button class="btn icon-only quiet s" type="button" data-command=${command.id} aria-label=${t('Change the keys of {name}', { name })} title=${t('Change')}
      @click=${() => this.ask(command.id)}>${icon('pencil', 's')}</button></dd>`;
  }

  /** @param {Asking} asking @param {Command} command @param {Record<string, string[]>} custom */
  askView({ keys, owner, refused }, command, custom) {
    const text = owner && keys ? t('{keys} is used by {name}.', { keys: shownKeys(keys).join(' '), name: owner.text() }) : (refused ?? t('Press the new keys'));
    return html`<span class="row wrap"><span role="status">${text}</span>
      ${owner && keys ? html`<button class="btn s primary" type="button" @click=${() => this.assign(command, [keys])}>${t('Use here instead')}</button>` : nothing}
      ${command.keys.length ? html`<button class="btn s" type="button" @click=${() => this.assign(command, [])}>${t('Remove')}</button>` : nothing}
      ${custom[command.id] ? html`<button class="btn s" type="button" @click=${() => this.reset(command)}>${t('Reset')}</button>` : nothing}
      <button class="btn s quiet" type="button" @click=${() => this.end(command.id)}>${t('Cancel')}</button></span>`;
  }

  /** @param {string} id */
  ask(id) {
    this.asking.value = { id };
    this.focus('.asking');
    this.announce(t('Press the new keys'));
  }

  /** Ends the question; the focus returns to the button that asked it. @param {string} id */
  end(id) {
    this.asking.value = null;
    this.focus(`[data-command="${id}"]`);
  }

  /** Once it is drawn. @param {string} selector */
  focus(selector) {
    afterNextFrame(() => { /** @type {HTMLElement | null} */ (this.host.querySelector(selector))?.focus(); });
  }

  /** @param {Command} command @param {string[]} keys */
  assign(command, keys) {
    this.bindings.assign(command.id, keys);
    this.announce(keys.length ? t('{name}: {keys}', { name: command.text(), keys: shownKeys(keys[0]).join(' ') }) : t('{name} has no keys', { name: command.text() }));
    this.end(command.id);
  }

  /** @param {Command} command */
  reset(command) {
    this.bindings.reset(command.id);
    this.end(command.id);
  }

  /** @param {string} preset */
  usePreset(preset) {
    this.asking.value = null;
    this.bindings.usePreset(preset);
  }

  /** While a command waits for keys, the keyboard is its own; Esc cancels, Tab moves on to the buttons. @param {KeyboardEvent} event */
  keydown(event) {
    const asking = this.asking.peek();
    if (!asking || ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'].includes(event.key)) return;
    const chord = chordOf(event);
    const isOnButton = event.target instanceof Element && event.target.closest('.asking button') !== null;
    if (chord === 'Tab' || chord === 'Shift+Tab' || (isOnButton && (chord === 'Enter' || chord === 'Space'))) return;
    event.preventDefault();
    event.stopPropagation();
    const command = /** @type {Command} */ (this.bindings.commands.peek().find((one) => one.id === asking.id));
    if (chord === 'Escape') this.end(command.id);
    else if (!chord || !isChord(chord)) this.asking.value = { id: command.id, refused: t('This key cannot be used. Press others') };
    else if (isOfTheBrowser(chord)) this.asking.value = { id: command.id, refused: t('The browser keeps {keys} for itself. Press others', { keys: shownKeys(chord).join(' ') }) };
    else this.offer(command, chord);
  }

  /** @param {Command} command @param {string} keys */
  offer(command, keys) {
    const owner = ownerOf(this.bindings.commands.peek(), { ...command, keys: [keys] });
    if (!owner) return this.assign(command, [keys]);
    const refused = isFixed(owner.id) ? t('{keys} is used by {name}. Press others', { keys: shownKeys(keys).join(' '), name: owner.text() }) : undefined;
    this.asking.value = refused ? { id: command.id, refused } : { id: command.id, keys, owner };
  }
}

/** @param {App} app */
export function showKeySheet(app) {
  if (document.querySelector('dialog.dialog[open]')) return;
  const body = h('div');
  const sheet = new KeySheet(app, body);
  const end = mount(body, () => sheet.view());
  const dialog = showDialog({ title: t('Keyboard shortcuts'), wide: true, body });
  // On the document: a key may come before the focus has moved to the line that waits for it.
  const listening = new AbortController();
  document.addEventListener('keydown', (event) => sheet.keydown(event), { capture: true, signal: listening.signal });
  dialog.addEventListener('close', () => {
    listening.abort();
    end();
  });
  body.querySelector('input')?.focus();
}
