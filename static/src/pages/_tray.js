/** The upload panel: progress, and the list of files, of which only the visible rows are in the page. */
import { h, icon } from '../ui/dom.js';
import { ngettext, num, t } from '../i18n.js';
import { drawWhenReleased } from './_page.js';
import { resultText } from './_results.js';

/** @typedef {import('./_queue.js').Queue} Queue */
/** @typedef {import('./_queue.js').Item} Item */

const ROW = 44;
const ORDER = { failed: 0, sending: 1, waiting: 2, sent: 3, cancelled: 4 };
const ICONS = { failed: 'circle-alert', sending: 'upload', waiting: 'clock', sent: 'circle-check', cancelled: 'ban' };

/** @param {number} bytes */
export function size(bytes) {
  let amount = bytes;
  let unit = 'B';
  for (unit of ['B', 'KB', 'MB', 'GB']) {
    if (amount < 1000 || unit === 'GB') break;
    amount /= 1000;
  }
  return `${num(amount, (unit === 'MB' || unit === 'GB') && amount < 100 ? 1 : 0)} ${unit}`;
}

/** @param {number} seconds */
function timeLeft(seconds) {
  if (seconds < 60) return t('about {n} s left', { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 3600) return t('about {n} min left', { n: Math.round(seconds / 60) });
  return t('about {n} h left', { n: num(seconds / 3600, 1) });
}

export class Tray {
  /** @param {Queue} queue @param {() => void} onClose */
  constructor(queue, onClose) {
    this.queue = queue;
    this.startedAt = Date.now();
    this.isSmall = false;
    this.title = h('h3', {});
    this.pauseButton = this.#button('pause', t('Pause all'), () => queue.pause(!queue.isPaused));
    this.stopButton = this.#button('x', t('Cancel all'), () => (queue.isSending ? queue.cancelAll() : onClose()));
    this.sizeButton = this.#button('chevron-down', t('Minimize'), () => this.#toggle());
    this.bar = h('i', {});
    this.track = h('div', { class: 'bar', role: 'progressbar', 'aria-label': t('Uploads'), 'aria-valuemin': '0', 'aria-valuemax': '100' }, this.bar);
    this.counted = h('span', {});
    this.time = h('span', { class: 'end' });
    this.problemLine = h('span', { class: 'bad', role: 'status' });
    this.list = h('ul', { tabindex: '0', 'aria-label': t('Files') });
    this.space = h('div', { class: 'space' }, this.list);
    this.scroller = h('div', { class: 'files' }, this.space);
    this.element = h('section', { class: 'tray', 'aria-label': t('Uploads') },
      h('header', {}, this.title, h('span', { class: 'end row tight' }, this.pauseButton, this.sizeButton, this.stopButton)),
      h('div', { class: 'sum' }, this.track, h('div', { class: 'row num' }, this.counted, this.time), this.problemLine), this.scroller);
    this.scroller.addEventListener('scroll', () => drawWhenReleased(this.list, () => this.#rows()), { passive: true });
    this.list.addEventListener('click', (event) => this.#onClick(event));
    document.body.append(this.element);
    /** @type {Item[]} */
    this.order = [];
    this.draw();
  }

  /** @param {string} name @param {string} label @param {() => void} run */
  #button(name, label, run) {
    return h('button', { class: 'btn icon-only quiet s', type: 'button', 'aria-label': label, title: label, on: { click: run } }, icon(name));
  }

  #toggle() {
    this.isSmall = !this.isSmall;
    this.scroller.hidden = this.isSmall;
    this.sizeButton.setAttribute('aria-expanded', String(!this.isSmall));
    this.draw();
  }

  /** Draws at most five times a second. */
  update() {
    if (this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.draw();
    }, 200);
  }

  draw() {
    const { queue } = this;
    const { counts } = queue;
    const files = counts.all - counts.cancelled;
    const share = counts.bytes ? queue.bytesSent / counts.bytes : 1;
    if (queue.isPaused) this.title.textContent = t('Upload paused');
    else if (queue.isSending) this.title.textContent = ngettext('Uploading {n} file', 'Uploading {n} files', files);
    else if (queue.isProcessing) this.title.textContent = ngettext('Processing {n} file', 'Processing {n} files', counts.sent);
    else this.title.textContent = resultText(queue.outcome);
    const percent = queue.isSending || !queue.isProcessing ? share : Math.min(1, counts.processed / Math.max(1, counts.sent));
    this.bar.style.setProperty('inline-size', `${(100 * percent).toFixed(1)}%`);
    this.track.setAttribute('aria-valuenow', String(Math.round(100 * percent)));
    const processed = t('{n} of {all} processed', { n: num(Math.min(counts.processed, counts.sent)), all: num(counts.sent) });
    this.counted.textContent = queue.isSending || !queue.isProcessing
      ? `${t('{n} of {all}', { n: num(counts.sent), all: num(files) })} · ${t('{n} of {all}', { n: size(queue.bytesSent), all: size(counts.bytes) })}`: processed;
    const rate = queue.bytesSent / Math.max(1, Date.now() - this.startedAt);
    this.time.textContent = queue.isSending && !queue.isPaused && rate > 0 && Date.now() - this.startedAt > 3000 ? timeLeft((counts.bytes - queue.bytesSent) / rate / 1000) : '';
    this.#problems();
    this.#buttons();
    drawWhenReleased(this.list, () => {
      this.order = [...queue.items].sort((a, b) => ORDER[this.#state(a)] - ORDER[this.#state(b)]);
      this.space.style.setProperty('block-size', `${this.order.length * ROW}px`);
      this.#rows();
    });
  }

  #problems() {
    const { queue } = this;
    const { refused } = queue.outcome;
    this.problemLine.textContent = refused ? ngettext('{n} file refused', '{n} files refused', refused) : '';
    this.problemLine.hidden = refused === 0 || (!queue.isSending && !queue.isProcessing);
    this.problemLine.title = queue.problems.slice(0, 20).map((one) => `${one.name}: ${one.reason}`).join('\n');
  }

  #buttons() {
    const { queue } = this;
    const label = queue.isPaused ? t('Resume') : t('Pause all');
    this.pauseButton.hidden = !queue.isSending;
    this.pauseButton.setAttribute('aria-label', label);
    this.pauseButton.title = label;
    this.pauseButton.replaceChildren(icon(queue.isPaused ? 'play' : 'pause'));
    const stop = queue.isSending ? t('Cancel all') : t('Close');
    this.stopButton.setAttribute('aria-label', stop);
    this.stopButton.title = stop;
  }

  /** Renders the visible rows only. */
  #rows() {
    if (this.isSmall) return;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - 2);
    const last = Math.min(this.order.length, Math.ceil((this.scroller.scrollTop + (this.scroller.clientHeight || 260)) / ROW) + 2);
    const rows = [];
    for (let index = first; index < last; index += 1) rows.push(this.#row(this.order[index], index));
    const focused = document.activeElement?.closest?.('.file')?.getAttribute('data-index');
    const at = document.activeElement?.getAttribute?.('data-do');
    this.list.style.setProperty('translate', `0 ${first * ROW}px`);
    this.list.replaceChildren(...rows);
    if (focused && at) /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-index="${focused}"] [data-do="${at}"]`))?.focus({ preventScroll: true });
  }

  /** The state that a row shows: a file that was sent may have been refused later. @param {Item} item */
  #state(item) {
    return this.queue.rejection(item) ? 'failed' : item.state;
  }

  /** @param {Item} item @param {number} index */
  #row(item, index) {
    const share = item.size ? Math.min(1, item.sent / item.size) : 0;
    const detail = item.state === 'sending' ? t('{n} of {all}', { n: size(item.sent), all: size(item.size) }) : item.state === 'cancelled' ? t('cancelled') : size(item.size);
    const state = this.#state(item);
    const reason = item.error || this.queue.rejection(item) || '';
    const row = h('li', { class: 'file', 'data-index': index, 'data-state': state }, icon(ICONS[state], 's'), h('span', { class: 'clip', title: item.name, text: item.name }), h('span', { class: 'row tight' }, h('span', { class: 'faint num', text: state === 'failed' ? '' : detail }), this.#action(item)));
    if (state === 'failed') row.append(h('span', { class: 'err clip', title: reason, text: reason }));
    if (item.state === 'sending') {
      const bar = h('i', {});
      bar.style.setProperty('inline-size', `${(100 * share).toFixed(0)}%`);
      row.append(h('span', { class: 'bar', 'aria-hidden': 'true' }, bar));
    }
    return row;
  }

  /** @param {Item} item */
  #action(item) {
    if (item.state === 'failed' && item.mayRetry) return h('button', { class: 'btn icon-only quiet s', type: 'button', 'data-do': 'retry', 'aria-label': t('Try {name} again', { name: item.name }), title: t('Try again') }, icon('refresh-cw'));
    if (item.state === 'sending' || item.state === 'waiting') return h('button', { class: 'btn icon-only quiet s', type: 'button', 'data-do': 'cancel', 'aria-label': t('Cancel {name}', { name: item.name }), title: t('Cancel') }, icon('x'));
    return null;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-do]') : null;
    const item = this.order[Number(button?.closest('.file')?.getAttribute('data-index') ?? -1)];
    if (!item) return;
    if (button?.getAttribute('data-do') === 'retry') this.queue.retry(item);
    else this.queue.cancel(item);
  }

  remove() {
    clearTimeout(this.timer);
    this.element.remove();
  }
}
