/** The lists beside the canvas of a keypoint schema: its points, the place and limits of the selected one, its edges, its classes. */
import { h, icon } from '../ui/dom.js';
import { t } from '../i18n.js';
import { addEdge, changeEdge, changePoint, edgeBetween, isPlaced, moveTo, orderPoints, removeEdge } from './_schema_model.js';
import { sortable } from './_sort.js';

/** @typedef {import('./_schema_canvas.js').Editing} Editing */
/** @typedef {import('./_schema_model.js').SchemaPoint} SchemaPoint */

const DEFAULT_COLOR = '#8a94a6';
const byId = (/** @type {string} */ id) => document.getElementById(id);
const inputOf = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));
/** The value that a color field takes. @param {string} color */
const plain = (color) => (color ? color.slice(0, 7).toLowerCase() : DEFAULT_COLOR);

/** Gives a field a value; a number that is being typed stays. @param {HTMLInputElement} field @param {string} value */
function show(field, value) {
  if (field.type === 'number' && field === document.activeElement) return;
  if (field.value !== value) field.value = value;
}

/** Makes the children of a list those of some keys, in order; rows that are there stay. @param {HTMLElement} list @param {string[]} keys @param {(key: string) => HTMLElement} make */
function putRows(list, keys, make) {
  const rows = new Map([...list.children].map((row) => [row.getAttribute('data-id') ?? '', row]));
  for (const [key, row] of rows) if (!keys.includes(key)) row.remove();
  keys.forEach((key, place) => {
    const row = rows.get(key) ?? make(key);
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
}

export class PointList {
  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    this.list = /** @type {HTMLElement} */ (byId('points'));
    if (editing.mayWrite) sortable(this.list, () => {
      const ids = [...this.list.children].map((row) => row.getAttribute('data-id') ?? '');
      editing.take(orderPoints(editing.schema, ids));
    });
    this.list.addEventListener('focusin', (event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-id]') : null;
      if (row) editing.select(row.getAttribute('data-id'));
    });
    this.#wireSelected();
  }

  /** The fields of the selected point. */
  #wireSelected() {
    const { editing } = this;
    for (const axis of /** @type {('x' | 'y')[]} */ (['x', 'y'])) {
      inputOf(`at-${axis}`).addEventListener('input', ({ target }) => {
        const point = this.selected;
        const value = /** @type {HTMLInputElement} */ (target).valueAsNumber / 100;
        if (!point || Number.isNaN(value)) return;
        const at = { x: point.x ?? 0.5, y: point.y ?? 0.5, [axis]: value };
        editing.take(moveTo(editing.schema, point.id, at.x, at.y), `at ${point.id} ${axis}`);
      });
    }
    for (const limit of /** @type {('minimum' | 'maximum')[]} */ (['minimum', 'maximum'])) {
      inputOf(`at-${limit}`).addEventListener('input', ({ target }) => {
        const value = /** @type {HTMLInputElement} */ (target).valueAsNumber;
        if (this.selected && !Number.isNaN(value)) editing.take(changePoint(editing.schema, this.selected.id, { [limit]: value }), `${limit} ${this.selected.id}`);
      });
    }
  }

  get selected() {
    return this.editing.schema.points.find((one) => one.id === this.editing.selected);
  }

  draw() {
    const { points } = this.editing.schema;
    putRows(this.list, points.map((one) => one.id), (id) => this.#row(id));
    points.forEach((point, index) => this.#update(/** @type {HTMLElement} */ (this.list.children[index]), point, index));
    /** @type {HTMLElement} */ (byId('no-points')).hidden = points.length > 0;
    const point = this.selected;
    /** @type {HTMLElement} */ (byId('selected-point')).hidden = !point;
    if (!point) return;
    /** @type {HTMLElement} */ (byId('selected-name')).textContent = point.name;
    for (const axis of /** @type {('x' | 'y')[]} */ (['x', 'y'])) show(inputOf(`at-${axis}`), point[axis] === null ? '' : String(Math.round(point[axis] * 1000) / 10));
    for (const limit of /** @type {('minimum' | 'maximum')[]} */ (['minimum', 'maximum'])) {
      show(inputOf(`at-${limit}`), String(point[limit]));
      inputOf(`at-${limit}`).name = `keypoint_classes[${points.indexOf(point)}].${limit === 'minimum' ? 'min_points' : 'max_points'}`;
    }
  }

  /** @param {string} id */
  #row(id) {
    const { editing } = this;
    const change = (/** @type {Partial<SchemaPoint>} */ fields, /** @type {string} */ what) => editing.take(changePoint(editing.schema, id, fields), `${what} ${id}`);
    const color = h('input', { type: 'color', class: 'color-field', on: { input: () => change({ color: color.value.toUpperCase() }, 'color') } });
    const name = h('input', { class: 'input s grow', id: `n-${id}`, maxlength: 200, autocomplete: 'off', on: {
      input: () => change({ name: name.value }, 'name'),
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        /** @type {HTMLElement | null | undefined} */ (name.closest('li')?.nextElementSibling?.querySelector('input.grow'))?.focus();
      },
      blur: () => editing.endGesture(),
    } });
    return h('li', { class: 'row', 'data-id': id },
      editing.mayWrite && h('button', { class: 'btn quiet icon-only s', type: 'button', draggable: 'true', 'data-grip': true }, icon('grip-vertical')),
      color, h('label', { class: 'sr', for: `n-${id}` }), name, h('span', { class: 'small faint', 'data-unplaced': true, text: t('not placed') }),
      editing.mayWrite && h('button', { class: 'btn quiet icon-only s', type: 'button', 'data-remove': true, on: { click: () => editing.remove(id) } }, icon('x')));
  }

  /** @param {HTMLElement} row @param {SchemaPoint} point @param {number} index */
  #update(row, point, index) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLInputElement} */ (row.querySelector(selector));
    const names = { name: point.name };
    row.dataset.name = point.name;
    row.toggleAttribute('data-current', point.id === this.editing.selected);
    show(part('input.grow'), point.name);
    part('input.grow').name = `keypoint_classes[${index}].name`;
    part('label').textContent = t('Name of point {n}', { n: index + 1 });
    show(part('[type=color]'), plain(point.color));
    part('[type=color]').setAttribute('aria-label', t('Color of {name}', names));
    part('[data-unplaced]').hidden = isPlaced(point);
    part('[data-grip]')?.setAttribute('aria-label', t('Move {name} (Alt+Up, Alt+Down)', names));
    const remove = part('[data-remove]');
    remove?.setAttribute('aria-label', t('Remove {name}', names));
    if (remove) remove.title = t('Remove');
  }
}

