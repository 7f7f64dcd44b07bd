/**
 * Pointer and wheel on the stage: pans and zooms by itself, passes the rest to the tool.
 * One pointer at a time draws; two fingers always pan and pinch.
 */
import { toImage, viewWith, wheelFactor, wheelWay } from './camera.js';
import { ElementRect } from './element-rect.js';

/** @import {View} from '../types/store' */
/** @import {Viewport} from './viewport.js' */

/**
 * @typedef {object} StagePointer A pointer event as tools get it.
 * @property {number} x      image pixels
 * @property {number} y
 * @property {number} px     CSS pixels on the stage
 * @property {number} py
 * @property {boolean} shift
 * @property {boolean} ctrl  Ctrl, or Command
 * @property {boolean} alt
 * @property {string} type   'mouse', 'pen' or 'touch'
 * @property {number} clicks 2 when this press follows another at the same place
 * @property {() => [number, number][]} path  image points since the last event, for freehand
 * @property {number} pressure 0 to 1; 1 of what does not measure it
 * @property {boolean} isEraser the eraser end of a pen, or its side button
 */

/**
 * @typedef {object} PointerTarget
 * @property {() => boolean} wheelPans  the wheel pans, and zooms with Ctrl
 * @property {(p: StagePointer) => void} down
 * @property {(p: StagePointer) => void} move
 * @property {(p: StagePointer) => void} up
 * @property {() => void} cancel  the gesture was cancelled
 * @property {(p: StagePointer | null) => void} hover  every movement; null: the pointer left
 * @property {(state: '' | 'grab' | 'grabbing') => void} pan
 */

const CLICK_MS = 400;
const CLICK_PX = 6;
/** Two fingers that went sideways scroll for this long, also straight up and down: a wheel never goes sideways. */
const SCROLL_MS = 300;
/** Bits of `buttons`: the side button of a pen and its eraser end. */
const PEN_ERASES = 2 | 32;

export class PointerRouter {
  /** @param {HTMLElement} element @param {Viewport} viewport @param {PointerTarget} target */
  constructor(element, viewport, target) {
    this.element = element;
    this.rect = new ElementRect(element);
    this.viewport = viewport;
    this.target = target;
    /** @type {'' | 'tool' | 'pan' | 'pinch'} */
    this.mode = '';
    this.pointer = -1;
    /** Fingers on the stage. @type {Map<number, {x: number, y: number}>} */
    this.touches = new Map();
    /** The pen that is down, -1 when none is: meanwhile touches are the palm of the hand. */
    this.pen = -1;
    this.isPanHeld = false;
    this.scrolledAt = -Infinity;
    this.last = { time: -Infinity, x: 0, y: 0, clicks: 0 };
    this.from = { view: /** @type {View} */ ({ zoom: 1, x: 0, y: 0 }), x: 0, y: 0, distance: 1 };
    this.ending = new AbortController();
    this.#listen();
  }

