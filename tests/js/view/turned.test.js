import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxInImage, boxOnStage, fitted, inSight, makeCamera, panned, toImage, toStage, zoomedAt } from '../../../static/src/editor/view/camera.js';
import { turnedCursor, wayInImage } from '../../../static/src/editor/view/tool-host.js';
import { pointAt, seenPart } from '../../../static/src/editor/panels/bars/minimap.js';

const near = (/** @type {readonly number[]} */ a, /** @type {readonly number[]} */ b) => a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-9, `${a} is not ${b}`));
const ANGLES = [0, 90, 180, 270, 30, 201];

test('turned by a quarter the image lies on its side, exactly, and the plane has the sides of the stage exchanged', () => {
  const c = makeCamera({ zoom: 2, x: 100, y: 50, angle: 90 }, 801, 600, 1);
  assert.deepEqual([c.planeWidth, c.planeHeight, c.deviceWidth, c.deviceHeight], [600, 801, 600, 801]);
  assert.deepEqual(toStage(c, 110, 50), [400.5, 320]); // right in the image is down on the stage
  assert.deepEqual(toStage(c, 100, 60), [380.5, 300]);
  assert.deepEqual(toImage(c, 400.5, 320), [110, 50]);
});

test('stage and image are each other\'s inverse at any angle, also in boxes', () => {
  for (const angle of ANGLES) {
    const c = makeCamera({ zoom: 3, x: 120, y: 80, angle }, 800, 600, 2);
    near(toImage(c, ...toStage(c, 12.5, -7.25)), [12.5, -7.25]);
    const [x0, y0, x1, y1] = boxInImage(c);
    for (const [px, py] of [[0, 0], [800, 0], [800, 600], [0, 600]]) {
      const [x, y] = toImage(c, px, py);
      assert.ok(x > x0 - 1e-9 && x < x1 + 1e-9 && y > y0 - 1e-9 && y < y1 + 1e-9);
    }
    // the plane covers the stage
    for (const [px, py] of [[0, 0], [800, 600]]) {
      const [x, y] = toImage(c, px, py);
      assert.ok(x >= c.left - 1e-9 && y >= c.top - 1e-9 && x <= c.left + c.deviceWidth / c.scale + 1e-9 && y <= c.top + c.deviceHeight / c.scale + 1e-9);
    }
  }
  near(boxOnStage(makeCamera({ zoom: 1, x: 0, y: 0, angle: 90 }, 100, 100, 1), [10, 20, 30, 25]), [25, 60, 30, 80]);
});

test('zooming keeps the point under the pointer, panning follows it', () => {
  for (const angle of ANGLES) {
    const before = makeCamera({ zoom: 1, x: 500, y: 400, angle }, 800, 600, 1);
    const point = toImage(before, 123, 456);
    near(toStage(makeCamera({ ...zoomedAt(before, 7.3, 123, 456), angle }, 800, 600, 1), ...point), [123, 456]);
    const moved = toStage(makeCamera(panned({ zoom: 1, x: 500, y: 400, angle }, 30, -20, 1), 800, 600, 1), ...point);
    assert.ok(Math.hypot(moved[0] - 153, moved[1] - 436) < 1, `${moved}`); // within a pixel of the plane
  }
});

test('an image is fitted as it is turned, and stays in sight', () => {
  const image = /** @type {[number, number, number, number]} */ ([0, 0, 400, 100]);
  for (const angle of ANGLES) {
    const c = makeCamera({ ...fitted(image, 848, 648, 24, Infinity, 124, angle), angle }, 848, 648, 1);
    const [x0, y0, x1, y1] = boxOnStage(c, image);
    assert.ok(x0 > 23.9 && y0 > 23.9 && x1 < 824.1 && y1 < 524.1, `${angle}`);
    assert.ok(x1 - x0 > 799.9 || y1 - y0 > 499.9, `${angle}`);
  }
  const size = { width: 1000, height: 500 };
  const corner = makeCamera({ ...inSight({ zoom: 2, x: 9999, y: -9999, angle: 90 }, size, 800, 600), angle: 90 }, 800, 600, 1);
  near(toStage(corner, 1000, 0), [200, 150]);
  assert.deepEqual(inSight({ zoom: 2, x: 9999, y: -9999, angle: 30 }, size, 800, 600), { zoom: 2, x: 1000, y: 0 });
});

test('arrow keys mean the way on the screen', () => {
  assert.deepEqual(['up', 'right', 'down', 'left'].map((way) => wayInImage(way, 90, false)), ['left', 'up', 'right', 'down']);
  assert.deepEqual(['up', 'right'].map((way) => wayInImage(way, 180, false)), ['down', 'left']);
  assert.deepEqual(['up', 'right'].map((way) => wayInImage(way, 350, false)), ['up', 'right']);
  assert.deepEqual(['left', 'right', 'up', 'down'].map((way) => wayInImage(way, 270, true)), ['up', 'down', 'left', 'right']);
  assert.equal(wayInImage('left', 180, true), 'left');
});

test('the cursors of handles turn with the image', () => {
  assert.deepEqual([0, 45, 90, 180, 300].map((angle) => turnedCursor('ns-resize', angle)), ['ns-resize', 'nesw-resize', 'ew-resize', 'ns-resize', 'nwse-resize']);
  assert.equal(turnedCursor('move', 90), 'move');
});

test('the overview is turned, and its places are those of the image', () => {
  const image = { width: 1000, height: 500 };
  const stage = { width: 250, height: 500 };
  assert.deepEqual(seenPart({ zoom: 1, x: 250, y: 125, angle: 90 }, image, stage), { left: 0.5, right: 1, top: 0, bottom: 0.5 });
  near(Object.values(pointAt(0.75, 0.25, image, 90)), [250, 125]);
  for (const angle of ANGLES) near(Object.values(pointAt(0.5, 0.5, image, angle)), [500, 250]);
});
