import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Viewport } from '../../../static/src/editor/view/viewport.js';

/** A stage with one layer, in a page whose frames, sizes and pixel ratio are changed by hand. */
function start() {
  const frames = new Map();
  const page = { observer: () => {}, ratio: () => {}, drawn: 0, ended: 0 };
  let id = 0;
  const globals = {
    requestAnimationFrame: (run) => (frames.set(++id, run), id),
    cancelAnimationFrame: (one) => frames.delete(one),
    ResizeObserver: class {
      constructor(run) { page.observer = run; }
      observe() {}
      disconnect() { page.observer = () => {}; }
    },
    window: { devicePixelRatio: 1, matchMedia: () => ({ addEventListener: (_, run) => { page.ratio = run; }, removeEventListener: () => {} }) },
  };
  Object.assign(globalThis, globals);
  const element = { clientWidth: 0, clientHeight: 0, append(...children) { this.children = children; } };
  const layer = { canvas: {}, render: () => { page.drawn += 1; } };
  const viewport = new Viewport(/** @type {any} */ (element), /** @type {any} */ ([layer]));
  viewport.onFrame = () => { page.ended += 1; };
  const frame = () => {
    const due = [...frames.values()];
    frames.clear();
    for (const run of due) run();
    return due.length;
  };
  const resize = (width, height) => {
    Object.assign(element, { clientWidth: width, clientHeight: height });
    page.observer();
  };
  return { viewport, element, layer, page, frame, resize, globals };
}

test('nothing is drawn before there is a size and an image, frames end all the same', () => {
  const { viewport, page, frame, resize, element, layer } = start();
  assert.deepEqual(element.children, [layer.canvas]);
  frame();
  assert.deepEqual([page.drawn, page.ended], [0, 1]);
  resize(400, 300);
  frame();
  assert.equal(page.drawn, 0);
  viewport.setImage(4000, 3000);
  frame();
  assert.deepEqual([page.drawn, page.ended], [1, 3]);
});

test('many changes between two frames are drawn once, and a frame requested while drawing is the next one', () => {
  const { viewport, page, frame, resize, layer } = start();
  resize(400, 300);
  viewport.setImage(4000, 3000);
  viewport.zoomBy(2);
  viewport.centerOn(10, 10);
  viewport.render();
  assert.equal(frame(), 1);
  assert.equal(page.drawn, 1);
  assert.equal(frame(), 0);
  layer.render = () => viewport.render();
  viewport.render();
  assert.equal(frame(), 1);
  assert.equal(frame(), 1);
});

test('an image that is shown whole stays so when the stage changes its size, another view stays as it is', () => {
  const { viewport, frame, resize } = start();
  const told = [];
  viewport.onView((view) => told.push(view));
  resize(448, 348);
  viewport.setImage(4000, 3000);
  assert.deepEqual(viewport.current, { zoom: 0.1, x: 2000, y: 1500 });
  resize(848, 648);
  assert.deepEqual(viewport.current, { zoom: 0.2, x: 2000, y: 1500 });
  viewport.centerOn(100, 100);
  resize(448, 348);
  assert.deepEqual(viewport.current, { zoom: 0.2, x: 100, y: 100 });
  assert.equal(told.length, 3);
  assert.equal(frame(), 1);
  resize(448, 348);
  assert.equal(frame(), 0, 'the same size asks for no frame');
});

test('another pixel ratio requests a frame; after the end nothing is drawn any more', () => {
  const { viewport, page, frame, resize, globals } = start();
  resize(400, 300);
  viewport.setImage(4000, 3000);
  frame();
  globals.window.devicePixelRatio = 2;
  page.ratio();
  assert.equal(viewport.camera().ratio, 2);
  assert.equal(frame(), 1);
  viewport.render();
  viewport.destroy();
  const { drawn, ended } = page;
  frame();
  assert.deepEqual([page.drawn, page.ended], [drawn, ended]);
});
