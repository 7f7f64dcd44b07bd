/** Turns by an angle in degrees, exact for quarters. Pure functions. */

/** Cosine and sine, exact for quarters. @param {number} angle degrees @returns {[number, number]} */
export function rotation(angle) {
  if (angle % 90 === 0) return /** @type {[number, number][]} */ ([[1, 0], [0, 1], [-1, 0], [0, -1]])[(((angle / 90) % 4) + 4) % 4];
  return [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
}

/** How far a turned rectangle reaches. @param {number} width @param {number} height @param {number} angle degrees @returns {[number, number]} */
export function turnedSize(width, height, angle) {
  const [cos, sin] = rotation(angle).map(Math.abs);
  return [width * cos + height * sin, width * sin + height * cos];
}
