/**
 * Which pixels a brush covers: those whose center lies in the disc that is swept from one place to the next; half-open
 * like polygons (mask.js). Pure functions, no pixel is drawn.
 */

/** @import {Point} from '../types/geometry' */

/** A disc of this radius has the center of a pixel in it, wherever it is. */
const LEAST = 0.75;

/**
 * The disc of a brush at a place. The smallest brush covers the pixel that it is in; all others lie where they are.
 * @param {number} x @param {number} y image pixels @param {number} size of the brush: pixels across
 * @param {number} [pressure] 0 to 1, of a pen
 * @returns {Disc}
 *
 * @typedef {{x: number, y: number, r: number}} Disc
 */
export function discOf(x, y, size, pressure = 1) {
  if (size <= 1) return { x: Math.floor(x) + 0.5, y: Math.floor(y) + 0.5, r: 0.5 };
  return { x, y, r: Math.max(LEAST, (size / 2) * pressure) };
}

/**
 * Calls `visit` with the pixels of each row that the disc covers on its way from a to b, inside an image.
 * @param {Disc} a @param {Disc} b its radius changes evenly on the way
 * @param {{width: number, height: number}} image
 * @param {(y: number, from: number, to: number) => void} visit `to` exclusive
 */
export function sweep(a, b, { width, height }, visit) {
  const sides = sidesOf(a, b);
  const bottom = Math.min(height, Math.ceil(Math.max(a.y + a.r, b.y + b.r) - 0.5));
  for (let row = Math.max(0, Math.ceil(Math.min(a.y - a.r, b.y - b.r) - 0.5)); row < bottom; row += 1) {
    const y = row + 0.5;
    // the area is convex: between its leftmost and its rightmost crossing all of a row is inside
    const [halfA, halfB] = [half(a, y), half(b, y)];
    let low = Math.min(a.x - halfA, b.x - halfB);
    let high = Math.max(a.x + halfA, b.x + halfB);
    for (let i = 0; i < sides.length; i += 1) {
      const [xa, ya] = sides[i];
      const [xb, yb] = sides[(i + 1) % sides.length];
      if (ya <= y === yb <= y) continue;
      const x = xa + ((y - ya) * (xb - xa)) / (yb - ya);
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    const from = Math.max(0, Math.ceil(low - 0.5));
    const to = Math.min(width, Math.ceil(high - 0.5));
    if (from < to) visit(row, from, to);
  }
}

/** Half the length of the chord of a disc at y; -Infinity where there is none. @param {Disc} disc @param {number} y */
function half(disc, y) {
  const left = disc.r * disc.r - (y - disc.y) * (y - disc.y);
  return left > 0 ? Math.sqrt(left) : -Infinity;
}

/** The quadrangle between two discs, from tangent to tangent; none when one lies in the other. @param {Disc} a @param {Disc} b @returns {Point[]} */
export function sidesOf(a, b) {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length <= Math.abs(a.r - b.r)) return [];
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const along = (a.r - b.r) / length;
  const across = Math.sqrt(1 - along * along);
  const [lx, ly] = [ux * along - uy * across, uy * along + ux * across];
  const [rx, ry] = [ux * along + uy * across, uy * along - ux * across];
  return [
    [a.x + a.r * lx, a.y + a.r * ly], [b.x + b.r * lx, b.y + b.r * ly],
    [b.x + b.r * rx, b.y + b.r * ry], [a.x + a.r * rx, a.y + a.r * ry],
  ];
}