export class EdgeList {
  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    this.list = /** @type {HTMLElement} */ (byId('edges'));
    this.ends = ['edge-a', 'edge-b'].map((id) => /** @type {HTMLSelectElement} */ (byId(id)));
    byId('add-edge')?.addEventListener('click', () => this.#add());
    inputOf('edge-color').addEventListener('input', ({ target }) => { editing.edgeColor = /** @type {HTMLInputElement} */ (target).value.toUpperCase(); });
  }

  #add() {
    const { editing } = this;
    const [a, b] = this.ends.map((one) => one.value);
    if (a === b) editing.say(t('Choose two different points.'));
    else if (edgeBetween(editing.schema, a, b) >= 0) editing.say(t('These two points have an edge already.'));
    else editing.take(addEdge(editing.schema, a, b, editing.edgeColor));
  }

  draw() {
    const { schema, mayWrite } = this.editing;
    /** @type {HTMLElement} */ (byId('edges-part')).hidden = schema.kind !== 'pose';
    const names = new Map(schema.points.map((one) => [one.id, one.name]));
    const keys = schema.edges.map(({ a, b }) => `${a} ${b}`);
    putRows(this.list, keys, (key) => this.#row(key));
    schema.edges.forEach((edge, index) => {
      const row = this.list.children[index];
      const both = { a: names.get(edge.a) ?? '', b: names.get(edge.b) ?? '' };
      const label = row.querySelector('.clip');
      if (label) label.textContent = t('{a} – {b}', both);
      const color = /** @type {HTMLInputElement} */ (row.querySelector('[type=color]'));
      show(color, plain(edge.color));
      color.setAttribute('aria-label', t('Color of the edge from {a} to {b}', both));
      row.querySelector('[data-remove]')?.setAttribute('aria-label', t('Remove the edge from {a} to {b}', both));
    });
    /** @type {HTMLElement} */ (byId('no-edges')).hidden = schema.edges.length > 0;
    show(inputOf('edge-color'), plain(this.editing.edgeColor));
    for (const select of this.ends) this.#fill(select);
    /** @type {HTMLElement} */ (byId('new-edge')).hidden = !mayWrite || schema.points.length < 2;
  }

  /** The points to choose from; what is chosen stays chosen. @param {HTMLSelectElement} select */
  #fill(select) {
    const { points } = this.editing.schema;
    const wanted = points.map((one) => `${one.id} ${one.name}`).join('\n');
    if (select.dataset.shown === wanted) return;
    const chosen = select.value;
    select.replaceChildren(...points.map((one) => h('option', { value: one.id, text: one.name })));
    select.dataset.shown = wanted;
    if (points.some((one) => one.id === chosen)) select.value = chosen;
    else if (select === this.ends[1] && points.length > 1) select.value = points[1].id;
  }

  /** @param {string} key */
  #row(key) {
    const { editing } = this;
    const index = () => editing.schema.edges.findIndex(({ a, b }) => `${a} ${b}` === key);
    const color = h('input', { type: 'color', class: 'color-field', on: { input: () => editing.take(changeEdge(editing.schema, index(), { color: color.value.toUpperCase() }), `edge ${key}`) } });
    const remove = () => {
      editing.take(removeEdge(editing.schema, index()));
      byId('add-edge')?.focus();
    };
    return h('li', { class: 'row', 'data-id': key }, color, h('span', { class: 'clip grow' }),
      editing.mayWrite && h('button', { class: 'btn quiet icon-only s', type: 'button', 'data-remove': true, title: t('Remove'), on: { click: remove } }, icon('x')));
  }
}

