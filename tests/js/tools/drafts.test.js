import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area } from '../../../static/src/editor/geom/area.js';
import { clip } from '../../../static/src/editor/geom/clip.js';
import { draggedVertex } from '../../../static/src/editor/tools/grips.js';
import { box, polygon } from '../view/samples.js';
import { stageWith } from './world.js';

const TRIANGLE = [[10, 10], [60, 10], [60, 60]];
const IMAGE = /** @type {[number, number, number, number]} */ ([0, 0, 200, 100]);
const draw = (tool, points, more) => points.forEach(([x, y]) => tool.click(x, y, more));

test('another tool or image finishes three points, and keeps fewer for the image', () => {
  const { use, store, said } = stageWith();
  const tool = use('polygon');
  draw(tool, TRIANGLE);
  tool.tool.deactivate();
  assert.deepEqual([store.labels.size, store.draft.value], [1, null]);
  draw(tool, TRIANGLE.slice(0, 2));
  tool.tool.finishOrKeep();
  assert.deepEqual([store.labels.size, store.draft.value?.points, tool.tool.isDrawing], [1, TRIANGLE.slice(0, 2), true]);
  assert.match(said.at(-1), /Unfinished polygon with 2 points kept/);
  tool.tool.reset(); // the image is shown again
  tool.click(60, 60);
  tool.press('Enter');
  assert.deepEqual([...store.labels.values()].map((label) => label.points), [[[TRIANGLE]], [[TRIANGLE]]]);
});

test('what is drawn freehand at that moment is finished, too', () => {
  const { use, last } = stageWith();
  const { tool, pointer } = use('polygon');
  tool.down(pointer(10, 10));
  for (const [x, y] of [[60, 10], [60, 60]]) tool.move(pointer(x, y));
  tool.finishOrKeep();
  assert.deepEqual(last().points, [[TRIANGLE]]);
});

test('a person who may not draw any more keeps the draft', () => {
  const { use, store } = stageWith();
  const tool = use('polygon');
  draw(tool, TRIANGLE);
  store.may.value = { ...store.may.value, label: false };
  tool.press('Enter');
  tool.tool.finishOrKeep();
  assert.deepEqual([store.labels.size, store.draft.value?.points.length], [0, 3]);
});

test('when the last class is deleted meanwhile, the draft stays', () => {
  const { use, store, said } = stageWith();
  draw(use('polygon'), TRIANGLE);
  store.concepts.value = [];
  store.activeConcept.value = null;
  use('polygon').press('Enter');
  assert.deepEqual([store.labels.size, store.draft.value?.points.length, said], [0, 3, ['Objects need a class. This project has no classes yet.']]);
});

test('Esc discards with an offer to undo it, which goes when another polygon begins', () => {
  const { use, store, offers } = stageWith();
  const tool = use('polygon');
  draw(tool, TRIANGLE);
  assert.equal(tool.tool.cancel(), true);
  assert.deepEqual([store.draft.value, offers.map((offer) => offer.text)], [null, ['Polygon discarded']]);
  offers[0].undo();
  assert.deepEqual([tool.tool.points, offers.length, store.tool.value], [TRIANGLE, 0, 'polygon']);
  tool.tool.cancel();
  assert.deepEqual([tool.tool.restore(), tool.tool.points], [true, TRIANGLE]);
  tool.tool.cancel();
  tool.click(5, 5);
  assert.deepEqual([offers.length, tool.tool.restore()], [0, false]);
});

test('a discarded polygon does not come back by an undo that belongs to a later step', () => {
  const { use, store } = stageWith();
  const tool = use('polygon');
  draw(tool, TRIANGLE);
  tool.tool.cancel();
  use('box').drag([10, 10], [50, 50]);
  assert.equal(tool.tool.restore(), false);
  assert.equal(store.labels.size, 1);
});

test('a redrawing that is continued replaces the same shape', () => {
  const { use, store } = stageWith([polygon('p', [[[[0, 0], [9, 0], [9, 9]]]])]);
  const tool = use('polygon');
  store.select(['p']);
  tool.tool.redraw('p');
  draw(tool, TRIANGLE.slice(0, 2));
  tool.tool.deactivate();
  store.select([]);
  tool.tool.activate();
  tool.click(60, 60);
  tool.press('Enter');
  assert.deepEqual([store.labels.size, store.labels.get('p')?.points], [1, [[TRIANGLE]]]);
});

