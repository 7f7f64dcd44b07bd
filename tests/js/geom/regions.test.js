import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSimple } from '../../../static/src/editor/geom/area.js';
import { combine } from '../../../static/src/editor/geom/boolean.js';
import { decodeRuns, encodeRuns, polygonRuns, rasterise } from '../../../static/src/editor/geom/mask.js';
import { bounds } from '../../../static/src/editor/geom/poly.js';
import { asMask, asPolygon, combined, overlap, parts, sliced } from '../../../static/src/editor/geom/regions.js';
import { trace } from '../../../static/src/editor/geom/trace.js';
import { bitsOf, vectors } from './vectors.js';

const SIDE = 64;
const OPERATIONS = /** @type {const} */ (['join', 'subtract', 'intersect']);

/** @param {number} seed */
function dice(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
}

const box = (...at) => ({ shape: 'box', box: at, points: null, mask: null });
const polygon = (points) => ({ shape: 'polygon', box: bounds(points), points, mask: null });
const rectangle = (x0, y0, x1, y1) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];

/** The pixels of a label in the square of the tests. */
function pixels(label) {
  const bits = new Uint8Array(SIDE * SIDE);
  if (!label) return bits;
  if (!label.mask) return rasterise(label.points ?? [[rectangle(...label.box)]], 0, 0, SIDE, SIDE);
  const [x0, y0, x1, y1] = label.box;
  decodeRuns(label.mask, x1 - x0, y1 - y0).forEach((bit, i) => {
    if (bit) bits[(y0 + Math.floor(i / (x1 - x0))) * SIDE + x0 + (i % (x1 - x0))] = 1;
  });
  return bits;
}

const truth = {
  join: (a, b) => a | b,
  subtract: (a, b) => (b ? 0 : a),
  intersect: (a, b) => a & b,
};

/** Whether the center of a pixel lies so near an outline that rounding a crossing may move it across. */
function isOnOutline(polygons, i) {
  const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
  return polygons.flat(2).some((ring) => ring.some(([ax, ay], at) => {
    const [bx, by] = ring[(at + 1) % ring.length];
    const [dx, dy] = [bx - ax, by - ay];
    const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(ax + share * dx - x, ay + share * dy - y) < 1e-5;
  }));
}

const makers = {
  'crossing itself': (random) => [[Array.from({ length: 3 + Math.floor(random() * 9) }, () => [random() * 60, random() * 60])]],
  'on a lattice, sharing edges and corners': (random) => [[Array.from({ length: 3 + Math.floor(random() * 9) }, () => [Math.floor(random() * 9) * 7, Math.floor(random() * 9) * 7])]],
  'hand drawn': (random) => {
    const [x, y] = [15 + random() * 30, 15 + random() * 30];
    return [[Array.from({ length: 25 }, (_, i) => {
      const r = 5 + random() * 15;
      return [x + r * Math.cos(i / 4), y + r * Math.sin(i / 4)];
    })]];
  },
  'parts that overlap, with holes': (random) => Array.from({ length: 3 }, () => {
    const [x, y, r] = [10 + random() * 40, 10 + random() * 40, 6 + random() * 8];
    return [rectangle(x - r, y - r, x + r, y + r), rectangle(x - r / 2, y - r / 2, x + r / 2, y + r / 3)];
  }),
};

for (const [name, make] of Object.entries(makers)) {
  test(`the pixels of a combination are the combination of the pixels: ${name}`, () => {
    const random = dice(11);
    for (let round = 0; round < 30; round += 1) {
      const [a, b] = [make(random), make(random)];
      const [one, other] = [rasterise(a, 0, 0, SIDE, SIDE), rasterise(b, 0, 0, SIDE, SIDE)];
      for (const operation of OPERATIONS) {
        const made = combine(operation, a, b);
        const bits = made.length ? rasterise(made, 0, 0, SIDE, SIDE) : new Uint8Array(SIDE * SIDE);
        const wrong = [...bits.keys()].filter((i) => bits[i] !== truth[operation](one[i], other[i]) && !isOnOutline([a, b], i));
        assert.deepEqual(wrong, [], `${operation} ${JSON.stringify([a, b])}`);
      }
    }
  });
}

