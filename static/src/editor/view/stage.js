/**
 * The stage of the labeling page: puts image, shapes, tools and pointer together and gives the page one face.
 *
 *   import { createStage } from './view/stage.js';
 *   import { createTools } from './tools/index.js';
 *   const stage = createStage({ element, store, port: openPort(new URL(__SHAPES_WORKER__, import.meta.url)), createTools,
 *                               announce: (text) => { live.textContent = text; } });
 *   await session.load(id); await stage.setMedia({ media: store.media.value });
 *   new Keymap({ scopes: () => ['all', ...stage.scopes()], run: (id, press) => stage.run(id, press) ?? own(id, press) });
 *
 * `element` is the .stage box (positioned, overflow hidden); the stage adds its layers as first children, so that the
 * HUD and the minimap stay above. It reads everything else from the store: labels, selection, hover, hidden, locked,
 * tool, activeConcept, display, cursors; it writes view and hover, and selects and commits for the tools.
 */
import { computed, effect, untracked } from '@preact/signals-core';
import { AdjustedImages } from './adjusted.js';
import { Bridge } from './bridge.js';
import { boxInImage, toStage } from './camera.js';
import { createColorReader } from './colors.js';
import { Cursors } from './cursors.js';
import { EditLayer } from './edit-layer.js';
import { LabelPainter } from './label-paint.js';
import { drawGrid } from './grid.js';
import { CanvasLayer } from './layers.js';
import { boundsOf } from './pack.js';
import { Pen } from './pen.js';
import { Picker } from './picker.js';
import { StageImage } from './image.js';
import { ShapesLayer } from './shapes-layer.js';
import { buildStage } from './stage-elements.js';
import { ToolHost } from './tool-host.js';
import { Viewport } from './viewport.js';
import { union } from '../geom/box.js';

/** @import {Box} from '../types/geometry' */
/** @import {Label} from '../types/labels' */
/** @import {Media} from '../types/page' */
/** @import {Store, View} from '../types/store' */
/** @import {ShapesPort} from './port.js' */
/** @import {Commit, StageTool} from './tool-host.js' */

/** "Zoom to selection" does not enlarge more than this. */
const MOST_FIT = 8;
/** One step of "zoom in". */
const STEP = 1.25;

/**
 * @typedef {object} StageOptions
 * @property {HTMLElement} element
 * @property {Store} store
 * @property {ShapesPort} port  of port.js: whoever draws the shapes
 * @property {(context: any) => Map<string, StageTool>} createTools  of tools/index.js
 * @property {string | URL} adjustWorker  makes adjusted images
 * @property {Commit} [commit] store.commit unless given
 * @property {import('../types/announce').Announce} [announce] shows and speaks what happened
 */

/** @type {Record<string, ((stage: Stage) => void) | undefined>} */
const VIEW_COMMANDS = {
  'zoom.in': (stage) => stage.zoomBy(STEP),
  'zoom.out': (stage) => stage.zoomBy(1 / STEP),
  'zoom.fit': (stage) => stage.fit(),
  'zoom.actual': (stage) => stage.zoomTo(1),
  'zoom.selection': (stage) => stage.zoomToSelection(),
  'turn.right': (stage) => stage.turnBy(90),
  'turn.left': (stage) => stage.turnBy(-90),
  'turn.right.fine': (stage) => stage.turnBy(1),
  'turn.left.fine': (stage) => stage.turnBy(-1),
  'turn.none': (stage) => stage.viewport.turnTo(0),
};

export class Stage {
  /** @param {StageOptions} options */
  constructor({ element, store, port, createTools, adjustWorker, commit, announce = () => {} }) {
    this.element = element;
    this.store = store;
    this.announce = announce;
    const { root, canvas, layers } = buildStage(element);
    this.root = root;
    this.canvas = canvas;
    this.colors = createColorReader(this.root);
    const painter = new LabelPainter(this.colors);
    this.bridge = new Bridge({ store, painter, port });
    this.adjusted = new AdjustedImages(adjustWorker, () => this.render());
    this.image = new StageImage(() => this.render(), this.adjusted);
    this.shapes = this.#makeShapes();
    this.viewport = new Viewport(layers, [this.#makeImageLayer(), this.shapes.layer]);
    this.viewport.below = parseFloat(getComputedStyle(element).getPropertyValue('--fit-below')) || 0;
    this.isDrawing = false;
    const { catalog } = this.bridge;
    this.edit = new EditLayer({ canvas: this.canvas, store, painter, shapes: this.shapes, query: (...box) => catalog.query(...box) });
    this.picker = new Picker(store, catalog);
    this.bridge.connect(this.shapes, this.edit, () => this.render());
    this.cursors = new Cursors(this.root);
    this.host = new ToolHost({
      stage: this, store, element: this.root, createTools, announce,
      commit: commit ?? ((deltas, options) => store.commit(deltas, options)),
    });
    this.#paintTools(new Pen(painter));
    this.mediaVersion = 0;
    this.loadedVersion = -1;
    /** Resolved by the first frame that shows image and shapes. @type {(() => void)[]} */
    this.waiting = [];
    this.viewport.onFrame = () => this.#afterFrame();
    /** Degrees that the image is turned by. */
    this.angle = computed(() => store.view.value.angle ?? 0);
    this.endings = [
      this.viewport.onView((view) => {
        store.view.value = view;
      }),
      effect(() => {
        const cursors = store.cursors.value;
        untracked(() => this.cursors.show(cursors, this.viewport.camera()));
      }),
    ];
  }

  #makeShapes() {
    return new ShapesLayer({
      camera: () => this.viewport.camera(),
      isMoving: () => this.viewport.isMoving,
      view: () => this.viewport.current,
      render: () => this.render(),
      catalog: this.bridge.catalog,
      image: () => this.store.media.peek() ?? { width: 1, height: 1 },
    });
  }

  #makeImageLayer() {
    const { image } = this;
    return new CanvasLayer({
      name: 'stage-image',
      camera: () => this.viewport.camera(),
      key: (c) => `${c.scale},${c.left},${c.top},${image.key},${this.store.display.peek().grid}`,
      draw: (g, c) => {
        image.draw(g, c);
        if (image.media && this.store.display.peek().grid) drawGrid(g, c, image.media);
      },
    });
  }

