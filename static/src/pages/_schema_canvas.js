/** The canvas of a keypoint schema: points and edges over an example image, moved by pointer and keys. */
import { t } from '../i18n.js';
import { addEdge, addPoint, edgeBetween, freeName, isPlaced, linesOf, moveTo, nudge, removeEdge } from './_schema_model.js';
import { uuid7 } from '../editor/store/uuid.js';

/** @typedef {import('./_schema_model.js').Schema} Schema */
/** @typedef {import('./_schema_model.js').SchemaPoint} SchemaPoint */
/**
 * @typedef {object} Editing what the parts of the page share
 * @property {Schema} schema
 * @property {string | null} selected id of a point
 * @property {boolean} mayWrite
 * @property {string} edgeColor the color of the next edge
 * @property {(schema: Schema, gesture?: string) => void} take a changed schema
 * @property {() => void} endGesture
 * @property {(id: string | null) => void} select
 * @property {(id: string) => void} remove a point, if no label has it
 * @property {(text: string) => void} say to screen readers
 */

const NS = 'http://www.w3.org/2000/svg';
/** A canvas with so many pixels a point shows all names, a fuller one that of the selected one. */
const NAMED = 24;
const STEP = 0.01;
const BIG_STEP = 0.05;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {string} name @param {Record<string, string | number>} attributes @param {...Node} children */
function svg(name, attributes, ...children) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

