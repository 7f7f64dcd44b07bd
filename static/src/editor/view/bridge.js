/**
 * Sends the worker what the store holds: labels, colors, what is hidden, selected or drawn by the page. Draws nothing.
 */
import { effect, untracked } from '@preact/signals-core';
import { Catalog } from './catalog.js';
import { MAX_SELECTED } from './edit-layer.js';
import { objectColors } from '../store/palettes.js';

/** @import {Patch} from '../types/changes' */
/** @import {Store} from '../types/store' */
/** @import {EditLayer} from './edit-layer.js' */
/** @import {LabelPainter} from './label-paint.js' */
/** @import {ShapesPort} from './port.js' */
/** @import {ShapesLayer} from './shapes-layer.js' */

export class Bridge {
  /**
   * @param {object} options
   * @param {Store} options.store
   * @param {LabelPainter} options.painter
   * @param {ShapesPort} options.port
   */
  constructor({ store, painter, port }) {
    this.store = store;
    this.painter = painter;
    this.port = port;
    this.catalog = new Catalog(store, (message, transfer) => this.port.send(message, transfer));
    this.painter.numberOf = (id) => this.catalog.slots.get(id);
    this.fill = 0.2;
    /** Version of the store that was last sent completely; -1: none yet. */
    this.loaded = -1;
    /** Whose labels are shown. */
    this.media = '';
    /** @type {(() => void)[]} */
    this.endings = [];
    port.listen((message) => this.#receive(message));
  }

  /** The layers that show it; needed once, before anything else. @param {ShapesLayer} shapes @param {EditLayer} edit @param {() => void} render */
  connect(shapes, edit, render) {
    this.shapes = shapes;
    this.edit = edit;
    this.render = render;
    shapes.send = (message, transfer) => this.port.send(message, transfer);
    this.#subscribe();
  }

  get #shapes() {
    return /** @type {ShapesLayer} */ (this.shapes);
  }

  get #edit() {
    return /** @type {EditLayer} */ (this.edit);
  }

  #subscribe() {
    const { store } = this;
    let hidden = store.hidden.peek();
    let selected = /** @type {ReadonlySet<string>} */ (new Set());
    const on = (/** @type {() => void} */ run) => this.endings.push(effect(run));
    this.endings.push(store.onPatch((patch) => this.#patched(patch)));
    on(() => {
      void [store.shownConcepts.value, store.keypointSchemas.value, store.display.value];
      untracked(() => this.restyle());
    });
    on(() => {
      const before = hidden;
      hidden = store.hidden.value;
      untracked(() => this.#flag(before, hidden));
    });
    on(() => {
      const selection = store.selection.value;
      const before = selected;
      selected = selection.size > MAX_SELECTED ? selection : new Set();
      this.catalog.selected = selected;
      untracked(() => {
        this.#flag(before, selected);
        this.#shapes.exclude(this.#edit.wanted);
        this.render?.();
      });
    });
    on(() => {
      this.#shapes.isHidden = store.display.value.hideAll;
      void [store.hover.value, store.activeConcept.value, store.may.value, store.locked.value, store.conflicts.value, store.suggestions.value, store.activeSuggestion.value];
      this.render?.();
    });
  }

  /** Sends the flags of labels that are in one set and not in the other. @param {ReadonlySet<string>} a @param {ReadonlySet<string>} b */
  #flag(a, b) {
    const ids = [...[...a].filter((id) => !b.has(id)), ...[...b].filter((id) => !a.has(id))];
    if (!ids.length) return;
    this.catalog.sendFlags(ids);
    this.#shapes.changed();
  }

  /** Colors, opacity or theme changed. */
  restyle() {
    const { shownConcepts, keypointSchemas, display } = this.store;
    const { outlines, colorBy, palette } = display.peek();
    const objects = colorBy === 'object' ? objectColors(palette) : [];
    this.painter.setPalette(shownConcepts.peek(), keypointSchemas.peek(), { fill: this.fill, outlines, objects });
    const before = this.catalog.vocabulary;
    this.catalog.objectColors = objects.length;
    this.catalog.takeConcepts();
    this.port.send({ type: 'style', palette: this.painter.palette, schemas: this.painter.schemas });
    if (this.loaded >= 0 && before !== this.catalog.vocabulary) this.#sendLabels();
    this.#shapes.changed();
  }

  /** @param {Patch} patch */
  #patched(patch) {
    if (patch.reset && this.store.media.peek()?.id !== this.media) return this.#close();
    if (patch.reset) return this.load();
    if (this.loaded < 0) return;
    const added = this.catalog.apply(patch);
    if (!patch.changed.length && !patch.removed.length && !patch.reordered) return;
    this.#shapes.changed();
    if (!patch.remote && added.length <= MAX_SELECTED) for (const id of added) this.#edit.added(id);
  }

  /** @param {any} message of the worker */
  #receive(message) {
    if (message.type === 'index') this.catalog.takeIndex(message);
    else if (message.type === 'restarted') this.#restarted();
    else this.#shapes.receive(message);
  }

  #restarted() {
    this.restyle();
    if (this.loaded >= 0) this.load();
  }

  /** The store went on to another image: its shapes must not be seen on the old one. */
  #close() {
    this.loaded = -1;
    this.media = '';
    this.#edit.reset();
    this.#shapes.close();
  }

  /** The store's image is shown from now on. */
  open() {
    this.media = this.store.media.peek()?.id ?? '';
    this.load();
  }

  /** Sends all labels that the store has. */
  load() {
    this.loaded = this.store.version.peek();
    this.#edit.reset();
    this.#sendLabels();
    this.#shapes.reset();
  }

  #sendLabels() {
    this.catalog.reset();
    this.#shapes.excluded = new Set();
    this.#shapes.exclude(this.#edit.wanted);
  }

  destroy() {
    for (const end of this.endings) end();
    this.port.close();
  }
}
