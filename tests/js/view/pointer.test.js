import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTools } from '../../../static/src/editor/tools/index.js';
import { fitted, makeCamera, zoomedAt } from '../../../static/src/editor/view/camera.js';
import { PointerRouter } from '../../../static/src/editor/view/pointer.js';
import { ToolHost } from '../../../static/src/editor/view/tool-host.js';
import { box, storeWith } from './samples.js';

/** An element that takes events, at (100, 50) of the window. */
class FakeElement extends EventTarget {
  style = {};
  captured = new Set();
  left = 100;
  measured = 0;
  getBoundingClientRect() {
    this.measured += 1;
    return { left: this.left, top: 50, width: 400, height: 300 };
  }
  setPointerCapture(id) {
    this.captured.add(id);
  }
  hasPointerCapture(id) {
    return this.captured.has(id);
  }
  releasePointerCapture(id) {
    this.captured.delete(id);
  }
  focus() {}
  matches() {
    return false;
  }
  closest() {
    return null;
  }
}

function fakeViewport() {
  const viewport = {
    current: { zoom: 1, x: 200, y: 150 },
    size: [400, 300],
    isFitted: true,
    camera: () => makeCamera(viewport.current, 400, 300, 1),
    setView: (view) => (viewport.current = view),
    zoomBy: (factor, px, py) => viewport.setView(zoomedAt(viewport.camera(), viewport.current.zoom * factor, px, py)),
    panFrom: (from, dx, dy) => viewport.setView({ zoom: from.zoom, x: from.x - dx / from.zoom, y: from.y - dy / from.zoom }),
    fit: () => viewport.setView(fitted([0, 0, 200, 100], 400, 300, 24)),
  };
  return viewport;
}

const event = (type, fields) => Object.assign(new Event(type, { cancelable: true }), {
  pointerId: 1, pointerType: 'mouse', button: 0, clientX: 0, clientY: 0, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...fields,
});

function start() {
  const page = { resized: () => {}, disconnected: 0 };
  class FakeObserver {
    constructor(run) {
      page.resized = run;
    }
    observe() {}
    disconnect() {
      page.disconnected += 1;
    }
  }
  Object.assign(globalThis, { window: new EventTarget(), document: { activeElement: new FakeElement() }, ResizeObserver: FakeObserver });
  const element = new FakeElement();
  const viewport = fakeViewport();
  const log = [];
  const note = (name) => (p) => log.push(p ? [name, p.x, p.y] : [name]);
  const router = new PointerRouter(/** @type {any} */ (element), /** @type {any} */ (viewport), {
    wheelPans: () => false, down: note('down'), move: note('move'), up: note('up'), cancel: note('cancel'), hover: () => {}, pan: (state) => log.push(['pan', state]),
  });
  const fire = (type, x, y, fields = {}) => element.dispatchEvent(event(type, { clientX: x, clientY: y, ...fields }));
  return { element, viewport, log, router, fire, page };
}

test('a press of the left button is the tool\'s, in image pixels', () => {
  const { fire, log } = start();
  fire('pointermove', 110, 60);
  fire('pointerdown', 110, 60);
  fire('pointermove', 130, 70);
  fire('pointerup', 130, 70);
  assert.deepEqual(log, [['move', 10, 10], ['down', 10, 10], ['move', 30, 20], ['up', 30, 20]]);
});

test('a pen tells its pressure, and its eraser end and side button erase; another button of a mouse does nothing', () => {
  const { element, viewport } = start();
  const seen = [];
  const nothing = () => {};
  const target = { wheelPans: () => false, down: (p) => seen.push([p.isEraser, p.pressure]), move: nothing, up: nothing, cancel: nothing, hover: nothing, pan: nothing };
  const router = new PointerRouter(/** @type {any} */ (element), /** @type {any} */ (viewport), target);
  const press = (fields) => {
    element.dispatchEvent(event('pointerdown', fields));
    element.dispatchEvent(event('pointerup', fields));
  };
  press({ pointerType: 'pen', button: 0, buttons: 1, pressure: 0.25 });
  press({ pointerType: 'pen', button: 5, buttons: 32, pressure: 0.5 });
  press({ pointerType: 'pen', button: 2, buttons: 2, pressure: 0.75 });
  press({ button: 2, buttons: 2, pressure: 0.5 });
  press({ button: 0, buttons: 1, pressure: 0.5 });
  assert.deepEqual(seen, [[false, 0.25], [true, 0.5], [true, 0.75], [false, 1]]);
  router.destroy();
});

