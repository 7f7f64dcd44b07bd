import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HIDDEN, KEEP_RANK } from '../../../static/src/workers/format.js';
import { Table } from '../../../static/src/workers/table.js';
import { packLabels } from '../../../static/src/editor/view/pack.js';
import { box, random } from '../view/samples.js';

const NONE = new Set();
const NO_SLOTS = new Uint32Array(0);

/** @param {any[]} labels @param {number[]} slots @param {number[]} ranks @param {number[]} [flags] */
function pack(labels, slots, ranks, flags = []) {
  return packLabels(labels, {
    slot: (_, i) => slots[i], rank: (_, i) => ranks[i], concept: () => 0, flags: (l) => flags[labels.indexOf(l)] ?? 0, classes: new Map(),
  });
}

function loaded(boxes, flags) {
  const table = new Table();
  const slots = boxes.map((_, i) => i);
  table.load(pack(boxes.map((b, i) => box(`b${i}`, b)), slots, slots, flags));
  return table;
}

test('shapes that meet the rectangle come in draw order, hidden and excluded ones do not', () => {
  const table = loaded([[0, 0, 10, 10], [5, 5, 20, 20], [100, 100, 110, 110], [8, 8, 9, 9]], [0, 0, 0, HIDDEN]);
  assert.deepEqual([...table.query(0, 0, 30, 30, NONE)], [0, 1]);
  assert.deepEqual([...table.query(0, 0, 30, 30, new Set([0]))], [1]);
  assert.deepEqual([...table.query(-50, -50, 500, 500, NONE)], [0, 1, 2]);
  assert.deepEqual([...table.query(105, 105, 106, 106, NONE)], [2]);
  assert.deepEqual([...table.query(40, 40, 50, 50, NONE)], []);
});

test('a changed shape is found where it is now, a removed one nowhere', () => {
  const table = loaded([[0, 0, 10, 10], [50, 50, 60, 60], [200, 200, 210, 210]]);
  table.patch(pack([box('b0', [100, 100, 110, 110])], [0], [KEEP_RANK]), Uint32Array.of(1));
  assert.deepEqual([...table.query(0, 0, 20, 20, NONE)], []);
  assert.deepEqual([...table.query(90, 90, 120, 120, NONE)], [0]);
  assert.deepEqual([...table.query(45, 45, 65, 65, NONE)], []);
  assert.equal(table.live, 2);
});

test('a new order of everything changes what is drawn first', () => {
  const table = loaded([[0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]]);
  table.reorder(Uint32Array.of(2, 0, 1));
  assert.deepEqual([...table.query(1, 1, 2, 2, NONE)], [2, 0, 1]);
  table.patch(pack([box('b3', [0, 0, 10, 10])], [3], [3]), Uint32Array.of(0));
  assert.deepEqual([...table.query(1, 1, 2, 2, NONE)], [2, 1, 3]);
});

test('an empty table can be searched, and accepts shapes', () => {
  const table = new Table();
  table.load(pack([], [], []));
  assert.equal(table.query(0, 0, 10, 10, NONE).length, 0);
  table.patch(pack([box('a', [1, 1, 2, 2])], [0], [0]), NO_SLOTS);
  assert.deepEqual([...table.query(0, 0, 10, 10, NONE)], [0]);
});

test('after 500 changes a new index is wanted; it finds the same and forgets old numbers', () => {
  const table = loaded(Array.from({ length: 600 }, (_, i) => [i, 0, i + 1, 1]));
  for (let i = 0; i < 501; i++) table.patch(pack([box(`b${i}`, [i, 50, i + 1, 51])], [i], [KEEP_RANK]), NO_SLOTS);
  assert.equal(table.needsIndex, true);
  const before = [...table.query(100, 0, 120, 60, NONE)];
  table.buildIndex();
  assert.equal(table.needsIndex, false);
  assert.deepEqual([...table.query(100, 0, 120, 60, NONE)], before);
});

test('a random history of changes is searched as a plain list would be', () => {
  const next = random(11);
  const some = () => [next() * 900, next() * 900].flatMap((v) => [v]).concat([0, 0]).map((v, i, a) => (i < 2 ? v : a[i - 2] + next() * 80));
  const all = new Map(Array.from({ length: 300 }, (_, i) => [i, { box: some(), rank: i }]));
  const table = loaded([...all.values()].map((s) => s.box));
  let slots = 300;
  for (let step = 0; step < 400; step++) {
    const keys = [...all.keys()];
    const slot = keys[Math.floor(next() * keys.length)];
    const what = next();
    if (what < 0.5) {
      all.get(slot).box = some();
      table.patch(pack([box('x', all.get(slot).box)], [slot], [KEEP_RANK]), NO_SLOTS);
    } else if (what < 0.7) {
      all.delete(slot);
      table.patch(pack([], [], []), Uint32Array.of(slot));
    } else if (what < 0.95) {
      const shape = { box: some(), rank: table.ranks };
      all.set(slots, shape);
      table.patch(pack([box('x', shape.box)], [slots++], [shape.rank]), NO_SLOTS);
    } else {
      table.buildIndex();
    }
    const [x0, y0, x1, y1] = [next() * 900, next() * 900, 0, 0].map((v, i, a) => (i < 2 ? v : a[i - 2] + next() * 300));
    const expected = [...all].filter(([, { box: b }]) => b[0] <= x1 && b[2] >= x0 && b[1] <= y1 && b[3] >= y0)
      .sort((a, b) => a[1].rank - b[1].rank).map(([s]) => s);
    assert.deepEqual([...table.query(x0, y0, x1, y1, NONE)], expected, `step ${step}`);
  }
});
