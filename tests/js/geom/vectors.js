/** Reads the geometry vectors that Python made; nothing else belongs here. */
import { readFileSync } from 'node:fs';

/** @param {string} name of a file in fixtures/geometry @returns {any} */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/geometry/${name}`, import.meta.url), 'utf8'));
}

/** The bits of rows like "..#". @param {string[]} rows */
export function bitsOf(rows) {
  return Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0));
}

/** @param {number} actual @param {number} expected */
export function isClose(actual, expected) {
  return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
