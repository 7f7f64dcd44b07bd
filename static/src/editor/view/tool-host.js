/** Runs the tools: what they are given, which one is active, which keys and pointers they get. Knows no drawing. */
import { effect, signal, untracked } from '@preact/signals-core';
import { toast } from '../../ui/toast.js';
import { PointerRouter } from './pointer.js';

/** @import {CommitOptions, Delta} from '../types/changes' */
/** @import {Label} from '../types/labels' */
/** @import {Store} from '../types/store' */
/** @import {Pen} from './pen.js' */
/** @import {PointerTarget, StagePointer} from './pointer.js' */
/** @import {Stage} from './stage.js' */

/**
 * @typedef {object} StageTool
 * @property {string} name @property {string} cursor
 * @property {() => void} activate @property {() => void} deactivate
 * @property {(p: StagePointer) => void} down @property {(p: StagePointer) => void} move @property {(p: StagePointer) => void} up
 * @property {() => void} drop @property {() => void} leave @property {() => boolean} cancel
 * @property {() => void} finishOrKeep @property {() => void} reset @property {() => boolean} back @property {() => boolean} again
 * @property {() => boolean} restore
 * @property {(e: Key) => boolean} key
 * @property {(pen: any, camera: any) => void} paint
 * @property {boolean} isReshaping an edge or a corner is being dragged
 * @property {boolean} isDrawTool @property {boolean} isDrawing @property {boolean} hasCrosshair
 * @property {boolean} hasEraser the eraser end of a pen is of use
 * @property {Label | null} [single] of the tool that selects: the one selected shape that can be changed by hand
 * @property {(id: string) => void} [redraw] of a drawing tool: the next drawing becomes the geometry of this shape
 */

/** @typedef {(deltas: Delta | readonly Delta[], options?: CommitOptions) => void} Commit */

/** @typedef {Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>} Key */

/** What a command of the key map is to a tool. @type {Record<string, string>} */
const KEYS = { 'draw.set': 'Enter' };
/** Commands of the page that the stage comes first for: they are the page's when the tool has no use for the key. @type {Record<string, string>} */
const KEYS_OF_BOTH = { delete: 'Delete', 'point.state': 'v' };
/** @type {Record<string, string>} */
const ARROWS = { left: 'ArrowLeft', right: 'ArrowRight', up: 'ArrowUp', down: 'ArrowDown' };
/** No other key is held. */
const PLAIN = { code: '', shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };
const ARROW_GROUPS = ['nudge', 'cross', 'resize'];
/** Clockwise. */
const WAYS = ['up', 'right', 'down', 'left'];
/** Each 45 degrees clockwise from the one before. */
const RESIZE_CURSORS = ['ns-resize', 'nesw-resize', 'ew-resize', 'nwse-resize'];

/**
 * The way in the image of an arrow key, which means the way on the screen, to the nearest quarter. A size has only two: across and down.
 * @param {string} way @param {number} angle degrees that the image is turned by @param {boolean} isSize
 */
export function wayInImage(way, angle, isSize) {
  const quarters = Math.round(angle / 90) % 4;
  if (!isSize) return WAYS[(WAYS.indexOf(way) + 4 - quarters) % 4];
  if (quarters % 2 === 0) return way;
  return { left: 'up', up: 'left', right: 'down', down: 'right' }[way] ?? way;
}

/** The cursor of a handle of a turned image. @param {string} cursor @param {number} angle degrees */
export function turnedCursor(cursor, angle) {
  const at = RESIZE_CURSORS.indexOf(cursor);
  return at < 0 ? cursor : RESIZE_CURSORS[(at + Math.round(angle / 45)) % 4];
}

