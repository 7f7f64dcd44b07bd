import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PALETTES, inkOn, recolored } from '../../../static/src/editor/store/palettes.js';

/** What is seen without one kind of cones (Machado, Oliveira and Fernandes, 2009, severity 1), in linear RGB. */
const VISIONS = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const times = (rows, v) => rows.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]);
const TO_CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]];
const TO_LAB = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]];

/** A color in OKLab as it is seen. */
function seen(color, vision) {
  const light = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const limited = times(vision, light).map((c) => Math.min(1, Math.max(0, c)));
  return times(TO_LAB, times(TO_CONES, limited).map(Math.cbrt));
}

test('any two colors of a palette are told apart with any color vision', () => {
  assert.deepEqual(Object.values(PALETTES).map((colors) => colors.length), [8, 16]);
  for (const [name, least] of [['okabe', 0.07], ['wide', 0.09]]) {
    for (const [vision, rows] of Object.entries(VISIONS)) {
      const colors = PALETTES[name].map((color) => seen(color, rows));
      for (const [i, a] of colors.entries()) for (const b of colors.slice(0, i)) assert.ok(Math.hypot(...a.map((v, k) => v - b[k])) > least, `${name}, ${vision}, ${PALETTES[name][i]}`);
    }
  }
});

test('classes of objects get the colors by their order, tags keep theirs, the stored classes stay', () => {
  const concept = (id, on_region) => /** @type {any} */ ({ id, on_region, color: 'red', ink: 'white', label_slot: 3 });
  const concepts = [concept('a', true), concept('t', false), ...Array.from({ length: 8 }, (_, i) => concept(`b${i}`, true))];
  const shown = recolored(concepts, 'okabe');
  assert.deepEqual(shown.slice(0, 3).map(({ color, ink, label_slot }) => [color, ink, label_slot]), [['#e69f00', '#111111', 0], ['red', 'white', 3], ['#56b4e9', '#111111', 0]]);
  assert.equal(shown[9].color, '#e69f00');
  assert.equal(concepts[0].color, 'red');
  assert.equal(recolored(concepts, ''), concepts);
  assert.deepEqual(['#000000', '#0000aa', '#aaffff'].map(inkOn), ['#ffffff', '#ffffff', '#111111']);
});
