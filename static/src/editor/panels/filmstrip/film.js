/** The film strip: images before and after in the filtered order, the shown one in the middle when there is room. */
import { ngettext, num, t } from '../../../i18n.js';
import { statusKey, statusName } from '../../../ui/statuses.js';
import { html, live, mount, nothing, render, repeat } from '../live.js';
import { isFiltered } from '../bars/list-menu.js';
import { addressOf } from './navigate.js';
import { icon, iconButton } from '../templates.js';
import { rove } from '../roving.js';

/** @import {App} from '../app' */
/** @import {Frame} from './film-model.js' */

/** Scrolled this near to an end, more is fetched. CSS pixels. */
const NEAR = 400;

/** @param {App} app @param {Frame} frame */
function frameView(app, frame) {
  const { film, boot, store } = app;
  const isCurrent = frame.id === film.current.value;
  const key = statusKey(frame.status.base);
  const words = t('Image {n} of {total}, {name}, {status}, {objects}', {
    n: num(frame.index + 1), total: num(film.total.value), name: frame.name, status: statusName(frame.status), objects: ngettext('{n} object', '{n} objects', frame.labels),
  });
  const others = store.people.value.filter((one) => one.media === frame.id && !one.isSelf && one.user !== boot.user.id);
  return html`<li><a class="frame" href=${addressOf(boot, frame.id)} data-id=${frame.id}
    aria-current=${isCurrent ? 'true' : nothing} ?data-dim=${key === 'skipped'} aria-label=${words} title=${frame.name} tabindex=${isCurrent ? 0 : -1}>
    ${frame.thumbnail_url && frame.health !== 'ERROR' ? html`<img src=${frame.thumbnail_url} alt="" loading="lazy" decoding="async" draggable="false" width="114" height="76">` : html`<span class="no-image">${icon('image')}</span>`}
    <span class="st" data-status=${key}>${icon(`st-${key}`, 'st-icon')}</span><span class="cnt">${num(frame.labels)}</span>
    ${others.length ? html`<span class="here" title=${others.map((one) => one.name).join(', ')}>${icon('user', 's')}</span>` : nothing}</a></li>`;
}

/** @param {App} app */
function summary({ film, boot }) {
  const total = film.total.value;
  return html`<span class="strong clip">${isFiltered(boot.filter) ? t('Filtered images') : t('All images')}</span>
    <span class="muted num">${ngettext('{n} image', '{n} images', total)}</span>
    ${film.failed.value ? html`<span class="bad small">${t('The image list could not be loaded. Trying again.')}</span>` : nothing}`;
}

class Strip {
  /** @param {HTMLElement} list @param {App} app */
  constructor(list, app) {
    this.list = list;
    this.app = app;
    /** The image in the middle of the strip. */
    this.centered = '';
    list.replaceChildren();
    list.addEventListener('scroll', () => this.onScroll(), { passive: true });
    list.addEventListener('wheel', (event) => this.onWheel(event));
    list.addEventListener('click', (event) => this.onClick(event));
    list.addEventListener('keydown', (event) => rove(event, '.frame', { axis: 'x' }));
    this.watcher = new ResizeObserver(() => this.center());
    this.watcher.observe(list);
    this.end = live(() => this.draw());
  }

  close() {
    this.end();
    this.watcher.disconnect();
  }

  center() {
    const { list } = this;
    const id = this.app.film.current.peek();
    const frame = list.querySelector('[aria-current="true"]');
    if (!id || !(frame instanceof HTMLElement) || frame.dataset.id !== id) return;
    list.scrollLeft = frame.offsetLeft - list.offsetLeft - (list.clientWidth - frame.offsetWidth) / 2;
    this.centered = id;
  }

  draw() {
    const { app, list } = this;
    const items = app.film.items.value;
    const isSame = app.film.current.peek() === this.centered;
    const first = list.querySelector('.frame');
    // measuring lays the page out, in the frame that shows a new shape: only when frames came in before the first
    const before = isSame && first instanceof HTMLElement && first.dataset.id !== items[0]?.id ? first : null;
    const anchor = before ? { id: before.dataset.id, at: before.getBoundingClientRect().left } : null;
    render(repeat(items, (one) => one.id, (one) => frameView(app, one)), list);
    if (!isSame) return this.center();
    // frames that came in at the start must not push the others aside
    const same = anchor && list.querySelector(`[data-id="${anchor.id}"]`);
    if (anchor && same) list.scrollLeft += same.getBoundingClientRect().left - anchor.at;
  }

  onScroll() {
    const { list } = this;
    if (list.scrollLeft < NEAR) this.app.film.more('start');
    if (list.scrollWidth - list.scrollLeft - list.clientWidth < NEAR) this.app.film.more('end');
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    if (event.deltaX || !event.deltaY || event.ctrlKey) return;
    this.list.scrollLeft += event.deltaY;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const frame = event.target instanceof Element ? event.target.closest('.frame') : null;
    if (!(frame instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.app.open(frame.dataset.id ?? '');
  }

  /** @param {1 | -1} way */
  page(way) {
    this.list.scrollBy({ left: way * this.list.clientWidth * 0.8 });
  }
}

/** @param {HTMLElement} host @param {App} app */
export function mountFilm(host, app) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (host.querySelector(selector));
  const strip = new Strip(part('ol'), app);
  const ends = [
    mount(part('.side-l'), () => summary(app)),
    mount(part('.side-r'), () => html`
      ${iconButton({ name: t('Earlier images'), icon: 'chevron-left', run: () => strip.page(-1) })}
      ${iconButton({ name: t('Later images'), icon: 'chevron-right', run: () => strip.page(1) })}
      ${iconButton({ name: t('Hide panels'), icon: 'panel-right', keys: app.keys('panels'), run: () => app.run('panels') })}`),
  ];
  return () => {
    for (const end of ends) end();
    strip.close();
  };
}