export class Canvas {
  /** @param {SVGSVGElement} element @param {Editing} editing @param {HTMLElement | null} modes the buttons [data-mode] */
  constructor(element, editing, modes) {
    this.element = element;
    this.editing = editing;
    this.modes = modes;
    this.mode = 'move';
    /** The first point of an edge that is being made. @type {string | null} */
    this.from = null;
    /** @type {{id: string, pointer: number} | null} */
    this.drag = null;
    this.size = 1;
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener('pointerdown', (event) => this.#press(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, () => this.#release());
    element.addEventListener('keydown', (event) => this.#key(event));
    modes?.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-mode]') : null;
      if (button instanceof HTMLElement) this.setMode(button.dataset.mode ?? 'move');
    });
  }

  /** @param {string} mode move, add or join */
  setMode(mode) {
    this.mode = mode;
    this.from = null;
    for (const button of this.modes?.querySelectorAll('[data-mode]') ?? []) {
      button.setAttribute('aria-pressed', String(button instanceof HTMLElement && button.dataset.mode === mode));
    }
    this.draw();
  }

  draw() {
    const { schema, selected } = this.editing;
    this.size = this.element.clientWidth || 1;
    this.element.setAttribute('viewBox', `0 0 ${this.size} ${this.size}`);
    this.element.dataset.mode = this.mode;
    const points = schema.points.filter(isPlaced);
    const isNamed = points.length * NAMED <= this.size;
    this.element.replaceChildren(
      svg('g', {}, ...linesOf(schema).map((line) => this.#line(line))),
      svg('g', {}, ...points.map((point) => this.#point(point, isNamed || point.id === selected))),
    );
  }

  /** @param {ReturnType<typeof linesOf>[number]} line */
  #line({ a, b, color }) {
    const at = (/** @type {SchemaPoint | undefined} */ one, /** @type {'x' | 'y'} */ axis) => (Number(one?.[axis]) * this.size).toFixed(2);
    const line = svg('line', { x1: at(a, 'x'), y1: at(a, 'y'), x2: at(b, 'x'), y2: at(b, 'y') });
    if (color && line instanceof SVGElement) line.style.stroke = color;
    return line;
  }

  /** @param {SchemaPoint} point @param {boolean} isNamed */
  #point(point, isNamed) {
    const [x, y] = [Number(point.x) * this.size, Number(point.y) * this.size];
    const mark = svg('circle', { class: 'mark', r: point.id === this.editing.selected ? 7 : 5 });
    if (point.color && mark instanceof SVGElement) mark.style.fill = point.color;
    const group = svg('g', { 'data-point': point.id, transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` }, svg('circle', { class: 'reach', r: 12 }), mark);
    if (point.id === this.editing.selected) group.setAttribute('data-selected', '');
    if (point.id === this.from) group.setAttribute('data-from', '');
    const isRight = x > this.size * 0.75;
    const label = svg('text', { x: isRight ? -11 : 11, y: 4, 'text-anchor': isRight ? 'end' : 'start' });
    label.textContent = point.name;
    if (isNamed) group.append(label);
    else {
      const title = svg('title', {});
      title.textContent = point.name;
      group.append(title);
    }
    return group;
  }

  /** Where on the canvas an event is, 0 to 1. @param {PointerEvent} event */
  #at(event) {
    const box = this.element.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    const found = event.target instanceof Element ? event.target.closest('[data-point]') : null;
    const id = found?.getAttribute('data-point') ?? null;
    const { editing } = this;
    if (!editing.mayWrite) editing.select(id);
    else if (this.mode === 'join') this.#join(id);
    else if (id) {
      editing.select(id);
      this.drag = { id, pointer: event.pointerId };
      this.element.setPointerCapture(event.pointerId);
    } else if (this.mode === 'add') this.#add(this.#at(event));
    else editing.select(null);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.drag || event.pointerId !== this.drag.pointer) return;
    const { x, y } = this.#at(event);
    this.editing.take(moveTo(this.editing.schema, this.drag.id, x, y), `drag ${this.drag.id}`);
  }

  #release() {
    if (this.drag) this.editing.endGesture();
    this.drag = null;
  }

  /** Places the selected point if it has no place yet, else makes a new one. @param {{x: number, y: number}} at */
  #add({ x, y }) {
    const { editing } = this;
    const waiting = editing.schema.points.find((one) => one.id === editing.selected && !isPlaced(one));
    const point = waiting ?? { id: uuid7(), name: freeName(editing.schema, t('Point')) };
    editing.take(waiting ? moveTo(editing.schema, waiting.id, x, y) : addPoint(editing.schema, { ...point, x, y }));
    editing.select(point.id);
    editing.say(t('{name} added', { name: point.name }));
  }

  /** The first and then the second point of an edge; an edge that is there already is removed. @param {string | null} id */
  #join(id) {
    const { editing, from } = this;
    this.from = id && !from ? id : null;
    editing.select(id);
    if (!id || !from || id === from) {
      if (this.from) editing.say(t('Edge from {name}: choose the other point', { name: this.#name(id) }));
      return;
    }
    const index = edgeBetween(editing.schema, from, id);
    editing.take(index >= 0 ? removeEdge(editing.schema, index) : addEdge(editing.schema, from, id, editing.edgeColor));
    const names = { a: this.#name(from), b: this.#name(id) };
    editing.say(index >= 0 ? t('Edge from {a} to {b} removed', names) : t('Edge from {a} to {b} added', names));
  }

  /** @param {string | null} id */
  #name(id) {
    return this.editing.schema.points.find((one) => one.id === id)?.name ?? '';
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#walk(event.key) || (this.editing.mayWrite && this.#edit(event))) event.preventDefault();
  }

  /** @param {string} key */
  #walk(key) {
    const { editing } = this;
    const ids = editing.schema.points.map((one) => one.id);
    const by = { PageDown: 1, PageUp: -1 }[key];
    if (!by || !ids.length) return false;
    const at = editing.selected ? ids.indexOf(editing.selected) : by > 0 ? -1 : 0;
    const id = ids[(at + by + ids.length) % ids.length];
    editing.select(id);
    editing.say(this.#name(id));
    return true;
  }

  /** @param {KeyboardEvent} event */
  #edit({ key, shiftKey }) {
    const { editing } = this;
    const arrow = ARROWS[key];
    if (arrow && editing.selected) {
      const step = shiftKey ? BIG_STEP : STEP;
      editing.take(nudge(editing.schema, editing.selected, arrow[0] * step, arrow[1] * step), `keys ${editing.selected}`);
    } else if (key === 'Delete' || key === 'Backspace') {
      if (editing.selected) editing.remove(editing.selected);
    } else if (key === 'Enter' && this.mode === 'join') this.#join(editing.selected);
    else if (key === 'Enter') this.#add({ x: 0.5, y: 0.5 });
    else if (key === 'Escape') this.setMode('move');
    else if (key === 'v') this.setMode('move');
    else if (key === 'p') this.setMode('add');
    else if (key === 'e') this.setMode('join');
    else return false;
    return true;
  }
}
