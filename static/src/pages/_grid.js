/** The media grid: renders only the visible tiles of a list of any length and fetches the list in windows. */
import { getJson } from './_page.js';
import { drawShapes, emptyTile, fillTile, showImages, updateTile } from './_tiles.js';

/**
 * @typedef {import('./_tiles.js').Tile} Tile
 * @typedef {import('./_tiles.js').Overlay} Overlay
 * @typedef {{tiles: Tile[], start: number, total: number, query: string, window: number, urls: Record<string, string>}} Boot
 */

const SETTLED_MS = 90;
const ROWS_AROUND = 1;
const MAX_OVERLAYS = 1500;
const MAX_ITEMS = 5000;

export class Grid {
  /** @param {HTMLElement} element @param {Boot} boot @param {(element: HTMLElement, id: string, index: number) => void} onTile called when a tile shows a medium */
  constructor(element, boot, onTile) {
    this.element = element;
    this.boot = boot;
    this.onTile = onTile;
    this.total = boot.total;
    /** @type {Map<number, Tile>} */
    this.items = new Map(boot.tiles.map((tile, place) => [boot.start + place, tile]));
    /** @type {Map<number, HTMLElement>} rendered tiles by their index in the list */
    this.shown = new Map();
    /** @type {Set<number>} windows that are being fetched */
    this.pendingPages = new Set();
    /** @type {Map<string, Overlay | null>} */
    this.overlays = new Map();
    this.current = boot.start;
    this.first = 0;
    this.last = 0;
    this.settleTimer = 0;
    this.frame = 0;
    this.cols = 0;
    this.rowHeight = 0;
    this.isMoving = false;
    this.#adopt();
    this.measure();
    addEventListener('scroll', () => this.#onScroll(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(element);
    if (boot.start) scrollTo(0, this.topOf(boot.start));
    this.render();
    this.#settled();
  }

  /** Adopts the tiles that were rendered with the page. */
  #adopt() {
    for (const [place, child] of [...this.element.children].entries()) {
      if (!(child instanceof HTMLElement)) continue;
      const index = this.boot.start + place;
      this.shown.set(index, child);
      const tile = this.items.get(index);
      child.setAttribute('aria-posinset', String(index + 1));
      child.querySelector('.pic')?.setAttribute('tabindex', index === this.current ? '0' : '-1');
      if (tile) this.onTile(child, tile.id, index);
    }
  }

  /** Measures the number of tiles per row and the height of a row. */
  measure() {
    const tile = this.element.querySelector('.tile');
    if (!tile || !this.element.clientWidth) return;
    const style = getComputedStyle(this.element);
    const cols = style.gridTemplateColumns.split(' ').length;
    const height = tile.getBoundingClientRect().height + parseFloat(style.rowGap);
    if (cols === this.cols && Math.abs(height - this.rowHeight) < 0.01) return;
    const anchor = this.rowHeight ? Math.max(0, Math.floor((scrollY - this.top()) / this.rowHeight)) * this.cols : 0;
    this.cols = cols;
    this.rowHeight = height;
    if (anchor > 0) scrollTo(0, this.topOf(anchor));
    this.render();
  }

  top() {
    return this.element.getBoundingClientRect().top + scrollY;
  }

  /** The vertical position of the row of an image. @param {number} index */
  topOf(index) {
    return this.top() + Math.floor(index / Math.max(1, this.cols)) * this.rowHeight - 80;
  }

  #onScroll() {
    this.isMoving = true;
    clearTimeout(this.settleTimer);
    this.settleTimer = window.setTimeout(() => this.#settled(), SETTLED_MS);
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  #settled() {
    this.isMoving = false;
    showImages(this.element);
    this.#fetchMissing();
    this.#fetchOverlays();
  }

