import assert from 'node:assert/strict';
import { test } from 'node:test';
import { along, degrees, frameFrom, frameOf, isFramed, outlineOf, placeIn, resized, turned } from '../../../static/src/editor/geom/frame.js';
import { deleteVertex, insertVertex, lengthOf, lineOf, moveVertex, thereAndBack } from '../../../static/src/editor/geom/polyline.js';
import { isClose, vectors } from './vectors.js';

const { shapes } = vectors('outline_shapes.json');
const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

for (const { name, shape, frame, line, points } of shapes) {
  test(`the outline of a ${name} is made and read as the server does`, () => {
    if (line) {
      assert.deepEqual(thereAndBack(line), points);
      return assert.deepEqual(lineOf(points), line);
    }
    const made = outlineOf(shape, frame)[0][0];
    assert.equal(made.length, points[0][0].length);
    made.forEach((point, i) => point.forEach((n, k) => assert.ok(isClose(n, points[0][0][i][k]))));
    const read = frameOf({ shape, points });
    for (const key of ['x', 'y', 'w', 'h', 'angle']) near(read[key], frame[key], shape === 'ellipse' ? 2e-3 : 1e-9);
    assert.equal(isFramed({ shape, points, mask: null }), true);
  });
}

test('an ellipse is as round as its size needs, and exact at the ends of its axes', () => {
  const [[ring]] = outlineOf('ellipse', { x: 320, y: 240, w: 201, h: 100, angle: 0 });
  assert.deepEqual([ring[0], ring[ring.length / 4], ring[ring.length / 2], ring[(3 * ring.length) / 4]], [[420.5, 240], [320, 290], [219.5, 240], [320, 190]]);
  const sizes = [2, 100, 2000, 1e6].map((w) => outlineOf('ellipse', { x: 0, y: 0, w, h: w, angle: 0 })[0][0].length);
  assert.deepEqual(sizes, [24, 72, 316, 400]);
});

test('a side and a point make a frame, on either side of the line', () => {
  const down = frameFrom([100, 100], [200, 100], [150, 140]);
  assert.deepEqual(down, { x: 150, y: 120, w: 100, h: 40, angle: 0 });
  const up = frameFrom([100, 100], [200, 100], [190, 70]);
  assert.deepEqual([up.y, up.h], [85, 30]);
  const corners = outlineOf('rotated_box', frameFrom([100, 100], [100, 200], [60, 150]))[0][0];
  assert.deepEqual(corners.map(([x, y]) => [x, y]).sort(), [[100, 100], [100, 200], [60, 100], [60, 200]]);
});

test('a side that is moved leaves the opposite one where it is', () => {
  const frame = { x: 320, y: 240, w: 200, h: 80, angle: Math.PI / 6 };
  const to = placeIn(frame, 1.5, 0.3);
  const next = resized(frame, 1, 0, ...to, 2);
  near(next.w, 250);
  near(next.h, 80);
  placeIn(next, -1, -1).forEach((n, i) => near(n, placeIn(frame, -1, -1)[i]));
  const corner = resized(frame, -1, -1, ...placeIn(frame, 0, 0), 2);
  near(corner.w, 100);
  near(corner.h, 40);
  placeIn(corner, 1, 1).forEach((n, i) => near(n, placeIn(frame, 1, 1)[i]));
  near(resized(frame, 1, 0, ...placeIn(frame, -3, 0), 2).w, 2, 0);
  along(frame, ...to).forEach((n, i) => near(n, [150, 12][i]));
});

test('the handle turns the frame to the point, by 15 degrees with Shift', () => {
  const frame = { x: 100, y: 100, w: 50, h: 20, angle: 0.3 };
  near(degrees(turned(frame, 100, 0, false)), 0);
  near(degrees(turned(frame, 200, 100, false)), 90);
  near(degrees(turned(frame, 200, 98, true)), 90);
  near(degrees(turned(frame, 100, 200, false)), 180);
});

test('a line is edited at the point and on its way back', () => {
  const points = thereAndBack([[0, 0], [10, 0], [10, 10]]);
  assert.deepEqual(lineOf(insertVertex(points, { part: 0, ring: 0, edge: 1 }, 12, 5)), [[0, 0], [10, 0], [12, 5], [10, 10]]);
  assert.deepEqual(moveVertex(points, { part: 0, ring: 0, vertex: 2 }, 9, 9), [[[[0, 0], [10, 0], [9, 9], [10, 0], [0, 0]]]]);
  const two = /** @type {any} */ (deleteVertex(points, { part: 0, ring: 0, vertex: 1 }));
  assert.deepEqual(two, [[[[0, 0], [10, 10], [0, 0]]]]);
  assert.equal(deleteVertex(two, { part: 0, ring: 0, vertex: 1 }), null);
  assert.equal(lengthOf(lineOf(points)), 20);
});
