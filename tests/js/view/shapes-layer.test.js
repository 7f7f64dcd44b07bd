import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCamera } from '../../../static/src/editor/view/camera.js';
import { recorder } from './samples.js';

/** The layer makes its canvas through the document. */
Object.assign(globalThis, {
  document: { createElement: () => Object.assign(recorder(0, 0), { style: {} }) },
  window: { setTimeout: () => 0 },
});
const { ShapesLayer } = await import('../../../static/src/editor/view/shapes-layer.js');

const STAGE = [400, 300];

/** A layer over an image of 4000 x 3000, a worker that answers when told to, and frames when told to. */
function start({ shapes = 10 } = {}) {
  const world = { view: { zoom: 1, x: 1000, y: 1000 }, isMoving: false, renders: 0, closed: [] };
  const camera = () => makeCamera(world.view, STAGE[0], STAGE[1], 1);
  const catalog = { extent: [0, 0, 4000, 3000], slots: { size: shapes }, slotsOf: (ids) => [...ids] };
  const layer = new ShapesLayer({
    camera, isMoving: () => world.isMoving, view: () => world.view, render: () => world.renders++,
    catalog: /** @type {any} */ (catalog), image: () => ({ width: 4000, height: 3000 }),
  });
  const sent = [];
  layer.send = (message) => sent.push(message);
  const requests = () => sent.filter((m) => m.type === 'draw').map((m) => m.request);
  const last = () => requests().at(-1);
  const frame = () => layer.layer.render();
  const answer = ({ level = 0, request = last() } = {}) => {
    const image = { close: () => world.closed.push(request.seq) };
    layer.receive({ type: 'bitmap', seq: request.seq, image, level, shapes, isFull: true, ms: 5 });
    frame();
  };
  const move = (view) => {
    Object.assign(world.view = { ...world.view, ...view });
    world.isMoving = true;
    frame();
  };
  layer.reset();
  frame();
  return { world, layer, sent, requests, last, frame, answer, move };
}

test('a bitmap reaches a quarter of the stage beyond each edge, on whole device pixels', () => {
  const { last, layer, answer } = start();
  const { x0, y0, width, height, scale, moving } = last();
  assert.deepEqual([x0, y0, width, height, scale, moving], [700, 775, 600, 450, 1, false]);
  assert.equal(layer.isPainted, false);
  answer();
  assert.equal(layer.isPainted, true);
  assert.equal(layer.isSettled, true);
});

test('where the whole image is in view the bitmap ends at its border', () => {
  const { last, move } = start();
  move({ zoom: 0.05, x: 2000, y: 1500 });
  assert.ok(last().width < 400 && last().width >= 200 + 24);
});

test('one drawing at a time while moving, and of those that wait only the newest', () => {
  const { requests, answer, move } = start();
  answer();
  move({ zoom: 1.1 });
  move({ zoom: 1.2 });
  move({ zoom: 1.3 });
  assert.deepEqual(requests().map((r) => r.scale), [1, 1.1]);
  answer();
  assert.deepEqual(requests().map((r) => r.scale), [1, 1.1, 1.3]);
});

test('a fine drawing is cancelled for a newer view', () => {
  const { requests, move } = start();
  assert.equal(requests()[0].moving, false);
  move({ zoom: 2 });
  assert.equal(requests().length, 2);
});

test('a pan inside the margin needs no new drawing, and is recorded as shifted', () => {
  const { requests, layer, answer, move } = start();
  answer();
  move({ x: 1020 });
  move({ x: 1040, y: 1010 });
  assert.equal(requests().length, 1);
  assert.deepEqual(layer.paints.map((p) => [p.view.x, p.view.y, p.shifted]), [[1000, 1000, false], [1020, 1000, true], [1040, 1010, true]]);
});

test('near the edge of the bitmap the next one is drawn before it is needed', () => {
  const { requests, answer, move } = start();
  answer();
  move({ x: 1060 });
  assert.equal(requests().length, 2);
  assert.equal(requests()[1].x0, 760);
});

test('a pan by a part of a pixel is not taken for exact', () => {
  const { requests, layer, answer, move } = start();
  answer();
  move({ x: 1000.4 });
  assert.equal(requests().length, 2);
  assert.equal(layer.paints.length, 1);
});

test('a stale bitmap is noted with the view it was drawn for', () => {
  const { layer, answer, move } = start();
  answer();
  move({ zoom: 1.5 });
  move({ zoom: 2 });
  answer();
  assert.deepEqual(layer.paints.map((p) => [p.view.zoom, p.shifted]), [[1, false], [1.5, false]]);
  assert.equal(layer.isSettled, false);
});

test('old bitmaps are closed, also those that nobody waits for', () => {
  const { world, requests, answer, move, layer } = start();
  const [first] = requests();
  move({ zoom: 2 });
  answer({ request: first });
  assert.deepEqual(world.closed, [1]);
  assert.equal(layer.shown, null);
  answer();
  move({ zoom: 3 });
  answer();
  assert.deepEqual(world.closed, [1, 2]);
});

test('what was drawn coarsely is drawn finely when the view rests', () => {
  const { world, requests, layer, answer, move, frame } = start();
  answer();
  move({ zoom: 2 });
  answer({ level: 2 });
  assert.equal(layer.isSettled, false);
  world.isMoving = false;
  frame();
  assert.deepEqual(requests().map((r) => r.moving), [false, true, false]);
  answer();
  assert.equal(layer.isSettled, true);
});

test('a change of shapes requests a bitmap; it names the change it has and what it leaves out', () => {
  const { requests, layer, answer, frame, sent } = start();
  answer();
  layer.exclude(new Set(['a']));
  frame();
  assert.equal(requests().length, 2);
  assert.deepEqual(sent.at(-2), { type: 'exclude', slots: ['a'] });
  assert.deepEqual([...layer.shown.request.excluded], []);
  layer.changed();
  frame();
  assert.equal(requests().length, 3);
  answer();
  assert.deepEqual([...layer.shown.request.excluded], ['a']);
  assert.equal(layer.shown.request.serial, layer.serial);
});

test('a drawing that was stopped is requested again', () => {
  const { requests, layer, frame } = start();
  layer.receive({ type: 'stopped', seq: 1 });
  frame();
  assert.equal(requests().length, 2);
});

test('another image: nothing of the old one counts', () => {
  const { layer, answer, requests, frame } = start();
  answer();
  layer.close();
  frame();
  assert.equal(layer.isPainted, false);
  assert.equal(requests().length, 1);
  layer.reset();
  frame();
  assert.equal(requests().length, 2);
  assert.equal(layer.isPainted, false);
  answer();
  assert.equal(layer.isPainted, true);
});

test('very many shapes are first drawn quickly', () => {
  assert.equal(start({ shapes: 10_000 }).last().moving, true);
});
