/** Draws one shape on a 2D canvas, identically in the worker and on the page; caches nothing but styles. */
import { BOX, SELECTED, HAS_KEYPOINTS, KEYPOINTS, MASK, MODEL, POINT_VISIBLE, POLYGON } from './format.js';

/** @typedef {import('./format.js').Rgb} Rgb */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/**
 * @typedef {object} Transform device = image * scale + offset
 * @property {number} scale
 * @property {number} dx
 * @property {number} dy
 * @property {number} ratio  device pixels per CSS pixel
 * @property {number} width   device pixels that can be seen
 * @property {number} height
 */

/**
 * @typedef {object} Style
 * @property {Rgb} rgb
 * @property {string} stroke
 * @property {string} halo
 * @property {string} fill
 * @property {string} fillOn
 * @property {string} fillModel
 * @property {string} block   for shapes too small to have an outline
 * @property {number} maskAlpha
 */

/** A mask with more pixels than this is rendered at a lower resolution. */
const MASK_PIXELS = 32e6;

/** Levels of detail, finest first. */
export const FINE = 0;
export const PLAIN = 1;
export const LINES = 2;
export const BLOCKS = 3;

/**
 * @param {Rgb} rgb @param {Rgb} ink
 * @param {{fill: number, outlines: boolean}} options
 * @returns {Style}
 */
export function makeStyle(rgb, ink, { fill, outlines }) {
  const on = (/** @type {number} */ share) => Math.min(0.95, outlines ? 0 : fill * share);
  const color = (/** @type {Rgb} */ c, /** @type {number} */ a) => `rgba(${c[0]},${c[1]},${c[2]},${a.toFixed(3)})`;
  return {
    rgb,
    stroke: `rgb(${rgb[0]},${rgb[1]},${rgb[2]})`,
    halo: color(ink, 0.72),
    fill: color(rgb, on(1)),
    fillOn: color(rgb, on(2)),
    fillModel: color(rgb, on(0.4)),
    block: color(rgb, 0.63),
    maskAlpha: Math.max(0.15, on(2.5)),
  };
}

/**
 * Adds one ring to the path. Points nearer than `skip` device pixels to the one before are left out.
 * @param {Context} g @param {Float64Array} data @param {number} at of n
 * @param {Transform} t @param {number} skip
 * @returns {number} offset behind the ring
 */
