/** One tile of the media grid: created, updated, with its shapes. */
import { h, icon } from '../ui/dom.js';
import { ngettext, num, t } from '../i18n.js';

/**
 * @typedef {{id: string, n: string, t: string | null, s: string, w: string, c: number, x?: string, r?: string, d?: string}} Tile
 * @typedef {{w: number, h: number, p: [number, string, boolean, string][]}} Overlay
 */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} key the key of the status @param {string} name */
function statusIcon(key, name) {
  const mark = icon(`st-${key}`);
  mark.classList.add('st-icon');
  return h('span', { class: 'st', 'data-status': key, role: 'img', 'aria-label': name, title: name }, mark);
}

/** The accessible name of a tile: name, problem or why it was sent back, number of objects. @param {Tile} tile */
function label(tile) {
  const { r: reason } = tile;
  return reason ? `${nameOf(tile)}. ${t('Sent back: {reason}', { reason })}` : nameOf(tile);
}

/** @param {Tile} tile */
function nameOf(tile) {
  if (tile.x) return t('Open {name}: {why}', { name: tile.n, why: tile.x });
  if (tile.d) return t('Play {name}, {length}', { name: tile.n, length: tile.d });
  if (tile.d === '') return t('Open {name}: it is being processed', { name: tile.n });
  if (!tile.c) return t('Open {name}', { name: tile.n });
  return ngettext('Open {name}, {n} object', 'Open {name}, {n} objects', tile.c, { name: tile.n });
}

/** Shows on a tile why its image was sent back, or no longer. @param {Element} pic @param {Tile} tile */
function showReason(pic, tile) {
  pic.querySelector('.back')?.remove();
  if (!tile.r) return;
  const text = t('Sent back: {reason}', { reason: tile.r });
  pic.append(h('span', { class: 'back clip', title: text, text }));
}

/** What a tile shows: a picture, why there is none, or that a video is being read. @param {Tile} tile */
const shows = (tile) => (tile.x ? `x${tile.x}` : tile.t ? 't' : tile.d === '' ? 'd' : '');

/** @param {HTMLElement} pic @param {Tile} tile @param {boolean} later */
function showPicture(pic, tile, later) {
  pic.querySelectorAll('img, .why, .len, svg.over').forEach((part) => part.remove());
  pic.dataset.shows = shows(tile);
  const parts = [];
  if (tile.x) parts.push(h('span', { class: 'why' }, icon('triangle-alert', 'l'), h('span', { text: tile.x })));
  else if (tile.t) parts.push(h('img', { alt: '', decoding: 'async', [later ? 'data-src' : 'src']: tile.t }));
  else if (tile.d === '') parts.push(h('span', { class: 'why wait' }, icon('play', 'l'), h('span', { text: t('Processing') })));
  if (tile.d) parts.push(h('span', { class: 'len', text: tile.d }));
  pic.prepend(...parts);
}

/** A placeholder tile for an image that is not loaded. */
export function emptyTile() {
  return h('div', { class: 'tile', role: 'listitem', 'aria-busy': 'true' }, h('span', { class: 'pic' }), h('div', { class: 'meta' }, h('span', { class: 'clip grow', text: ' ' })));
}

/**
 * Fills a tile. `later` stores the image URL in data-src, for a list that is being scrolled fast.
 * @param {HTMLElement} element @param {Tile} tile @param {string} query @param {boolean} later
 */
export function fillTile(element, tile, query, later) {
  element.removeAttribute('aria-busy');
  element.dataset.id = tile.id;
  const pick = h('span', { class: 'pick' }, h('input', { type: 'checkbox', tabindex: '-1', 'aria-label': t('Select {name}', { name: tile.n }) }));
  const href = `/label/${tile.id}/${query ? `?${query}` : ''}`;
  const pic = h('a', { class: 'pic', tabindex: '-1', href, 'aria-label': label(tile) });
  showPicture(pic, tile, later);
  if (tile.c) pic.append(h('span', { class: 'n', text: num(tile.c) }));
  showReason(pic, tile);
  element.replaceChildren(pick, pic, h('div', { class: 'meta' }, statusIcon(tile.s, tile.w), h('a', { class: 'clip grow', tabindex: '-1', href, title: tile.n, text: tile.n })));
}

/** Updates a tile without reloading its image or losing focus. @param {HTMLElement} element @param {Tile} tile */
export function updateTile(element, tile) {
  element.querySelector('.meta .st')?.replaceWith(statusIcon(tile.s, tile.w));
  const name = element.querySelector('.meta .clip');
  if (name) {
    name.textContent = tile.n;
    name.setAttribute('title', tile.n);
  }
  const pic = element.querySelector('.pic');
  pic?.setAttribute('aria-label', label(tile));
  // Tiles that the server rendered say nothing yet of what they show.
  if (pic instanceof HTMLElement && tile.d !== undefined && pic.dataset.shows !== shows(tile)) showPicture(pic, tile, false);
  if (pic) showReason(pic, tile);
  let count = element.querySelector('.n');
  if (tile.c && !count) pic?.append((count = h('span', { class: 'n' })));
  if (count && tile.c) count.textContent = num(tile.c);
  else count?.remove();
  const image = element.querySelector('img');
  if (image && tile.t && image.getAttribute('src') !== tile.t && !image.dataset.src) image.src = tile.t;
}

/** Loads the images that were deferred. @param {ParentNode} root */
export function showImages(root) {
  for (const image of root.querySelectorAll('img[data-src]')) {
    if (!(image instanceof HTMLImageElement)) continue;
    image.src = image.dataset.src ?? '';
    delete image.dataset.src;
  }
}

/**
 * Draws the shapes over a tile's image; `fit` is how the image fills it: "slice" covers it, "meet" lies within.
 * @param {HTMLElement} element @param {Overlay | null} overlay @param {'slice' | 'meet'} [fit]
 */
export function drawShapes(element, overlay, fit = 'slice') {
  element.querySelector('svg.over')?.remove();
  const pic = element.querySelector('.pic');
  if (!overlay || !pic || !pic.querySelector('img')) return;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'over');
  svg.setAttribute('viewBox', `0 0 ${overlay.w} ${overlay.h}`);
  svg.setAttribute('preserveAspectRatio', `xMidYMid ${fit}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const kind of ['shape halo', 'shape']) {
    for (const [slot, color, isSuggested, d] of overlay.p) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', kind);
      path.setAttribute('d', d);
      if (slot) path.dataset.label = String(slot);
      else path.style.setProperty('--c', color || '#808890');
      if (isSuggested && kind === 'shape') path.dataset.suggested = '';
      svg.append(path);
    }
  }
  pic.querySelector('img')?.after(svg);
}