test('vertices keep their numbers, also those that no millionth can say', () => {
  const x = 10 + 1 / 3;
  const made = combine('join', [[rectangle(x, 2, 30, 20)]], [[rectangle(20, 10, 40, 30)]]);
  assert.ok(made[0][0].some(([px, py]) => px === x && py === 2));
});

test('masks combine to the pixel, with masks and with outlines', () => {
  const random = dice(3);
  const mask = () => {
    const at = [Math.floor(random() * 20), Math.floor(random() * 20)];
    const bits = Uint8Array.from({ length: 30 * 20 }, () => (random() < 0.6 ? 1 : 0));
    return { shape: 'mask', box: [at[0], at[1], at[0] + 30, at[1] + 20], points: null, mask: encodeRuns(bits) };
  };
  for (let round = 0; round < 20; round += 1) {
    const labels = [mask(), round % 2 ? mask() : polygon(makers['hand drawn'](random)), box(5.5, 8, 33, 30.2)];
    for (const operation of OPERATIONS) {
      const made = combined(operation, labels);
      const expected = labels.map(pixels).reduce((all, bits) => all.map((bit, i) => truth[operation](bit, bits[i])));
      assert.deepEqual(pixels(made), expected, operation);
      assert.ok(!made || made.shape === 'mask');
    }
  }
});

test('boxes stay boxes where the result is one, and become polygons where not', () => {
  assert.deepEqual(combined('join', [box(0, 0, 10, 10), box(10, 0, 20, 10)]), box(0, 0, 20, 10));
  assert.deepEqual(combined('intersect', [box(0, 0, 10, 10), box(4, 5, 20, 30)]), box(4, 5, 10, 10));
  assert.equal(combined('subtract', [box(0, 0, 10, 10), box(5, 5, 20, 20)]).shape, 'polygon');
  assert.equal(combined('join', [box(0, 0, 10, 10), polygon([[rectangle(10, 0, 20, 10)]])]).shape, 'polygon');
  const apart = combined('join', [box(0, 0, 10, 10), box(20, 0, 30, 10)]);
  assert.deepEqual([apart.points.length, apart.box], [2, [0, 0, 30, 10]]);
});

test('what leaves nothing is null; touching is no overlap', () => {
  assert.equal(combined('subtract', [box(2, 2, 8, 8), box(0, 0, 10, 10)]), null);
  assert.equal(combined('intersect', [box(0, 0, 10, 10), box(10, 0, 20, 10)]), null);
  assert.equal(overlap(box(0, 0, 10, 10), box(10, 10, 20, 20)), false);
  assert.equal(overlap(box(0, 0, 10, 10), box(9, 9, 20, 20)), true);
  assert.equal(overlap(asMask(box(0, 0, 10, 10)), box(10, 0, 20, 10)), false);
});

for (const { name, rows, points } of vectors('bitmaps.json')) {
  test(`mask to polygon follows the edges of pixels, as on the server: ${name}`, () => {
    const [w, h] = [rows[0].length, rows.length];
    assert.deepEqual(trace(bitsOf(rows), w, h), points);
  });
}

test('mask to polygon to mask changes no pixel', () => {
  const random = dice(5);
  for (const density of [0.1, 0.5, 0.9]) {
    const bits = Uint8Array.from({ length: 40 * 30 }, () => (random() < density ? 1 : 0));
    const mask = asMask({ shape: 'mask', box: [7, 3, 47, 33], points: null, mask: encodeRuns(bits) });
    const outline = asPolygon(mask);
    assert.equal(outline.shape, 'polygon');
    assert.deepEqual(asMask(outline), mask);
    assert.deepEqual(outline.box, mask.box);
  }
});