  /** @param {Pen} pen */
  #paintTools(pen) {
    const family = getComputedStyle(this.element).fontFamily || 'sans-serif';
    pen.font = `500 12px ${family}`;
    this.edit.setFont(pen.font);
    // until the face is there, widths are measured in another one
    document.fonts.load(pen.font).then(() => {
      this.edit.setFont(pen.font);
      this.viewport.render();
    });
    this.edit.isReshaping = () => this.host.tool.isReshaping;
    this.edit.paintTool = (g, c) => {
      pen.begin(g, c);
      this.host.tool.paint(pen, c);
      return pen.isUsed;
    };
  }

  #afterFrame() {
    const camera = this.viewport.camera();
    this.edit.draw(camera);
    this.cursors.place(camera);
    this.#markDrawing();
    if (this.waiting.length && this.isReady) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** What lies over the stage gives way while something is drawn: by an attribute, for the style sheet. */
  #markDrawing() {
    const { isDrawing } = this.host;
    if (isDrawing !== this.isDrawing) this.element.toggleAttribute('data-drawing', (this.isDrawing = isDrawing));
  }

  /** Another image is on its way: not ready until it and its shapes are painted. */
  expect() {
    this.mediaVersion += 1;
  }

  /**
   * Shows the image and the labels that the store has now. Call it after `session.load`. Resolves when both were
   * painted, or when another image was requested.
   * @param {{media: Media, view?: View}} state `view`: keep this view ("lock view"), else the image is shown whole
   * @returns {Promise<void>}
   */
  async setMedia({ media, view }) {
    const version = ++this.mediaVersion;
    this.host.tool.reset();
    this.viewport.setImage(media.width, media.height, view);
    this.bridge.open();
    await this.image.show(media);
    if (version !== this.mediaVersion) return;
    this.loadedVersion = version;
    if (this.image.failure) this.announce(this.image.failure);
    this.render();
    await new Promise((/** @type {(value?: any) => void} */ resolve) => this.waiting.push(resolve));
  }

  /** The image is decoded (or cannot be) and the shapes of this image were painted. */
  get isReady() {
    return this.loadedVersion === this.mediaVersion && this.shapes.isPainted;
  }

  /** Empty, or the name of an image that cannot be shown. */
  get failure() {
    return this.image.failure;
  }

  /** Resolves when what is on the screen is final for the present shapes and view. */
  async settled() {
    for (;;) {
      await frame();
      if (this.isReady && this.shapes.isSettled && this.adjusted.isSettled && this.image.tiles.isSettled && !this.viewport.isMoving) break;
      this.render();
    }
    await frame();
  }

  /** @param {string} name 'select', 'pan', 'box', 'polygon' */
  setTool(name) {
    if (this.host.tools.has(name)) this.store.tool.value = name;
  }

  /**
   * Runs a command of command-list.js that belongs to the stage.
   * @param {string} id @param {{isDown?: boolean}} [press]
   * @returns {boolean | undefined} whether there was any use for it; undefined: not a command of the stage
   */
  run(id, { isDown = true } = {}) {
    if (id === 'pan.hold') return this.host.pointer.hold(isDown);
    const view = VIEW_COMMANDS[id];
    if (view) view(this);
    return view ? true : this.host.run(id);
  }

  /** What is being drawn: it is finished or kept before the person goes on, and undo and redo are its own first. */
  get drawing() {
    return this.host;
  }

  /** Whether Tab is the browser's: after an Esc that had nothing left to cancel. */
  get isFocusReleased() {
    return this.host.isFocusReleased;
  }

  /** For the key map: 'sel', 'draw', 'drawing'. */
  scopes() {
    return this.host.scopes();
  }

  fit() {
    this.viewport.fit();
  }

  /** @param {number} zoom CSS pixels per image pixel */
  zoomTo(zoom) {
    this.viewport.zoomTo(zoom);
  }

  /** @param {number} factor about the middle of the stage */
  zoomBy(factor) {
    this.viewport.zoomBy(factor);
  }

  /** @param {number} degrees clockwise, about the middle of the stage */
  turnBy(degrees) {
    this.viewport.turnTo((this.viewport.current.angle ?? 0) + degrees);
  }

  zoomToSelection() {
    const labels = [...this.store.selection.peek()].flatMap((id) => this.store.labels.get(id) ?? []);
    const box = union(labels.map(boundsOf));
    if (box) this.showBox(box);
  }

  /** @param {Box} box image pixels */
  showBox(box) {
    this.viewport.fitBox(box, MOST_FIT);
  }

  /** Moves the image so that the point is in the middle. @param {number} x @param {number} y */
  centerOn(x, y) {
    this.viewport.centerOn(x, y);
  }

  /** Moves the image when the point is not on the stage. @param {number} x @param {number} y */
  reveal(x, y) {
    const c = this.viewport.camera();
    const [px, py] = toStage(c, x, y);
    const over = (/** @type {number} */ at, /** @type {number} */ size) => {
      if (at >= 16 && at <= size - 16) return 0;
      return at < 16 ? at - size / 3 : at - (2 * size) / 3;
    };
    const [dx, dy] = [over(px, c.width), over(py, c.height)];
    if (dx || dy) this.viewport.panFrom(this.viewport.current, -dx, -dy);
  }

  /** @returns {View} */
  get view() {
    return { ...this.viewport.current };
  }

  set view(view) {
    this.viewport.isFitted = false;
    this.viewport.setView(view);
  }

  /** The part of the image on the stage, image pixels. @returns {Box} */
  get visibleBox() {
    return boxInImage(this.viewport.camera());
  }

  /** @param {number} x @param {number} y @param {string} [type] of the pointer @returns {Label[]} the one to select first */
  hit(x, y, type) {
    return this.picker.at(x, y, this.viewport.current.zoom, type);
  }

  /** Brings a label into view: it is not moved when it can be seen already. @param {string} id */
  showLabel(id) {
    const label = this.store.labels.get(id);
    if (!label) return;
    const box = boundsOf(label);
    const [x0, y0, x1, y1] = this.visibleBox;
    const isSeen = box[0] >= x0 && box[1] >= y0 && box[2] <= x1 && box[3] <= y1;
    const isSmall = Math.max(box[2] - box[0], box[3] - box[1]) * this.viewport.current.zoom < 12;
    if (!isSeen || isSmall) this.showBox(box);
  }

  /** Where the pointer is, image pixels; null outside the image. */
  get pointer() {
    return this.host.place;
  }

  /** Image -> client pixels. @param {number} x @param {number} y @returns {[number, number]} */
  toClient(x, y) {
    const box = this.root.getBoundingClientRect();
    const [px, py] = toStage(this.viewport.camera(), x, y);
    return [box.left + px, box.top + py];
  }

  /** @param {(x: number | null, y: number | null) => void} fn image pixels; nulls when the pointer left @returns {() => void} */
  onPointer(fn) {
    this.host.listeners.add(fn);
    return () => this.host.listeners.delete(fn);
  }

  /** The color of an object of its own; null: that of its class. @param {Label} label */
  colorOf(label) {
    return this.store.display.value.colorBy === 'object' ? this.bridge.painter.lookOf(label).style.stroke : null;
  }

  /** @param {number} share 0 to 1; selected shapes get twice, masks two and a half times as much */
  setFill(share) {
    this.bridge.fill = Math.min(1, Math.max(0, share));
    this.bridge.restyle();
  }

  /** Shows images with other tones; null: as they are. @param {import('../../workers/tones.js').Adjustments | null} adjustments */
  setAdjustments(adjustments) {
    this.adjusted.set(adjustments);
  }

  /** Call it when the theme changed. */
  refreshColors() {
    this.colors.forget();
    this.bridge.restyle();
  }

  /** Decodes images that come next, so that they show at once. @param {readonly Media[]} next */
  preload(next) {
    this.image.preload(next);
  }

  /** Moves the focus to the stage. */
  focus() {
    this.root.focus({ preventScroll: true });
  }

  /** Requests a frame. */
  render() {
    this.viewport?.render();
  }

  destroy() {
    for (const end of this.endings) end();
    this.host.destroy();
    this.bridge.destroy();
    this.cursors.destroy();
    this.image.destroy();
    this.adjusted.destroy();
    this.colors.destroy();
    this.viewport.destroy();
    this.root.remove();
  }
}

/** @param {StageOptions} options */
export const createStage = (options) => new Stage(options);

const frame = () => new Promise((/** @type {(value?: any) => void} */ resolve) => requestAnimationFrame(() => setTimeout(resolve)));
