import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addEdge, addPoint, changeEdge, changePoint, edgeBetween, frameOf, freeName, fromServer, History, linesOf, moveTo, nudge, orderPoints, removeEdge, removePoint, toServer,
} from '../../../static/src/pages/_schema_model.js';

const EMPTY = { name: 'Body', kind: 'pose', description: '', points: [], edges: [], classes: [] };
const three = () => ['a', 'b', 'c'].reduce((schema, id, n) => addPoint(schema, { id, name: id, x: n / 4, y: 0.5 }), EMPTY);
const ids = ({ points }) => points.map((one) => one.id).join('');

test('points are added, moved within the canvas, ordered, and removed with their edges', () => {
  let schema = addEdge(addEdge(three(), 'a', 'b', '#FF0000'), 'b', 'c', '');
  schema = nudge(moveTo(schema, 'a', -3, 0.25), 'a', 0.01, 2);
  assert.deepEqual([schema.points[0].x, schema.points[0].y], [0.01, 1]);
  schema = orderPoints(schema, ['c', 'a', 'b']);
  assert.equal(ids(schema), 'cab');
  assert.deepEqual(removePoint(schema, 'a').edges, [{ a: 'b', b: 'c', color: '' }]);
  assert.equal(freeName(changePoint(schema, 'a', { name: 'point 4' }), 'Point'), 'Point 5');
});

test('two points have at most one edge, in either direction, and none with themselves', () => {
  const schema = addEdge(three(), 'a', 'b', '');
  assert.equal(edgeBetween(schema, 'b', 'a'), 0);
  assert.equal(addEdge(schema, 'b', 'a', ''), schema);
  assert.equal(addEdge(schema, 'c', 'c', ''), schema);
  assert.equal(changeEdge(schema, 0, { color: '#00FF00' }).edges[0].color, '#00FF00');
  assert.deepEqual(removeEdge(schema, 0).edges, []);
});

test('a pose has its edges, a polyline joins the points in order, points have no lines; what has no place is not drawn', () => {
  const schema = changePoint(addEdge(addEdge(three(), 'a', 'c', '#111111'), 'a', 'b', ''), 'b', { x: null, y: null });
  const drawn = (kind) => linesOf({ ...schema, kind }).map(({ a, b }) => a.id + b.id);
  assert.deepEqual(drawn('pose'), ['ac']);
  assert.deepEqual(drawn('points'), []);
  assert.deepEqual(linesOf({ ...three(), kind: 'polyline' }).map(({ a, b }) => a.id + b.id), ['ab', 'bc']);
});

test('coordinates of other units are fitted into the canvas and come back as they were', () => {
  const point = (id, editor_x, editor_y) => ({ id, name: id, description: '', color: '', minimum: 0, maximum: 1, editor_x, editor_y });
  const state = { ...EMPTY, points: [point('a', 100, 200), point('b', 500, 400), point('c', null, null)] };
  const frame = frameOf(state.points);
  const schema = fromServer(state, frame);
  for (const { x, y } of schema.points.slice(0, 2)) assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
  const back = toServer(schema, frame).points.map((one) => [one.editor_x, one.editor_y].map((value) => value && Math.round(value * 1e6) / 1e6));
  assert.deepEqual(back, [[100, 200], [500, 400], [null, null]]);
  assert.deepEqual(frameOf([point('a', 0.2, 1)]), { left: 0, top: 0, size: 1 });
  assert.equal(nudge(schema, 'c', 0.1, 0).points[2].x, 0.6);
});

test('a drag is one step; what others saved is a step that can be undone', () => {
  const history = new History(three());
  for (const x of [0.1, 0.2, 0.3]) history.take(moveTo(history.schema, 'a', x, 0), 'drag a');
  history.endGesture();
  history.take(moveTo(history.schema, 'a', 0.4, 0), 'drag a');
  history.undo();
  assert.equal(history.schema.points[0].x, 0.3);
  history.undo();
  assert.equal(history.isChanged || history.canUndo, false);
  history.redo();
  assert.equal(history.isChanged, true);
  const theirs = { ...three(), name: 'Theirs' };
  history.setSaved(theirs);
  assert.deepEqual([history.schema.name, history.isChanged, history.canRedo], ['Theirs', false, false]);
  history.undo();
  assert.deepEqual([history.schema.name, history.schema.points[0].x, history.isChanged], ['Body', 0.3, true]);
});