test('polygon to mask has the pixels of the rule, in the smallest box', () => {
  const star = makers['crossing itself'](dice(4));
  const [x0, y0, x1, y1] = asMask(polygon(star)).box;
  assert.deepEqual(asMask(polygon(star)).mask, polygonRuns(star, x0, y0, x1 - x0, y1 - y0));
  assert.deepEqual(pixels(asMask(polygon(star))), rasterise(star, 0, 0, SIDE, SIDE));
  assert.deepEqual(asPolygon(box(1, 2, 3.5, 4)), polygon([[rectangle(1, 2, 3.5, 4)]]));
  assert.equal(asMask(box(1.6, 1.6, 2.4, 2.4)), null, 'no center of a pixel lies inside');
});

test('parts stand alone afterwards, each with its holes', () => {
  const two = polygon([[rectangle(0, 0, 20, 20), rectangle(5, 5, 10, 10)], [rectangle(30, 0, 40, 10)]]);
  assert.deepEqual(parts(two).map((one) => [one.box, one.points[0].length]), [[[0, 0, 20, 20], 2], [[30, 0, 40, 10], 1]]);
  const [ring, square] = parts(asMask(two));
  assert.deepEqual([ring.box, square.box], [[0, 0, 20, 20], [30, 0, 40, 10]]);
  assert.deepEqual(pixels(ring), pixels(asMask(polygon([two.points[0]]))));
  assert.equal(parts(box(0, 0, 9, 9)).length, 0);
});

test('a cut makes two pieces that share no pixel and leave none out', () => {
  const random = dice(9);
  let cuts = 0;
  for (let round = 0; round < 40; round += 1) {
    const outline = makers['hand drawn'](random);
    if (!isSimple(outline)) continue;
    const [a, b] = [[-5, random() * 60], [70, random() * 60]];
    for (const label of [polygon(outline), asMask(polygon(outline))]) {
      const pieces = sliced(label, a, b);
      if (!pieces) continue;
      cuts += 1;
      const [one, other] = pieces.map(pixels);
      const whole = pixels(label);
      assert.deepEqual([...one.keys()].filter((i) => one[i] + other[i] !== whole[i]), []);
      assert.equal(pieces[0].shape, label.shape);
    }
  }
  assert.ok(cuts > 20, `${cuts}`);
});

test('a box is cut into boxes, or into polygons aslant; the larger piece comes first', () => {
  assert.deepEqual(sliced(box(0, 0, 30, 10), [20, -5], [20, 15]), [box(0, 0, 20, 10), box(20, 0, 30, 10)]);
  const [large, small] = sliced(box(0, 0, 30, 10), [0, -5], [15, 15]);
  assert.deepEqual([large.shape, small.shape], ['polygon', 'polygon']);
  assert.ok(large.points[0][0].some(([x, y]) => x === 30 && y === 0));
});

test('a cut that ends inside cuts nothing; an arm that it does not reach stays', () => {
  assert.equal(sliced(box(0, 0, 30, 10), [20, -5], [20, 5]), null);
  assert.equal(sliced(box(0, 0, 30, 10), [40, -5], [40, 15]), null);
  assert.equal(sliced(box(0, 0, 30, 10), [5, 5], [5, 5]), null);
  const fork = polygon([[[[0, 0], [40, 0], [40, 30], [30, 30], [30, 10], [10, 10], [10, 30], [0, 30]]]]);
  const [rest, arm] = sliced(fork, [-5, 20], [15, 20]);
  assert.deepEqual([rest.box, arm.box], [[0, 0, 40, 30], [0, 20, 10, 30]]);
  const [, arms] = sliced(fork, [-5, 20], [45, 20]);
  assert.deepEqual([arms.points.length, arms.box], [2, [0, 20, 40, 30]]);
});
