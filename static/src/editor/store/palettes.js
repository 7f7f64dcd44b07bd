/** Palettes whose colors are told apart with any color vision, and the classes in them. Pure functions. */

/** @import {Concept} from '../types/page' */

/**
 * okabe: Okabe and Ito, "Color Universal Design", 2008. wide: chosen one after the other as the farthest in OKLab from those before,
 * as seen with normal and without red, green or blue cones.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const PALETTES = Object.freeze({
  okabe: ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#000000'],
  wide: [
    '#ee7755', '#550044', '#3344ff', '#aaffff', '#aa2200', '#bb99ff', '#0000aa', '#eedd66', '#996699', '#664466', '#77ccbb', '#dd3344', '#770000', '#8877dd', '#55aa99', '#eeaa00',
  ],
});

/** The colors of objects, when each has its own. @param {string} palette */
export const objectColors = (palette) => PALETTES[palette] ?? PALETTES.wide;

/** Whether black is read better than white on a color. @param {readonly number[]} rgb 0 to 255 each */
export function isLight(rgb) {
  const [red, green, blue] = rgb.map((part) => (part / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}

/** Black or white, whichever is read better on a color. @param {string} color "#rrggbb" */
export const inkOn = (color) => (isLight([1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))) ? '#111111' : '#ffffff');

/** The classes in the colors of a palette, by their order; their own with none. @param {Concept[]} concepts @param {string} palette @returns {Concept[]} */
export function recolored(concepts, palette) {
  const colors = PALETTES[palette];
  if (!colors) return concepts;
  let next = 0;
  return concepts.map((concept) => {
    if (!concept.on_region) return concept;
    const color = colors[next++ % colors.length];
    return { ...concept, color, ink: inkOn(color), label_slot: 0 };
  });
}