function traceRing(g, data, at, t, skip) {
  const n = data[at];
  const end = at + 1 + 2 * n;
  let lastX = 0;
  let lastY = 0;
  for (let k = at + 1; k < end; k += 2) {
    const x = data[k] * t.scale + t.dx;
    const y = data[k + 1] * t.scale + t.dy;
    if (k === at + 1) g.moveTo(x, y);
    else if (Math.abs(x - lastX) + Math.abs(y - lastY) < skip) continue;
    else g.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
  if (n > 0) g.closePath();
  return end;
}

/**
 * Begins a path of one part: its outer ring and its holes.
 * @param {Context} g @param {Float64Array} data @param {number} at of the number of rings
 * @param {Transform} t @param {number} [skip]
 * @returns {number} offset behind the part
 */
export function tracePart(g, data, at, t, skip = 0.5) {
  g.beginPath();
  const rings = data[at++];
  for (let r = 0; r < rings; r++) at = traceRing(g, data, at, t, skip);
  return at;
}

/**
 * Strokes the current path: a halo in the ink of the class, the class color over it.
 * @param {Context} g @param {Style} style @param {number} flags @param {number} level @param {number} ratio
 */
function strokePath(g, style, flags, level, ratio) {
  const isOn = (flags & SELECTED) !== 0;
  if (level === FINE || isOn) {
    const width = isOn ? 3 : 2;
    g.strokeStyle = style.halo;
    g.lineWidth = (width + 2) * ratio;
    g.stroke();
    g.lineWidth = width * ratio;
  } else {
    g.lineWidth = 1;
  }
  g.strokeStyle = style.stroke;
  if (flags & MODEL) {
    g.setLineDash([7 * ratio, 4 * ratio]);
    g.stroke();
    g.setLineDash([]);
  } else {
    g.stroke();
  }
}

/** @param {Style} style @param {number} flags */
function fillOf(style, flags) {
  if (flags & SELECTED) return style.fillOn;
  return flags & MODEL ? style.fillModel : style.fill;
}

/**
 * @param {Context} g @param {Float64Array} data @param {number} at @param {Style} style
 * @param {number} flags @param {Transform} t @param {number} level
 * @returns {number} offset behind the geometry
 */
function paintPolygon(g, data, at, style, flags, t, level) {
  const parts = data[at++];
  const skip = level === FINE ? 0.5 : 1.5;
  for (let p = 0; p < parts; p++) {
    at = tracePart(g, data, at, t, skip);
    if (level <= PLAIN) {
      g.fillStyle = fillOf(style, flags);
      g.fill('evenodd');
    }
    strokePath(g, style, flags, level, t.ratio);
  }
  return at;
}

/**
 * Edges are put on whole device pixels, so that they are crisp.
 * @param {Context} g @param {ArrayLike<number>} box four numbers from `i` @param {number} i
 * @param {Style} style @param {number} flags @param {Transform} t @param {number} level
 */
function paintBox(g, box, i, style, flags, t, level) {
  const x = Math.round(box[i] * t.scale + t.dx);
  const y = Math.round(box[i + 1] * t.scale + t.dy);
  const width = Math.round(box[i + 2] * t.scale + t.dx) - x;
  const height = Math.round(box[i + 3] * t.scale + t.dy) - y;
  if (level <= PLAIN) {
    g.fillStyle = fillOf(style, flags);
    g.fillRect(x, y, width, height);
  }
  if (flags & MODEL || level > FINE) {
    g.beginPath();
    g.rect(x, y, width, height);
    strokePath(g, style, flags, level, t.ratio);
    return;
  }
  const line = flags & SELECTED ? 3 : 2;
  g.strokeStyle = style.halo;
  g.lineWidth = (line + 2) * t.ratio;
  g.strokeRect(x, y, width, height);
  g.strokeStyle = style.stroke;
  g.lineWidth = line * t.ratio;
  g.strokeRect(x, y, width, height);
}

/**
 * A filled block for shapes of a few pixels.
 * @param {Context} g @param {ArrayLike<number>} box @param {number} i @param {Style} style @param {Transform} t
 */
export function paintBlock(g, box, i, style, t) {
  const x = Math.round(box[i] * t.scale + t.dx);
  const y = Math.round(box[i + 1] * t.scale + t.dy);
  g.fillStyle = style.block;
  g.fillRect(
    x,
    y,
    Math.max(1, Math.round(box[i + 2] * t.scale + t.dx) - x),
    Math.max(1, Math.round(box[i + 3] * t.scale + t.dy) - y),
  );
}

/**
 * The tinted image of a mask, opaque where the mask is: one pixel each, or of very large masks every second, third...
 * @param {Float64Array} data @param {number} at @param {Rgb} rgb
 * @param {(width: number, height: number) => OffscreenCanvas | HTMLCanvasElement} makeCanvas
 */
export function maskCanvas(data, at, rgb, makeCanvas) {
  const width = data[at + 2];
  const height = data[at + 3];
  const step = Math.ceil(Math.sqrt((width * height) / MASK_PIXELS));
  const canvas = makeCanvas(Math.ceil(width / step), Math.ceil(height / step));
  const g = /** @type {Context} */ (canvas.getContext('2d'));
  const image = new ImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  const word = new Uint32Array(new Uint8Array([...rgb, 255]).buffer)[0];
  const end = at + 5 + data[at + 4];
  for (let k = at + 5; k < end; k += 2) {
    if (step === 1) words.fill(word, data[k] - 1, data[k] - 1 + data[k + 1]);
    else fillRun(words, word, data[k] - 1, data[k + 1], width, step, canvas.width);
  }
  g.putImageData(image, 0, 0);
  return canvas;
}

/**
 * One run of a mask in a smaller image of it.
 * @param {Uint32Array} words @param {number} word @param {number} start 0-based @param {number} length
 * @param {number} width of the mask @param {number} step @param {number} stride width of the image
 */
function fillRun(words, word, start, length, width, step, stride) {
  for (let from = start; from < start + length; ) {
    const row = Math.floor(from / width);
    const to = Math.min(start + length, (row + 1) * width);
    const base = (row / step) * stride - row * (width / step);
    if (row % step === 0) words.fill(word, Math.ceil(base + from / step), Math.ceil(base + to / step));
    from = to;
  }
}

/**
 * Only the part of the mask that is on the canvas is drawn: at 64x a mask is wider than a canvas may be.
 * @param {Context} g @param {CanvasImageSource} image @param {Float64Array} data @param {number} at
 * @param {Style} style @param {Transform} t
 */
function paintMask(g, image, data, at, style, t) {
  const [x0, y0, width, height] = [data[at], data[at + 1], data[at + 2], data[at + 3]];
  const toImage = (/** @type {number} */ device, /** @type {number} */ offset) => (device - offset) / t.scale;
  const left = Math.max(0, Math.floor(toImage(0, t.dx) - x0));
  const top = Math.max(0, Math.floor(toImage(0, t.dy) - y0));
  const right = Math.min(width, Math.ceil(toImage(t.width, t.dx) - x0));
  const bottom = Math.min(height, Math.ceil(toImage(t.height, t.dy) - y0));
  if (right <= left || bottom <= top) return;
  g.imageSmoothingEnabled = t.scale < 1;
  g.globalAlpha = style.maskAlpha;
  const x = (x0 + left) * t.scale + t.dx;
  const y = (y0 + top) * t.scale + t.dy;
  const { width: own, height: tall } = /** @type {HTMLCanvasElement} */ (image);
  const [kx, ky] = [own / width, tall / height];
  g.drawImage(
    image, left * kx, top * ky, (right - left) * kx, (bottom - top) * ky,
    x, y, (right - left) * t.scale, (bottom - top) * t.scale,
  );
  g.globalAlpha = 1;
}

/**
 * Skeleton edges between the points of a label, then the points: visible ones filled, occluded ones hollow.
 * @param {Context} g @param {Float64Array} data @param {number} at of the schema number
 * @param {Style} style @param {Transform} t
 * @param {import('./format.js').Schema[]} schemas
 */
function paintKeypoints(g, data, at, style, t, schemas) {
  const schema = schemas[data[at]];
  const n = data[at + 1];
  const first = at + 2;
  /** @type {Map<number, number>} */
  const places = new Map();
  for (let i = 0; i < n; i++) places.set(data[first + 4 * i + 3], first + 4 * i);
  g.lineCap = 'round';
  for (let e = 0; schema && e < schema.edges.length; e += 5) {
    const a = places.get(schema.edges[e]);
    const b = places.get(schema.edges[e + 1]);
    if (a === undefined || b === undefined) continue;
    g.beginPath();
    g.moveTo(data[a] * t.scale + t.dx, data[a + 1] * t.scale + t.dy);
    g.lineTo(data[b] * t.scale + t.dx, data[b + 1] * t.scale + t.dy);
    g.strokeStyle = style.halo;
    g.lineWidth = 4 * t.ratio;
    g.stroke();
    const [red, green, blue] = schema.edges.subarray(e + 2, e + 5);
    g.strokeStyle = red < 0 ? style.stroke : `rgb(${red},${green},${blue})`;
    g.lineWidth = 2 * t.ratio;
    g.stroke();
  }
  g.lineCap = 'butt';
  for (let k = first; k < first + 4 * n; k += 4) paintPoint(g, data, k, style, t);
}

/** @param {Context} g @param {Float64Array} data @param {number} k @param {Style} style @param {Transform} t */
function paintPoint(g, data, k, style, t) {
  const x = data[k] * t.scale + t.dx;
  const y = data[k + 1] * t.scale + t.dy;
  const isVisible = data[k + 2] === POINT_VISIBLE;
  g.beginPath();
  g.arc(x, y, (isVisible ? 4 : 4.5) * t.ratio, 0, 2 * Math.PI);
  g.strokeStyle = style.halo;
  g.lineWidth = (isVisible ? 2 : 4) * t.ratio;
  g.stroke();
  if (isVisible) {
    g.fillStyle = style.stroke;
    g.fill();
  } else {
    g.strokeStyle = style.stroke;
    g.lineWidth = 2 * t.ratio;
    g.stroke();
  }
}

/**
 * @typedef {object} ShapeRow One shape in the arrays of a table or a pack.
 * @property {number} kind @property {number} flags
 * @property {ArrayLike<number>} box @property {number} boxAt
 * @property {Float64Array} data @property {number} at
 */

/**
 * Draws a shape with its keypoints.
 * @param {Context} g @param {ShapeRow} row @param {Style} style @param {Transform} t
 * @param {{level?: number, schemas: import('./format.js').Schema[], mask: (row: ShapeRow, style: Style) => CanvasImageSource}} how
 */
export function paintShape(g, row, style, t, how) {
  const level = how.level ?? FINE;
  let at = row.at;
  if (row.kind === POLYGON) {
    at = paintPolygon(g, row.data, at, style, row.flags, t, level);
  } else if (row.kind === MASK) {
    paintMask(g, how.mask(row, style), row.data, at, style, t);
    at += 5 + row.data[at + 4];
  } else if (row.kind === BOX) {
    paintBox(g, row.box, row.boxAt, style, row.flags, t, level);
  }
  if (row.kind === KEYPOINTS && row.flags & SELECTED) paintFrame(g, row, style, t);
  if (row.flags & HAS_KEYPOINTS) paintKeypoints(g, row.data, at, style, t, how.schemas);
}

/** The thin frame around selected keypoints. @param {Context} g @param {ShapeRow} row @param {Style} style @param {Transform} t */
function paintFrame(g, row, style, t) {
  const [x0, y0, x1, y1] = [0, 1, 2, 3].map((i) => row.box[row.boxAt + i] * t.scale + (i % 2 ? t.dy : t.dx));
  g.setLineDash([2 * t.ratio, 3 * t.ratio]);
  g.strokeStyle = style.stroke;
  g.lineWidth = t.ratio;
  g.strokeRect(Math.round(x0) + 0.5, Math.round(y0) + 0.5, Math.round(x1 - x0), Math.round(y1 - y0));
  g.setLineDash([]);
}