  /** Renders the tiles of the visible rows. */
  render() {
    if (!this.cols || !this.rowHeight) return;
    const rows = Math.ceil(this.total / this.cols);
    const offset = scrollY - this.top();
    const firstRow = Math.max(0, Math.min(rows - 1, Math.floor(offset / this.rowHeight)) - ROWS_AROUND);
    const lastRow = Math.min(rows, Math.ceil((offset + innerHeight) / this.rowHeight) + ROWS_AROUND);
    this.first = firstRow * this.cols;
    this.last = Math.min(this.total, Math.max(firstRow + 1, lastRow) * this.cols);
    this.element.style.setProperty('padding-block-start', `${firstRow * this.rowHeight}px`);
    this.element.style.setProperty('padding-block-end', `${Math.max(0, rows - Math.max(firstRow + 1, lastRow)) * this.rowHeight}px`);
    this.#drop();
    let place = this.element.firstElementChild;
    for (let index = this.first; index < this.last; index += 1) {
      let tile = this.shown.get(index);
      if (!tile) {
        tile = this.#make(index);
        this.element.insertBefore(tile, place);
      } else place = tile.nextElementSibling;
    }
    if (!this.isMoving) this.#fetchMissing();
  }

  /** Removes tiles that are not visible; focus in one of them moves to the grid. */
  #drop() {
    for (const [index, tile] of this.shown) {
      if (index >= this.first && index < this.last) continue;
      if (tile.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      tile.remove();
      this.shown.delete(index);
    }
  }