export class ToolHost {
  /**
   * @param {object} options
   * @param {Stage} options.stage
   * @param {Store} options.store
   * @param {HTMLElement} options.element that takes pointers and keys
   * @param {(context: any) => Map<string, StageTool>} options.createTools
   * @param {Commit} options.commit
   * @param {import('../types/announce').Announce} options.announce
   */
  constructor({ stage, store, element, createTools, commit, announce }) {
    this.stage = stage;
    this.store = store;
    this.element = element;
    this.tools = createTools(this.#context(commit, announce));
    this.tool = /** @type {StageTool} */ (this.tools.get('select'));
    /** @type {Set<(x: number | null, y: number | null) => void>} */
    this.listeners = new Set();
    /** @type {import('@preact/signals-core').Signal<{x: number, y: number} | null>} */
    this.place = signal(null);
    /** The last Esc had nothing to cancel: Tab does not go through the objects now, it leaves the image. */
    this.isFocusReleased = false;
    const keepFocus = () => { this.isFocusReleased = false; };
    element.addEventListener('focusin', keepFocus);
    element.addEventListener('pointerdown', keepFocus);
    this.pointer = new PointerRouter(element, stage.viewport, this.#target());
    this.endings = [
      effect(() => {
        const name = store.tool.value;
        untracked(() => this.#use(name));
      }),
      store.selection.subscribe(keepFocus),
      store.tool.subscribe(keepFocus),
    ];
  }

  get #angle() {
    return this.stage.viewport.current.angle ?? 0;
  }

  /** @param {Commit} commit @param {import('../types/announce').Announce} announce */
  #context(commit, announce) {
    const { stage, store, element } = this;
    return {
      store,
      commit,
      announce,
      offerUndo: (/** @type {string} */ text, /** @type {() => void} */ undo) => toast(text, { undo: () => {
        undo();
        stage.focus();
      } }),
      camera: () => stage.viewport.camera(),
      hit: (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ type) => stage.hit(x, y, type),
      inside: (/** @type {import('../types/geometry').Box} */ box) => stage.picker.inside(box),
      near: (/** @type {import('../types/geometry').Box} */ box) => stage.picker.near(box),
      previews: stage.edit.previews,
      redraw: () => stage.render(),
      setTool: (/** @type {string} */ name) => stage.setTool(name),
      doubleClick: (/** @type {StagePointer} */ p) => this.#doubleClick(p),
      reveal: (/** @type {number} */ x, /** @type {number} */ y) => stage.reveal(x, y),
      beginPan: (/** @type {StagePointer} */ p) => {
        const box = this.pointer.rect.get();
        this.pointer.beginPan({ clientX: p.px + box.left, clientY: p.py + box.top });
      },
      setCursor: (/** @type {string} */ cursor) => {
        element.style.cursor = turnedCursor(cursor, this.#angle);
      },
    };
  }

  /** On free ground: what the person's settings say. @param {StagePointer} p */
  #doubleClick({ px, py }) {
    const { viewport } = this.stage;
    const what = this.store.display.peek().doubleClick;
    if (what === 'fit') viewport.fit();
    if (what === 'zoom') viewport.zoomBy(2, px, py);
    if (what === 'actual') viewport.zoomBy(1 / viewport.current.zoom, px, py);
  }

  /** @returns {PointerTarget} */
  #target() {
    return {
      wheelPans: () => this.store.display.peek().wheelPans,
      down: (p) => {
        if (!p.isEraser || this.tool.hasEraser) this.tool.down(p);
      },
      move: (p) => this.tool.move(p),
      up: (p) => this.tool.up(p),
      cancel: () => this.tool.drop(),
      hover: (p) => {
        if (!p) this.tool.leave();
        this.place.value = p && this.#isInImage(p) ? { x: p.x, y: p.y } : null;
        for (const listener of this.listeners) listener(p?.x ?? null, p?.y ?? null);
      },
      pan: (state) => {
        this.element.style.cursor = state || this.tool.cursor;
      },
    };
  }