/** The classes whose objects carry the points: linked ones are checked; one that has another schema cannot be. */
export class ClassList {
  /** @param {Editing} editing @param {any[]} choices */
  constructor(editing, choices) {
    this.editing = editing;
    this.list = /** @type {HTMLElement} */ (byId('linked'));
    const save = () => editing.take({ ...editing.schema, classes: this.#checked() });
    if (editing.mayWrite) sortable(this.list, save);
    this.list.addEventListener('change', save);
    this.setChoices(choices);
  }

  /** @param {{id: string, name: string, color: string, other: string}[]} choices */
  setChoices(choices) {
    this.list.replaceChildren(...choices.map((one) => this.#row(one)));
    /** @type {HTMLElement} */ (byId('no-classes')).hidden = choices.length > 0;
  }

  /** @param {{id: string, name: string, color: string, other: string}} choice */
  #row({ id, name, color, other }) {
    const { mayWrite } = this.editing;
    const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.setProperty('--c', color.slice(0, 7));
    const isTaken = Boolean(other) && !this.editing.schema.classes.includes(id);
    return h('li', { class: 'row', 'data-id': id, 'data-name': name },
      mayWrite && h('button', { class: 'btn quiet icon-only s', type: 'button', draggable: 'true', 'data-grip': true, 'aria-label': t('Move {name} (Alt+Up, Alt+Down)', { name }) }, icon('grip-vertical')),
      h('label', { class: 'check grow' }, h('input', { type: 'checkbox', 'data-class': true, disabled: isTaken || !mayWrite }), swatch, h('span', { class: 'clip', text: name })),
      isTaken && h('span', { class: 'small faint clip', text: t('has “{name}”', { name: other }) }));
  }

  #boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.list.querySelectorAll('[data-class]')]);
  }

  #checked() {
    return this.#boxes().filter((box) => box.checked).map((box) => box.closest('li')?.dataset.id ?? '');
  }

  draw() {
    const { classes } = this.editing.schema;
    for (const box of this.#boxes()) box.checked = classes.includes(box.closest('li')?.dataset.id ?? '');
    if (this.#checked().join() === classes.join()) return;
    const place = new Map(classes.map((id, index) => [id, index]));
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    rows.sort((one, other) => (place.get(one.dataset.id ?? '') ?? rows.length) - (place.get(other.dataset.id ?? '') ?? rows.length));
    this.list.append(...rows);
  }
}
