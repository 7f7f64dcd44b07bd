import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discOf, sweep } from '../../../static/src/editor/geom/brush.js';
import { Rows, difference, holeAt, maskDelta } from '../../../static/src/editor/geom/rows.js';
import { encodeRuns } from '../../../static/src/editor/geom/mask.js';
import { bitsOf, vectors } from './vectors.js';

const IMAGE = { width: 24, height: 16 };

/** @param {number[][]} discs @param {{width: number, height: number}} image */
function painted(discs, image) {
  const rows = new Rows();
  const all = discs.map(([x, y, r]) => ({ x, y, r }));
  for (let i = 0; i < Math.max(1, all.length - 1); i += 1) sweep(all[i], all[i + 1] ?? all[i], image, (y, from, to) => rows.add(y, from, to));
  return rows;
}

/** @param {Rows} rows the run list in the whole image */
function runsIn(rows, width = 24, height = 16) {
  const bits = new Uint8Array(width * height);
  for (const [y, spans] of rows.spans) for (let i = 0; i < spans.length; i += 2) bits.fill(1, y * width + spans[i], y * width + spans[i + 1]);
  return encodeRuns(bits);
}

/** @param {string[]} rows */
function rowsOf(rows) {
  const bits = bitsOf(rows);
  return Rows.of(encodeRuns(bits), [0, 0, rows[0].length, rows.length]);
}

let previous = new Rows();
for (const { name, discs, runs, changed } of vectors('strokes.json')) {
  test(`stroke: ${name}`, () => {
    const rows = painted(discs, IMAGE);
    assert.deepEqual(runsIn(rows), runs);
    assert.deepEqual(runsIn(difference(rows, previous)), changed);
    previous = rows;
  });
}

for (const { name, rows, runs, bounds } of vectors('bitmaps.json')) {
  test(`rows: ${name}`, () => {
    const [width, height] = [rows[0].length, rows.length];
    const mask = rowsOf(rows);
    assert.deepEqual(runsIn(mask, width, height), runs);
    assert.deepEqual(mask.bounds, bounds);
    const tight = mask.toMask();
    if (tight) assert.deepEqual(runsIn(Rows.of(tight.mask, tight.box), width, height), runs);
    else assert.equal(runs.length, 0);
  });
}

test('setting and clearing spans in any order equals doing it pixel by pixel', () => {
  let seed = 7;
  const next = (/** @type {number} */ n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const [rows, bits] = [new Rows(), new Uint8Array(60)];
  for (let i = 0; i < 2000; i += 1) {
    const from = next(60);
    const to = Math.min(60, from + 1 + next(9));
    const isSet = next(2) === 1;
    if (isSet) rows.add(0, from, to);
    else rows.remove(0, from, to);
    bits.fill(isSet ? 1 : 0, from, to);
    assert.deepEqual(runsIn(rows, 60, 1), encodeRuns(bits));
  }
});

test('a stroke of any size has no gaps: one piece, from pixel to pixel', () => {
  for (const size of [1, 2, 3, 7, 20]) {
    for (let way = 0; way < 24; way += 1) {
      const [dx, dy] = [Math.cos(way / 3.8), Math.sin(way / 3.8)];
      const discs = [0, 9, 31].map((d) => discOf(50.3 + d * dx, 50.7 + d * dy, size)).map(({ x, y, r }) => [x, y, r]);
      const rows = painted(discs, { width: 100, height: 100 });
      const [, top, , bottom] = /** @type {number[]} */ (rows.bounds);
      for (let y = top; y < bottom; y += 1) {
        const spans = rows.spans.get(y);
        const below = rows.spans.get(y + 1);
        assert.ok(spans, `size ${size}, way ${way}, row ${y}`);
        if (below) assert.ok(below[0] <= spans[spans.length - 1] && spans[0] <= below[below.length - 1]);
      }
    }
  }
});

test('the smallest brush covers one pixel, and pressure makes a large one smaller', () => {
  assert.deepEqual(runsIn(painted([Object.values(discOf(3.99, 2.01, 1))], IMAGE)), [2 * 24 + 4, 1]);
  assert.equal(discOf(5, 5, 100).r, 50);
  assert.equal(discOf(5, 5, 100, 0.5).r, 25);
  assert.ok(runsIn(painted([Object.values(discOf(5, 5, 100, 0))], IMAGE)).length > 0);
});

const HOLES = ['..........', '.######...', '.#....#...', '.#.##.#..#', '.#....#.#.', '.######.#.', '.......###', '#.#...#..#', '.#....#..#', '..........'];

test('a click into a closed outline finds what it closes in', () => {
  const mask = rowsOf(HOLES);
  assert.equal(runsIn(/** @type {Rows} */ (holeAt(mask, 2, 2, 100, 100)), 10, 10).join(), '23,4,33,1,36,1,43,4');
  assert.equal(holeAt(mask, 3, 3, 100, 100), null); // set
  assert.equal(holeAt(mask, 0, 0, 100, 100), null); // open
  assert.equal(holeAt(mask, 7, 8, 100, 100), null); // open below
  assert.equal(holeAt(mask, 50, 50, 100, 100), null); // far away
});

test('the end of the image closes, too', () => {
  const mask = rowsOf(['..#', '..#', '###']);
  assert.deepEqual(runsIn(/** @type {Rows} */ (holeAt(mask, 0, 0, 9, 9)), 3, 3), [1, 2, 4, 2]);
});

test('what changes of a mask says how large it is afterwards; nothing when it stays the same', () => {
  const [a, b] = [rowsOf(['##..', '##..']).toMask(), rowsOf(['###.', '.##.']).toMask()];
  assert.ok(a && b);
  assert.deepEqual(maskDelta(a, b), { box: [0, 0, 3, 2], mask: [3, 2, 6, 1], area: 5 });
  assert.equal(maskDelta(a, a), null);
});