test('the middle button and the held key pan; the wheel during a pan keeps the image under the pointer', () => {
  const { fire, viewport, log, router } = start();
  fire('pointerdown', 200, 200, { button: 1 });
  fire('pointermove', 230, 190);
  fire('pointerup', 230, 190, { button: 1 });
  assert.deepEqual(viewport.current, { zoom: 1, x: 170, y: 160 });
  router.hold(true);
  fire('pointerdown', 200, 200);
  fire('pointermove', 190, 200);
  fire('wheel', 190, 200, { deltaY: -100, deltaMode: 0 });
  const zoomed = viewport.current;
  fire('pointermove', 190 + zoomed.zoom * 10, 200);
  assert.ok(Math.abs(viewport.current.x - (zoomed.x - 10)) < 1e-9);
  fire('pointerup', 190, 200);
  router.hold(false);
  assert.deepEqual(log.filter(([name]) => name !== 'move').map(([, state]) => state), ['grabbing', '', 'grab', 'grabbing', 'grab', '']);
});

test('two fingers pinch and pan, whatever the tool; the gesture of the first is cancelled', () => {
  const { fire, viewport, log } = start();
  const finger = (type, id, x, y) => fire(type, x, y, { pointerId: id, pointerType: 'touch' });
  finger('pointerdown', 1, 200, 200);
  finger('pointerdown', 2, 300, 200);
  finger('pointermove', 1, 150, 220);
  finger('pointermove', 2, 350, 220);
  assert.equal(viewport.current.zoom, 2);
  // the image point that was between the fingers, (150, 150), is still there: at (150, 170) on the stage
  assert.deepEqual([(150 - viewport.current.x) * 2 + 200, (150 - viewport.current.y) * 2 + 150], [150, 170]);
  finger('pointerup', 1, 150, 220);
  finger('pointermove', 2, 390, 220);
  finger('pointerup', 2, 390, 220);
  assert.deepEqual(log.map(([name]) => name), ['down', 'cancel']);
  finger('pointerdown', 3, 110, 60);
  assert.equal(log.at(-1)?.[0], 'down');
});

test('a lost pointer cancels the gesture; a second mouse button does not disturb it', () => {
  const { fire, log } = start();
  fire('pointerdown', 110, 60);
  fire('pointerdown', 110, 60, { pointerId: 7, button: 2 });
  fire('pointercancel', 110, 60);
  fire('pointerup', 110, 60);
  assert.deepEqual(log.map(([name]) => name), ['down', 'cancel']);
});

test('two presses at one place within the time of a double click are counted', () => {
  const { fire, router } = start();
  const seen = [];
  router.target.down = (p) => seen.push(p.clicks);
  for (const [x, timeStamp] of [[110, 1000], [112, 1200], [112, 2000], [160, 2100]]) {
    const press = event('pointerdown', { clientX: x, clientY: 60 });
    Object.defineProperty(press, 'timeStamp', { value: timeStamp });
    router.element.dispatchEvent(press);
    fire('pointerup', x, 60);
  }
  assert.deepEqual(seen, [1, 2, 1, 1]);
});

test('the stage is measured once for many movements, and again after it may have moved', () => {
  const { element, fire, log, page, router } = start();
  const at = (x) => {
    fire('pointermove', x, 60);
    return log.at(-1)?.[1];
  };
  fire('pointerenter', 110, 60);
  fire('pointerdown', 110, 60);
  for (let x = 110; x < 160; x += 1) fire('pointermove', x, 60);
  assert.equal(element.measured, 1);
  const before = at(200);
  for (const [i, moved] of [() => page.resized(), () => window.dispatchEvent(new Event('scroll')), () => window.dispatchEvent(new Event('resize'))].entries()) {
    element.left += 10;
    moved();
    assert.equal(at(200), before - 10 * (i + 1));
    assert.equal(element.measured, i + 2);
  }
  fire('pointerup', 200, 60);
  element.left = 0;
  fire('pointerdown', 200, 60);
  assert.equal(log.at(-1)?.[1], before + 100, 'a press measures again');
  router.destroy();
  assert.equal(page.disconnected, 1);
});

