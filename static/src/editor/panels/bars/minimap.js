/** The whole image in small with the part that is seen; only when zoomed beyond fit. Press or drag goes there. */
import { signal } from '@preact/signals-core';
import { live } from '../live.js';
import { passWheel } from './hud.js';
import { toolOf } from './rail.js';
import { rotation, turnedSize } from '../../geom/turn.js';
import { h } from '../../../ui/dom.js';
import { t } from '../../../i18n.js';

/** @import {View} from '../../types/store' */

/** The size of the upright frame around the turned image, cosine and sine. @param {{width: number, height: number}} image @param {number} angle degrees */
function turned(image, angle) {
  const [width, height] = turnedSize(image.width, image.height, angle);
  const [cos, sin] = rotation(angle);
  return { width, height, cos, sin };
}

/** The image point at a place of the overview, given as shares of it. @param {number} across @param {number} down @param {{width: number, height: number}} image @param {number} angle degrees */
export function pointAt(across, down, image, angle) {
  const { width, height, cos, sin } = turned(image, angle);
  const [dx, dy] = [(across - 0.5) * width, (down - 0.5) * height];
  return { x: image.width / 2 + dx * cos + dy * sin, y: image.height / 2 + dy * cos - dx * sin };
}

/**
 * The seen part as shares of the turned image, cut at its edges; null when all of it is seen.
 * @param {View} view @param {{width: number, height: number}} image @param {{width: number, height: number}} stage CSS pixels
 */
export function seenPart(view, image, stage) {
  if (!(image.width > 0 && image.height > 0 && view.zoom > 0 && stage.width > 0)) return null;
  const { width, height, cos, sin } = turned(image, view.angle ?? 0);
  const [dx, dy] = [view.x - image.width / 2, view.y - image.height / 2];
  const [x, y] = [width / 2 + dx * cos - dy * sin, height / 2 + dx * sin + dy * cos];
  const halfW = stage.width / view.zoom / 2;
  const halfH = stage.height / view.zoom / 2;
  const cut = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
  const left = cut((x - halfW) / width);
  const right = cut((x + halfW) / width);
  const top = cut((y - halfH) / height);
  const bottom = cut((y + halfH) / height);
  const isWhole = left === 0 && top === 0 && right === 1 && bottom === 1;
  return isWhole ? null : { left, top, right, bottom };
}

/** @param {HTMLElement} host @param {import('../app').App} app @param {(x: number, y: number) => void} goTo image pixels */
export function mountMinimap(host, { store, stage: view }, goTo) {
  const image = h('img', { alt: '', draggable: 'false' });
  const part = h('b');
  host.replaceChildren(image, part);
  host.setAttribute('aria-hidden', 'true');
  host.title = t('Overview');
  const stage = /** @type {HTMLElement} */ (host.parentElement);
  const size = signal({ width: 0, height: 0 });
  const watcher = new ResizeObserver(([entry]) => { size.value = { width: entry.contentRect.width, height: entry.contentRect.height }; });
  watcher.observe(stage);

  const move = (/** @type {PointerEvent} */ event) => {
    const media = store.media.peek();
    const box = host.getBoundingClientRect();
    if (!media || !box.width) return;
    const { x, y } = pointAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, media, store.view.peek().angle ?? 0);
    goTo(x, y);
  };
  host.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    event.stopPropagation();
    host.setPointerCapture(event.pointerId);
    move(event);
  });
  passWheel(host, view);
  host.addEventListener('pointermove', (event) => { if (host.hasPointerCapture(event.pointerId)) move(event); });

  const end = live(() => {
    const media = store.media.value;
    const seen = media && seenPart(store.view.value, media, size.value);
    host.hidden = !seen;
    if (!seen || !media) return;
    if (image.getAttribute('src') !== media.thumbnail_url) image.src = media.thumbnail_url;
    host.toggleAttribute('data-faded', toolOf(store.tool.value).draws);
    const angle = store.view.value.angle ?? 0;
    const { width, height } = turned(media, angle);
    host.style.setProperty('aspect-ratio', `${width} / ${height}`);
    image.style.width = `${(100 * media.width) / width}%`;
    image.style.transform = angle ? `rotate(${angle}deg)` : '';
    part.style.setProperty('inset', `${seen.top * 100}% ${(1 - seen.right) * 100}% ${(1 - seen.bottom) * 100}% ${seen.left * 100}%`);
  });
  return () => {
    end();
    watcher.disconnect();
  };
}