test('a hole whose polygon was deleted stays a draft', () => {
  const { use, store, said } = stageWith([polygon('a', [[[[0, 0], [90, 0], [90, 90], [0, 90]]]])]);
  const tool = use('polygon');
  store.select(['a']);
  draw(tool, [[20, 20], [40, 20], [40, 40]], { alt: true });
  store.setDraft({ ...store.draft.value, host: 'gone' });
  tool.press('Enter');
  assert.deepEqual([said.at(-1), tool.tool.points.length], ['The polygon of this hole was deleted', 3]);
});

test('a press that moves up to 5 screen pixels is a click', () => {
  const { use, store } = stageWith();
  const polygonTool = use('polygon');
  polygonTool.drag([10, 10], [14, 13]);
  assert.deepEqual(polygonTool.tool.points, [[10, 10]]);
  polygonTool.tool.cancel();
  const boxTool = use('box');
  boxTool.drag([10, 10], [14, 13]);
  assert.deepEqual([boxTool.tool.anchor, store.labels.size], [[10, 10], 0]);
  boxTool.tool.cancel();
  boxTool.drag([10, 10], [16, 16]);
  assert.equal(store.labels.size, 1);
});

test('moving a shape begins after 5 screen pixels', () => {
  const { use, store } = stageWith([box('b', [20, 20, 120, 80])]);
  use('select').drag([70, 50], [73, 54]);
  assert.deepEqual(store.labels.get('b')?.box, [20, 20, 120, 80]);
});

test('the first point closes within 8 screen pixels and not beyond', () => {
  for (const zoom of [1, 4]) {
    const { use, store } = stageWith([], { zoom });
    const tool = use('polygon');
    draw(tool, TRIANGLE);
    tool.click(10 + 9 / zoom, 10);
    assert.equal(store.labels.size, 0);
    tool.tool.back();
    tool.click(10 + 8 / zoom, 10);
    assert.equal(store.labels.size, 1);
  }
});

test('what lies outside the image is clipped: edges inside stay where they were drawn', () => {
  const { use, last, store, said } = stageWith();
  const tool = use('polygon');
  const wanted = /** @type {[number, number][]} */ ([[100, 10], [260, 50], [100, 90]]);
  draw(tool, wanted);
  tool.press('Enter');
  assert.deepEqual(last().points, clip([[wanted]], IMAGE));
  assert.deepEqual([last().box, area(last().points)], [[100, 10, 200, 90], 5500]);
  draw(tool, [[210, 10], [260, 50], [210, 90]]);
  tool.press('Enter');
  assert.deepEqual([store.labels.size, said.at(-1), tool.tool.points.length], [1, 'The polygon lies outside the image', 3]);
});

test('a vertex dragged over the border: the shape is clipped, and kept when nothing would be left', () => {
  const label = polygon('p', [[[[100, 10], [180, 50], [100, 90]]]]);
  const at = { part: 0, ring: 0, vertex: 1 };
  const { points } = draggedVertex(/** @type {any} */ (label), at, 260, 50, { width: 200, height: 100 }, 0);
  assert.equal(area(/** @type {any} */ (points)), 5500);
  const thin = polygon('t', [[[[200, 10], [190, 50], [200, 90]]]]);
  assert.deepEqual(draggedVertex(/** @type {any} */ (thin), at, 260, 50, { width: 200, height: 100 }, 0), {});
});

test('what was outside before the drag of a vertex stays', () => {
  const label = polygon('p', [[[[100, 10], [180, 50], [100, 90], [-40, 50]]]]);
  const { points } = draggedVertex(/** @type {any} */ (label), { part: 0, ring: 0, vertex: 1 }, 170, 50, { width: 200, height: 100 }, 0);
  assert.deepEqual(points, [[[[100, 10], [170, 50], [100, 90], [-40, 50]]]]);
});
