/** Turns CSS colors of any notation into red, green, blue; the page's own tokens included. */

/** @typedef {import('../../workers/format.js').Rgb} Rgb */

/**
 * Reads colors as the page shows them. One probe element and one canvas pixel do the work.
 * @param {HTMLElement} element whose tokens (var(--x), light-dark) count
 */
export function createColorReader(element) {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  /** @type {Map<string, Rgb>} */
  const known = new Map();

  /** @param {string} css @param {Rgb} fallback @returns {Rgb} */
  const measure = (css, fallback) => {
    probe.style.color = '';
    probe.style.color = css;
    if (!probe.style.color) return fallback;
    g.clearRect(0, 0, 1, 1);
    g.fillStyle = getComputedStyle(probe).color;
    g.fillRect(0, 0, 1, 1);
    const [red, green, blue] = g.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };

  return {
    /** @param {string} css @param {Rgb} [fallback] for what is no color @returns {Rgb} */
    read(css, fallback = [128, 128, 128]) {
      let rgb = known.get(css);
      if (!rgb) {
        rgb = measure(css, fallback);
        known.set(css, rgb);
      }
      return rgb;
    },
    /** The theme changed: everything is read again. */
    forget: () => known.clear(),
    destroy: () => probe.remove(),
  };
}
