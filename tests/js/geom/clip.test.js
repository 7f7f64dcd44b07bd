import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area } from '../../../static/src/editor/geom/area.js';
import { clip } from '../../../static/src/editor/geom/clip.js';
import { contains } from '../../../static/src/editor/geom/poly.js';

const IMAGE = /** @type {[number, number, number, number]} */ ([0, 0, 100, 80]);

/** Numbers from 0 to 1 that are the same in every run. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** Fails unless `cut` holds exactly the points of `points` in the rectangle. */
function assertExact(points, cut, next, samples = 400) {
  for (const [x, y] of cut.flat(2)) assert.ok(x >= 0 && y >= 0 && x <= 100 && y <= 80, `${x}, ${y} is outside`);
  for (let i = 0; i < samples; i += 1) {
    const [x, y] = [next() * 180 - 40, next() * 160 - 40];
    const isIn = x > 0 && y > 0 && x < 100 && y < 80;
    assert.equal(contains(cut, x, y), isIn && contains(points, x, y), `${x}, ${y} of ${JSON.stringify(points)}`);
  }
}

test('a polygon inside stays the same list', () => {
  const points = [[[[0, 0], [100, 0], [100, 80]]]];
  assert.equal(clip(points, IMAGE), points);
});

test('edges inside do not move: new points lie where edges cross the border', () => {
  const [[ring]] = clip([[[[60, 10], [140, 40], [60, 70]]]], IMAGE);
  assert.deepEqual(startingAt(ring, [60, 10]), [[60, 10], [100, 25], [100, 55], [60, 70]]);
});

/** The ring with this point first, for comparing. */
function startingAt(ring, [x, y]) {
  const at = ring.findIndex((p) => p[0] === x && p[1] === y);
  return [...ring.slice(at), ...ring.slice(0, at)];
}

test('a corner of the image that the polygon covers becomes a vertex', () => {
  const [[ring]] = clip([[[[50, 20], [300, 40], [90, 300]]]], IMAGE);
  assert.ok(ring.some(([x, y]) => x === 100 && y === 80));
});

test('what the border cuts apart becomes parts, without an edge along the border between them', () => {
  const fork = [[[90, 10], [120, 10], [120, 70], [90, 70], [90, 60], [110, 60], [110, 50], [90, 50], [90, 30], [110, 30], [110, 20], [90, 20]]];
  const cut = clip([fork], IMAGE);
  assert.equal(cut.length, 3);
  assert.deepEqual(cut.map((part) => [part.length, area([part])]).toSorted((a, b) => a[1] - b[1]), [[1, 100], [1, 100], [1, 200]]);
});

test('holes are kept, cut open or left out, each in its part', () => {
  const outer = [[20, 10], [140, 10], [140, 70], [20, 70]];
  const inside = [[30, 20], [40, 20], [40, 30]];
  const across = [[90, 40], [120, 40], [120, 50], [90, 50]];
  const outside = [[125, 20], [130, 20], [130, 30]];
  const cut = clip([[outer, inside, across, outside]], IMAGE);
  assert.equal(cut.length, 1);
  assert.deepEqual(cut[0].slice(1), [inside]);
  assert.equal(area(cut), 80 * 60 - 50 - 100);
});

test('a vertex or an edge on the border cuts nothing off', () => {
  assert.deepEqual(clip([[[[80, 10], [100, 20], [130, 40], [100, 60], [80, 70]]]], IMAGE).map((part) => area([part])), [20 * 60 - 200]);
  assert.deepEqual(clip([[[[100, 10], [130, 10], [130, 30], [100, 30]]]], IMAGE), []);
  assert.deepEqual(clip([[[[110, 10], [130, 10], [130, 30]]]], IMAGE), []);
});

test('a polygon around the image becomes the image', () => {
  const cut = clip([[[[-50, -50], [250, -50], [250, 250], [-50, 250]]]], IMAGE);
  assert.deepEqual([cut.length, area(cut)], [1, 8000]);
});

test('a closing point that repeats the first is no vertex of its own', () => {
  const cut = clip([[[[60, 10], [140, 40], [60, 70], [60, 10]]]], IMAGE);
  assert.equal(cut[0][0].length, 4);
});

test('generated polygons: exactly what lies in the image is left', () => {
  const next = random(7);
  for (let round = 0; round < 300; round += 1) {
    const whole = round % 3 === 0;
    const at = () => /** @type {[number, number]} */ ([next() * 180 - 40, next() * 160 - 40].map((n) => (whole ? Math.round(n / 20) * 20 : n)));
    const ring = (n) => Array.from({ length: n }, at);
    const points = Array.from({ length: 1 + Math.floor(next() * 2) }, () => [ring(3 + Math.floor(next() * 9)), ...(next() < 0.4 ? [ring(3)] : [])]);
    const cut = clip(points, IMAGE);
    assertExact(points, cut, next);
    const inside = points.flat(2).filter(([x, y]) => x > 0 && y > 0 && x < 100 && y < 80);
    const kept = new Set(cut.flat(2).map(String));
    if (!whole) for (const point of inside) assert.ok(kept.has(String(point)), `${point} was lost`);
  }
});

test('generated outlines without crossings: the parts do not overlap and their areas add up', () => {
  const next = random(11);
  for (let round = 0; round < 200; round += 1) {
    const n = 5 + Math.floor(next() * 25);
    const [cx, cy] = [next() * 100, next() * 80];
    const star = Array.from({ length: n }, (_, i) => {
      const [angle, far] = [(i / n) * 2 * Math.PI, 5 + next() * 120];
      return /** @type {[number, number]} */ ([cx + far * Math.cos(angle), cy + far * Math.sin(angle)]);
    });
    const cut = clip([[star]], IMAGE);
    assertExact([[star]], cut, next, 200);
    assert.ok(cut.every((part) => part.length === 1));
    const sum = cut.reduce((all, part) => all + area([part]), 0);
    assert.ok(Math.abs(sum - area(cut)) < 1e-6 * Math.max(1, sum));
  }
});