function hostWith(labels) {
  const { element, viewport } = start();
  const store = storeWith(labels);
  const stage = {
    viewport, edit: { previews: new Map() }, picker: { inside: () => [] }, hit: () => [], render() {}, fit() {}, reveal() {},
    setTool: (name) => (store.tool.value = name), focus: () => element.dispatchEvent(new Event('focusin')),
  };
  const host = new ToolHost(/** @type {any} */ ({
    stage, store, element, createTools, commit: (d, o) => store.commit(d, o), announce() {},
  }));
  return { host, store, element };
}

test('keys: arrows move what is selected until a crosshair is in use; Enter and Escape end it', () => {
  const { host, store } = hostWith([box('a', [10, 10, 30, 30])]);
  store.select(['a']);
  assert.deepEqual(host.scopes(), ['sel']);
  host.run('nudge.right.10');
  assert.deepEqual(store.labels.get('a')?.box, [20, 10, 40, 30]);
  host.run('resize.down');
  assert.deepEqual(store.labels.get('a')?.box, [20, 10, 40, 31]);
  store.tool.value = 'box';
  assert.deepEqual(host.scopes(), ['sel']);
  store.select([]);
  assert.deepEqual(host.scopes(), ['draw']);
  host.run('cross.left');
  host.run('draw.set');
  assert.deepEqual(host.scopes(), ['drawing', 'draw']);
  host.run('cross.up.10');
  host.run('cross.left.10');
  host.run('draw.set');
  assert.equal(store.labels.size, 2);
  assert.deepEqual(host.scopes(), ['draw', 'sel']);
  assert.deepEqual([1, 2, 3].map(() => [host.escape(), store.selection.peek().size, store.tool.peek()]), [
    [true, 1, 'select'], [true, 0, 'select'], [false, 0, 'select'],
  ]);
});

test('a selected box is redrawn by keys alone; without a selection the key is not used', () => {
  const { host, store } = hostWith([box('a', [10, 10, 30, 30])]);
  assert.equal(host.run('redraw'), false);
  store.select(['a']);
  assert.equal(host.run('redraw'), true);
  assert.deepEqual([store.tool.peek(), host.scopes()], ['box', ['draw', 'sel']]);
  host.run('cross.left');
  host.run('draw.set');
  host.run('cross.up.10');
  host.run('cross.left.10');
  host.run('draw.set');
  const [x0, y0, x1, y1] = store.labels.get('a').box;
  assert.deepEqual([store.labels.size, x1 - x0, y1 - y0], [1, 10, 10]);
  assert.deepEqual(host.scopes(), ['draw', 'sel'], 'the crosshair is still in use');
  assert.equal(host.run('nothing'), undefined);
});

test('after an Esc with nothing to cancel Tab is the browser\'s, until the person goes on here', () => {
  const { host, store, element } = hostWith([box('a', [10, 10, 30, 30])]);
  store.tool.value = 'box';
  host.run('draw.set');
  store.select(['a']);
  const seen = [];
  for (let i = 0; i < 4; i += 1) {
    host.escape(); // the drawing, the tool, the selection, nothing
    seen.push(host.isFocusReleased);
  }
  assert.deepEqual(seen, [false, false, false, true]);
  for (const goOn of [() => element.dispatchEvent(new Event('focusin')), () => store.select(['a']), () => { store.tool.value = 'box'; }]) {
    goOn();
    assert.equal(host.isFocusReleased, false);
    while (host.escape());
    assert.equal(host.isFocusReleased, true);
  }
});

test('commands that are not the stage\'s are left to the page', () => {
  const { host } = hostWith([]);
  assert.equal(host.run('media.next'), undefined);
  assert.equal(host.run('delete'), undefined);
});