  #listen() {
    const { signal } = this.ending;
    const on = (/** @type {string} */ name, /** @type {(e: any) => void} */ fn) =>
      this.element.addEventListener(name, fn, { signal, passive: false });
    on('pointerdown', (e) => this.#down(e));
    on('pointermove', (e) => this.#move(e));
    on('pointerup', (e) => this.#up(e));
    on('pointercancel', (e) => this.#cancel(e));
    on('lostpointercapture', (e) => this.#cancel(e));
    on('pointerleave', (e) => this.#leave(e));
    on('wheel', (e) => this.#wheel(e));
    on('contextmenu', (e) => e.preventDefault());
    on('dblclick', (e) => e.preventDefault());
  }

  /** @param {MouseEvent} e @returns {[number, number]} CSS pixels on the stage */
  #place(e) {
    const box = this.rect.get();
    return [e.clientX - box.left, e.clientY - box.top];
  }

  /** @param {PointerEvent} e @param {number} [clicks] @returns {StagePointer} */
  #pointerOf(e, clicks = 1) {
    const [px, py] = this.#place(e);
    const camera = this.viewport.camera();
    const [x, y] = toImage(camera, px, py);
    return {
      x, y, px, py, clicks, shift: e.shiftKey, ctrl: e.ctrlKey || e.metaKey, alt: e.altKey, type: e.pointerType,
      pressure: e.pointerType === 'pen' ? e.pressure : 1, isEraser: e.pointerType === 'pen' && (e.buttons & PEN_ERASES) !== 0,
      path: () => (e.getCoalescedEvents?.() ?? [e]).map((c) => toImage(camera, ...this.#place(c))),
    };
  }

  /** @param {PointerEvent} e */
  #down(e) {
    this.element.focus({ preventScroll: true });
    if (e.pointerType === 'pen') {
      this.pen = e.pointerId;
      this.#dropFingers();
    }
    if (e.pointerType === 'touch') {
      if (this.pen >= 0) return;
      const [x, y] = this.#place(e);
      this.touches.set(e.pointerId, { x, y });
      if (this.touches.size === 2) return this.#beginPinch();
      if (this.touches.size > 2) return;
    }
    if (this.mode) return;
    const isPan = e.button === 1 || (e.button === 0 && this.isPanHeld);
    const isEraser = e.pointerType === 'pen' && (e.buttons & PEN_ERASES) !== 0;
    if (!isPan && e.button !== 0 && !isEraser) return;
    e.preventDefault();
    this.element.setPointerCapture(e.pointerId);
    this.pointer = e.pointerId;
    if (isPan) return this.beginPan(e);
    this.mode = 'tool';
    this.target.down(this.#pointerOf(e, this.#countClicks(e)));
  }

  /** Ends what fingers do: the palm often lands before the pen. */
  #dropFingers() {
    const isTheirs = this.mode === 'pinch' || this.touches.has(this.pointer);
    this.touches.clear();
    if (!isTheirs) return;
    const was = this.mode;
    this.#end();
    if (was === 'tool') this.target.cancel();
  }

  /** @param {PointerEvent} e */
  #countClicks(e) {
    const isNear = Math.hypot(e.clientX - this.last.x, e.clientY - this.last.y) < CLICK_PX;
    const clicks = isNear && e.timeStamp - this.last.time < CLICK_MS ? this.last.clicks + 1 : 1;
    this.last = { time: e.timeStamp, x: e.clientX, y: e.clientY, clicks };
    return clicks;
  }

  /** Turns the gesture into a pan, also when a tool requests it. @param {{clientX: number, clientY: number}} e */
  beginPan(e) {
    this.mode = 'pan';
    this.from = { view: this.viewport.current, x: e.clientX, y: e.clientY, distance: 1 };
    this.target.pan('grabbing');
  }

  #beginPinch() {
    if (this.mode === 'tool') this.target.cancel();
    this.mode = 'pinch';
    const { x, y, distance } = this.#fingers();
    this.from = { view: this.viewport.current, x, y, distance };
  }

  /** Middle of the two fingers and their distance, CSS pixels on the stage. */
  #fingers() {
    const [a, b] = [...this.touches.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  }

  /** @param {PointerEvent} e */
  #move(e) {
    if (this.touches.has(e.pointerId)) {
      const [x, y] = this.#place(e);
      this.touches.set(e.pointerId, { x, y });
    }
    if (this.mode === 'pinch') return this.#pinch();
    if (this.mode && e.pointerId !== this.pointer) return;
    if (this.mode === 'pan') {
      this.viewport.panFrom(this.from.view, e.clientX - this.from.x, e.clientY - this.from.y);
    }
    const p = this.#pointerOf(e);
    this.target.hover(p);
    if (this.mode !== 'pan') this.target.move(p);
  }

  #pinch() {
    if (this.touches.size < 2) return;
    const { view, x, y, distance } = this.from;
    const now = this.#fingers();
    const before = { ...this.viewport.camera(), ...view };
    this.viewport.isFitted = false;
    this.viewport.setView(viewWith(before, (view.zoom * now.distance) / distance, toImage(before, x, y), now.x, now.y));
  }

  /** @param {PointerEvent} e */
  #up(e) {
    this.touches.delete(e.pointerId);
    if (e.pointerId === this.pen) this.pen = -1;
    if (this.mode === 'pinch') {
      if (!this.touches.size) this.#end();
      return;
    }
    if (e.pointerId !== this.pointer || !this.mode) return;
    const was = this.mode;
    this.#end();
    if (was === 'tool') this.target.up(this.#pointerOf(e));
  }

  #end() {
    const was = this.mode;
    this.mode = '';
    const { pointer } = this;
    this.pointer = -1;
    if (pointer >= 0 && this.element.hasPointerCapture(pointer)) this.element.releasePointerCapture(pointer);
    if (was === 'pan') this.target.pan(this.isPanHeld ? 'grab' : '');
  }

  /** @param {PointerEvent} e */
  #cancel(e) {
    if (e.type === 'pointercancel') this.touches.delete(e.pointerId);
    if (e.pointerId === this.pen) this.pen = -1;
    if (e.pointerId !== this.pointer || !this.mode || this.mode === 'pinch') return;
    const was = this.mode;
    this.#end();
    if (was === 'tool') this.target.cancel();
  }

  /** @param {PointerEvent} e */
  #leave(e) {
    if (this.mode && e.pointerId === this.pointer) return;
    this.target.hover(null);
  }

  /** @param {WheelEvent} e */
  #wheel(e) {
    e.preventDefault();
    if (this.mode === 'pinch') return;
    if (e.deltaX && !e.shiftKey) this.scrolledAt = e.timeStamp;
    const way = wheelWay(e, this.target.wheelPans() || e.timeStamp - this.scrolledAt < SCROLL_MS);
    const [px, py] = this.#place(e);
    if (way) this.viewport.panFrom(this.viewport.current, ...way);
    else if (e.deltaY) this.viewport.zoomBy(wheelFactor(e), px, py);
    if (this.mode === 'pan') this.from = { ...this.from, view: this.viewport.current, x: e.clientX, y: e.clientY };
  }

  /** While the key of `pan.hold` is down a press pans. @param {boolean} isDown @returns {boolean} */
  hold(isDown) {
    if (!isDown) this.#release();
    else if (!this.isPanHeld) {
      this.isPanHeld = true;
      if (!this.mode) this.target.pan('grab');
    }
    return true;
  }

  #release() {
    if (!this.isPanHeld) return;
    this.isPanHeld = false;
    if (this.mode !== 'pan') this.target.pan('');
  }

  destroy() {
    this.ending.abort();
    this.rect.destroy();
  }
}