  /** @param {number} index */
  #make(index) {
    const element = emptyTile();
    element.setAttribute('aria-posinset', String(index + 1));
    element.setAttribute('aria-setsize', String(this.total));
    this.shown.set(index, element);
    const tile = this.items.get(index);
    if (tile) this.#fill(element, tile, index);
    return element;
  }

  /** @param {HTMLElement} element @param {Tile} tile @param {number} index */
  #fill(element, tile, index) {
    fillTile(element, tile, this.boot.query, this.isMoving);
    element.querySelector('.pic')?.setAttribute('tabindex', index === this.current ? '0' : '-1');
    const overlay = this.overlays.get(tile.id);
    if (overlay) drawShapes(element, overlay);
    this.onTile(element, tile.id, index);
  }

  /** Fetches the visible windows of the list that are not loaded. */
  #fetchMissing() {
    const { window: size } = this.boot;
    for (let page = Math.floor(this.first / size); page * size < this.last; page += 1) {
      const from = Math.max(this.first, page * size);
      const to = Math.min(this.last, (page + 1) * size);
      let isMissing = false;
      for (let index = from; index < to && !isMissing; index += 1) isMissing = !this.items.has(index);
      if (isMissing && !this.pendingPages.has(page)) this.#fetchPage(page);
    }
  }

  /** @param {number} page */
  async #fetchPage(page) {
    const { window: size, urls, query } = this.boot;
    this.pendingPages.add(page);
    const before = this.items.get(page * size - 1);
    try {
      const response = await getJson(`${urls.tiles}?${query}&start=${page * size}&limit=${size}${before ? `&after=${before.id}` : ''}`);
      this.#take(page * size, response.items);
    } catch {
      setTimeout(() => { if (!this.isMoving) this.#fetchMissing(); }, 3000);
    } finally {
      this.pendingPages.delete(page);
    }
  }

  /** @param {number} start @param {Tile[]} items */
  #take(start, items) {
    if (this.items.size > MAX_ITEMS) this.#forget();
    for (const [place, tile] of items.entries()) {
      const index = start + place;
      const known = this.items.get(index);
      this.items.set(index, tile);
      const element = this.shown.get(index);
      if (!element) continue;
      if (known?.id === tile.id && !element.hasAttribute('aria-busy')) updateTile(element, tile);
      else this.#fill(element, tile, index);
    }
    if (!this.isMoving) showImages(this.element);
    this.#fetchOverlays();
  }

  /** Drops tiles that are far from the visible ones. */
  #forget() {
    for (const index of this.items.keys()) {
      if (Math.abs(index - this.first) > MAX_ITEMS / 4) this.items.delete(index);
    }
  }

  /** Fetches the shapes of the visible images. */
  async #fetchOverlays() {
    const ids = [];
    for (const index of this.shown.keys()) {
      const tile = this.items.get(index);
      if (tile && tile.c && tile.t && !this.overlays.has(tile.id)) ids.push(tile.id);
    }
    if (!ids.length) return;
    if (this.overlays.size > MAX_OVERLAYS) this.overlays.clear();
    for (const id of ids) this.overlays.set(id, null);
    try {
      for (let at = 0; at < ids.length; at += this.boot.window) {
        const response = await getJson(`${this.boot.urls.overlays}?ids=${ids.slice(at, at + this.boot.window).join(',')}`);
        for (const [id, overlay] of Object.entries(response)) this.overlays.set(id, overlay);
      }
    } catch {
      for (const id of ids) this.overlays.delete(id);
    }
    for (const [index, element] of this.shown) {
      const tile = this.items.get(index);
      if (tile && ids.includes(tile.id)) drawShapes(element, this.overlays.get(tile.id) ?? null);
    }
  }

  /** Fetches the visible ones of these images again. @param {Iterable<string>} changed */
  async refresh(changed) {
    const ids = new Set(changed);
    const places = [...this.items].filter(([, tile]) => ids.has(tile.id));
    for (const id of ids) this.overlays.delete(id);
    const visible = places.filter(([index]) => this.shown.has(index)).map(([, tile]) => tile.id).slice(0, 2 * this.boot.window);
    if (!visible.length) return;
    const response = await getJson(`${this.boot.urls.tiles}?ids=${visible.join(',')}`);
    const fresh = new Map(response.items.map((/** @type {Tile} */ tile) => [tile.id, tile]));
    for (const [index, old] of places) {
      const tile = fresh.get(old.id);
      const element = this.shown.get(index);
      if (!tile || !element) continue;
      this.items.set(index, tile);
      updateTile(element, tile);
      if (!tile.c) drawShapes(element, null);
    }
    this.#fetchOverlays();
  }

  /** Reloads the list after images were added, removed or moved. Returns the new total. */
  async reload() {
    const { window: size, urls, query } = this.boot;
    const page = Math.floor(this.first / size);
    const response = await getJson(`${urls.tiles}?${query}&start=${page * size}&limit=${size}&count=1`);
    this.items.clear();
    this.overlays.clear();
    this.total = response.total;
    for (const element of this.shown.values()) element.setAttribute('aria-busy', 'true');
    this.render();
    this.#take(page * size, response.items);
    this.#fetchMissing();
    return this.total;
  }

  /** Moves the focus to an image and scrolls to it. @param {number} index */
  focus(index) {
    const to = Math.max(0, Math.min(this.total - 1, index));
    this.shown.get(this.current)?.querySelector('.pic')?.setAttribute('tabindex', '-1');
    this.current = to;
    const rowTop = this.topOf(to) + 80;
    const { rowHeight } = this;
    if (rowTop < scrollY + 60) scrollTo(0, rowTop - 100);
    else if (rowTop + rowHeight > scrollY + innerHeight) scrollTo(0, rowTop + rowHeight - innerHeight + 20);
    this.render();
    const pic = this.shown.get(to)?.querySelector('.pic');
    if (pic instanceof HTMLElement) {
      pic.setAttribute('tabindex', '0');
      pic.focus({ preventScroll: true });
    }
  }

  /** The index of a tile in the list, -1 if the element is not in a tile. @param {Element | null} element */
  indexOf(element) {
    const tile = element?.closest('.tile');
    for (const [index, shown] of this.shown) if (shown === tile) return index;
    return -1;
  }

  /** The ids of a range, both ends included; missing ones are fetched. @param {number} a @param {number} b @returns {Promise<string[]>} */
  async idsBetween(a, b) {
    const [from, to] = a < b ? [a, b] : [b, a];
    const known = [];
    for (let index = from; index <= to && this.items.has(index); index += 1) known.push(/** @type {Tile} */ (this.items.get(index)).id);
    if (known.length === to - from + 1) return known;
    const response = await getJson(`${this.boot.urls['media-ids']}?${this.boot.query}&start=${from}&limit=${to - from + 1}`);
    return response.ids;
  }
}