  /** @param {StagePointer} p */
  #isInImage({ x, y }) {
    const media = this.store.media.peek();
    return media !== null && x >= 0 && y >= 0 && x < media.width && y < media.height;
  }

  /** @param {string} name */
  #use(name) {
    const next = this.tools.get(name);
    if (!next || next === this.tool) return;
    this.tool.deactivate();
    this.tool = next;
    next.activate();
    this.element.style.cursor = next.cursor;
    this.stage.render();
  }

  /** Something is being drawn. */
  get isDrawing() {
    return this.tool.isDrawing;
  }

  /** The scopes of keymap.js whose keys count. While the crosshair is in use the arrows move it. @returns {('sel' | 'draw' | 'drawing')[]} */
  scopes() {
    const hasSelection = this.store.selection.peek().size > 0;
    const { isDrawing, hasCrosshair, isDrawTool } = this.tool;
    if (isDrawing) return ['drawing', 'draw'];
    if (isDrawTool && (hasCrosshair || !hasSelection)) return hasSelection ? ['draw', 'sel'] : ['draw'];
    return hasSelection ? ['sel'] : [];
  }

  /** @param {Key} e @returns {boolean} */
  #key(e) {
    const scopes = this.scopes();
    if (this.tool.isDrawTool && !scopes.includes('draw')) return this.#selectionKey(e);
    return this.tool.key(e) || (scopes.includes('sel') && e.altKey && this.#selectionKey(e));
  }

  /** Keys for the selected shapes work in every tool. @param {Key} e */
  #selectionKey(e) {
    return this.tools.get('select')?.key(e) ?? false;
  }

  /** Gives up the draft, then the tool, then the selection. @returns {boolean} whether there was any of it */
  escape() {
    const isUsed = this.#giveUp();
    this.isFocusReleased = !isUsed;
    return isUsed;
  }

  #giveUp() {
    if (this.tool.cancel()) return true;
    if (this.tool.name !== 'select') {
      this.stage.setTool('select');
      return true;
    }
    if (!this.store.selection.peek().size) return false;
    this.store.select([]);
    return true;
  }

  /** Redraws the selected shape with the tool of its kind. */
  #redraw() {
    const label = this.tools.get('select')?.single;
    if (!label) return false;
    this.stage.setTool(label.shape === 'keypoints' ? 'skeleton' : label.shape);
    this.tool.redraw?.(label.id);
    this.stage.focus(); // the arrow keys were perhaps those of the object list
    return true;
  }

  /** Call it before the person goes on: finishes what is being drawn, or keeps it as a draft of this image. */
  finishOrKeep() {
    this.tool.finishOrKeep();
  }

  /** Undo belongs to the drawing under way, or to one that was just discarded. @returns {boolean} whether it was used */
  undo() {
    return this.tool.back() || this.tool.isDrawing || [...this.tools.values()].some((tool) => tool.restore());
  }

  /** Redo belongs to the drawing under way, or to one whose points were just taken back. @returns {boolean} whether it was used */
  redo() {
    return this.tool.again() || this.tool.isDrawing;
  }

  /**
   * Runs a command of the key map, whatever its key is.
   * @param {string} id @returns {boolean | undefined} whether it was used; undefined: not one of these
   */
  run(id) {
    if (id === 'escape') return this.escape();
    if (id === 'redraw') return this.#redraw();
    if (id === 'draw.back') return this.undo();
    if (id === 'draw.again') return this.redo();
    const [group, what, ten] = id.split('.');
    if (KEYS_OF_BOTH[id]) return this.tool.key({ ...PLAIN, key: KEYS_OF_BOTH[id] }) || undefined;
    const key = ARROW_GROUPS.includes(group) ? ARROWS[wayInImage(what, this.#angle, group === 'resize')] : KEYS[id];
    if (!key) return undefined;
    return this.#key({ ...PLAIN, key, shiftKey: ten === '10', altKey: group === 'resize' });
  }

  destroy() {
    for (const end of this.endings) end();
    this.tool.deactivate();
    this.pointer.destroy();
  }
}
