import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageWith } from './world.js';
import { box, polygon } from '../view/samples.js';

const boxes = ({ store }) => [...store.labels.values()].map((one) => one.box);

test('a drag cuts what is selected; the pieces are selected, and Select is the tool again', () => {
  const stage = stageWith([box('a', [10, 10, 50, 30]), box('b', [20, 10, 60, 30])]);
  stage.store.select(['a']);
  stage.store.tool.value = 'slice';
  const { drag } = stage.use('slice');
  drag([40, 0], [40, 60]);
  assert.deepEqual(boxes(stage), [[10, 10, 40, 30], [20, 10, 60, 30], [40, 10, 50, 30]]);
  assert.equal(stage.store.selection.peek().size, 2);
  assert.deepEqual([stage.store.tool.peek(), stage.said.at(-1)], ['select', 'Cut into 2 objects']);
  stage.store.undo();
  assert.deepEqual(boxes(stage), [[10, 10, 50, 30], [20, 10, 60, 30]]);
});

test('two clicks, and keys alone, cut too', () => {
  const stage = stageWith([box('a', [80, 30, 120, 70])]);
  stage.store.select(['a']);
  const { click, press } = stage.use('slice');
  click(100, 10);
  click(100, 90);
  assert.deepEqual(boxes(stage), [[80, 30, 100, 70], [100, 30, 120, 70]]);
  stage.store.undo();
  stage.store.select(['a']);
  const keys = stageWith([box('a', [80, 30, 120, 70])]);
  keys.store.select(['a']);
  const { press: key, tool } = keys.use('slice');
  for (let i = 0; i < 3; i += 1) key('ArrowUp', { shiftKey: true });
  key('Enter');
  assert.ok(tool.isDrawing);
  for (let i = 0; i < 6; i += 1) key('ArrowDown', { shiftKey: true });
  key('Enter');
  assert.equal(keys.store.labels.size, 2);
  assert.equal(press('x'), false);
});

test('a line beside the shape cuts nothing, says so, and the tool stays; Esc gives the line up', () => {
  const stage = stageWith([box('a', [10, 10, 50, 30])]);
  stage.store.select(['a']);
  stage.store.tool.value = 'slice';
  const { drag, click, tool } = stage.use('slice');
  drag([60, 0], [60, 60]);
  assert.deepEqual([stage.said.at(-1), stage.store.tool.peek()], ['The line does not cut through a selected object', 'slice']);
  click(20, 5);
  assert.deepEqual([tool.cancel(), tool.isDrawing, tool.cancel()], [true, false, false]);
});

test('simplifying is shown while the tolerance changes, and stored on Enter as one step', () => {
  const ring = Array.from({ length: 40 }, (_, i) => [50 + 30 * Math.cos(i / 6.37), 50 + 30 * Math.sin(i / 6.37)]);
  const stage = stageWith([polygon('a', [[ring]])]);
  const { store, previews } = stage;
  store.select(['a']);
  const { tool, press } = stage.use('simplify');
  tool.activate();
  const at = (tolerance) => {
    store.tolerance.value = tolerance;
    return store.simplified.peek().after;
  };
  assert.deepEqual([at(0), previews.size], [40, 0]);
  const [fine, rough] = [at(1), at(8)];
  assert.ok(fine < 40 && rough < fine, `${fine} ${rough}`);
  assert.equal(previews.get('a').points[0][0].length, rough);
  assert.equal(store.labels.get('a').points[0][0].length, 40, 'shown, not stored');
  press('ArrowLeft');
  assert.equal(store.tolerance.peek(), 7.5);
  press('Enter');
  tool.deactivate();
  const left = store.labels.get('a').points[0][0].length;
  assert.ok(left < 40);
  assert.equal(previews.size, 0);
  assert.equal(stage.said.at(-1), `${left} points left of 40`);
  store.undo();
  assert.equal(store.labels.get('a').points[0][0].length, 40);
});
