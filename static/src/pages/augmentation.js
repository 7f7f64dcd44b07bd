/** Augmentation lists: the sliders and switches of one, and the preview that follows them. */
import { t, num } from '../i18n.js';
import { h, postJson, readResponse, requestHeaders } from '../ui/dom.js';
import { applyResponse, clearErrors, errorMessage, showError, startPage } from './_page.js';

/** How long a slider rests before the preview is asked for, in ms. */
const REST_MS = 250;
const COPIES = 3;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {{name: string, enabled: boolean, params: Record<string, number>}} Transformation
 * @typedef {{slot: number, color: string, path: string, keypoints: [number, number, boolean][]}} PreviewLabel
 * @typedef {{width: number, height: number, image: string, labels: PreviewLabel[]}} Copy
 */

/** @param {string} unit @param {number} value */
function shown(unit, value) {
  if (unit === 'share') return `${num(Math.round(value * 100))}%`;
  if (unit === 'degrees') return `${num(value)}°`;
  return unit === 'pixels' ? t('{n} px', { n: num(value) }) : num(value);
}

/** Writes the values beside their sliders. @param {HTMLElement} root */
function writeValues(root) {
  for (const input of root.querySelectorAll('input[type="range"]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    const text = shown(input.dataset.unit ?? '', input.valueAsNumber);
    input.setAttribute('aria-valuetext', text);
    if (input.nextElementSibling) input.nextElementSibling.textContent = text;
  }
  for (const fieldset of root.querySelectorAll('[data-transformation]')) {
    fieldset.toggleAttribute('data-off', !fieldset.querySelector('[data-enabled]:checked'));
  }
}

/** @param {HTMLElement} root @returns {Transformation[]} */
function readTransformations(root) {
  return [...root.querySelectorAll('[data-transformation]')].map((fieldset) => ({
    name: fieldset.getAttribute('data-transformation') ?? '',
    enabled: fieldset.querySelector('[data-enabled]:checked') !== null,
    params: Object.fromEntries([...fieldset.querySelectorAll('[data-param]')].map((input) => [input.getAttribute('data-param'), /** @type {HTMLInputElement} */ (input).valueAsNumber])),
  }));
}

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** @param {HTMLElement} root @param {HTMLFormElement} form */
function wire(root, form) {
  const preview = new Preview(root, () => ({ transformations: readTransformations(root), probability: field(form, 'probability').valueAsNumber }));
  const save = async () => {
    if (!form.reportValidity()) return;
    const body = {
      name: field(form, 'name').value,
      number_of_new_images: field(form, 'number_of_new_images').valueAsNumber,
      probability: field(form, 'probability').valueAsNumber,
      is_initial: field(form, 'is_initial').checked,
      transformations: readTransformations(root),
    };
    try {
      const response = await postJson(root.dataset.url ?? '', body);
      clearErrors(form);
      keepAsDefaults(form);
      const title = document.getElementById('l-t');
      if (title) title.textContent = body.name;
      applyResponse(response);
    } catch (error) {
      showError(form, error);
    }
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); save(); });
  form.addEventListener('reset', () => { requestAnimationFrame(() => { writeValues(root); preview.askSoon(); }); });
  form.addEventListener('input', () => { writeValues(root); preview.askSoon(); });
  addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    if (form.querySelector('[type="submit"]')) save();
  });
  document.getElementById('show-labels')?.addEventListener('change', (event) => {
    document.getElementById('previews')?.toggleAttribute('data-hides-labels', !(/** @type {HTMLInputElement} */ (event.target).checked));
  });
  writeValues(root);
  preview.ask();
}

/** Makes what a form holds now its state of a reset. @param {HTMLFormElement} form */
function keepAsDefaults(form) {
  for (const input of form.elements) {
    if (!(input instanceof HTMLInputElement)) continue;
    input.defaultValue = input.value;
    input.defaultChecked = input.checked;
  }
}

/** The copies of the project's images: asked for once the settings rest; what was asked before is cancelled. */
class Preview {
  /** @param {HTMLElement} root @param {() => {transformations: Transformation[], probability: number}} read */
  constructor(root, read) {
    this.url = root.dataset.preview ?? '';
    this.read = read;
    this.area = document.getElementById('previews');
    this.timer = 0;
    this.asking = new AbortController();
    /** @type {Map<Element, Element>} */
    this.originals = new Map();
  }

  askSoon() {
    clearTimeout(this.timer);
    this.asking.abort(); // its answer would end the waiting for the next one
    this.area?.setAttribute('aria-busy', 'true');
    this.timer = setTimeout(() => { this.ask(); }, REST_MS);
  }

  async ask() {
    if (!this.area) return;
    this.asking.abort();
    const asking = this.asking = new AbortController();
    const line = document.getElementById('preview-error');
    const settings = this.read();
    try {
      await Promise.all([...this.area.querySelectorAll('[data-media]')].map((figure) => this.fill(figure, settings, asking.signal)));
      if (line) line.textContent = '';
    } catch (error) {
      if (asking.signal.aborted) return;
      asking.abort();
      if (line) line.textContent = errorMessage(error);
    }
    this.area.setAttribute('aria-busy', 'false');
  }

  /** @param {Element} figure @param {{transformations: Transformation[], probability: number}} settings @param {AbortSignal} signal */
  async fill(figure, settings, signal) {
    const name = figure.getAttribute('data-name') ?? '';
    if (!this.originals.has(figure)) {
      const [original] = await this.fetch(figure, { transformations: [], probability: 0, copies: 1 }, signal);
      this.originals.set(figure, drawn(original, t('{name}, original', { name })));
    }
    const copies = await this.fetch(figure, { ...settings, copies: COPIES }, signal);
    const drawings = copies.map((copy, index) => drawn(copy, t('{name}, copy {n}', { name, n: index + 1 })));
    figure.querySelector('.copies-row')?.replaceChildren(/** @type {Element} */ (this.originals.get(figure)), ...drawings);
  }

  /** @param {Element} figure @param {object} wanted @param {AbortSignal} signal @returns {Promise<Copy[]>} */
  async fetch(figure, wanted, signal) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { ...requestHeaders(), 'Content-Type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ media: figure.getAttribute('data-media'), ...wanted }),
      signal,
    });
    return (await readResponse(response)).copies;
  }
}

/** A copy with its labels over it. @param {Copy} copy @param {string} alt */
function drawn(copy, alt) {
  const image = h('img', { src: copy.image, alt, width: copy.width, height: copy.height });
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${copy.width} ${copy.height}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const label of copy.labels) {
    const color = label.slot ? `var(--label-${label.slot})` : label.color;
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', label.path);
    path.style.setProperty('color', color);
    svg.append(path);
    for (const [x, y, isVisible] of label.keypoints) {
      const point = document.createElementNS(SVG, 'circle');
      point.setAttribute('cx', String(x));
      point.setAttribute('cy', String(y));
      point.setAttribute('r', '4');
      point.style.setProperty('color', color);
      point.toggleAttribute('data-occluded', !isVisible);
      svg.append(point);
    }
  }
  return h('div', { class: 'copy' }, image, svg);
}

startPage();

const root = document.getElementById('augmentation');
const form = document.getElementById('list-form');
if (root && form instanceof HTMLFormElement) wire(root, form);
