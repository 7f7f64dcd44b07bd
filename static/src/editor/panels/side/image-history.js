/** Who changed what of the shown image, newest first, as the server has it; a line selects its object, and its change can be taken back. */
import { effect, signal } from '@preact/signals-core';
import { age, t } from '../../../i18n.js';
import { getJson } from '../../../ui/dom.js';
import { statusName } from '../../../ui/statuses.js';
import { restoreChange } from '../../restoring.js';
import { html, mount, nothing, repeat } from '../live.js';
import { avatar, icon } from '../templates.js';
import { onListKey, rovingStop } from '../roving.js';
import { ICONS, labelWords } from './history-words.js';

/** @import {Store} from '../../types/store' */
/** @import {App} from '../app' */

/**
 * @typedef {object} Line
 * @property {number} seq @property {string} at @property {{id: string, name: string} | null} actor
 * @property {'create' | 'delete' | 'class' | 'order' | 'geometry' | 'tags' | 'status' | 'values' | 'replaced'} what
 * @property {number} [count] @property {string | null} [label] @property {string | null} [concept]
 * @property {{name: string, base: string}} [status] @property {string} [reason]
 */

const REFRESH_MS = 400;

/** Keeps the lines of the shown image up to date while the tab is open. */
export class ImageHistory {
  /** @param {App} app @param {typeof fetch} [fetcher] */
  constructor(app, fetcher = (...args) => fetch(...args)) {
    this.app = app;
    this.fetch = fetcher;
    /** null while they are not known. @type {import('@preact/signals-core').Signal<Line[] | null>} */
    this.lines = signal(null);
    this.hasFailed = signal(false);
    /** The line that was chosen, by its number. */
    this.chosen = signal(0);
    this.timer = 0;
    const { session, store } = app;
    this.ends = [
      effect(() => {
        store.media.value?.id;
        this.lines.value = null;
        this.chosen.value = 0;
        void this.load();
      }),
      session.onEvent((event) => {
        if (!event.media || event.media === store.media.peek()?.id) this.loadSoon();
      }),
    ];
  }

  close() {
    clearTimeout(this.timer);
    for (const end of this.ends) end();
  }

  loadSoon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), REFRESH_MS);
  }

  async load() {
    const media = this.app.store.media.peek()?.id;
    if (!media) return;
    try {
      const answer = await this.fetch(this.app.boot.urls.history.replace('{id}', media), { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
      if (media !== this.app.store.media.peek()?.id) return;
      this.hasFailed.value = !answer.ok;
      if (answer.ok) this.lines.value = (await answer.json()).items;
    } catch {
      this.hasFailed.value = true;
    }
  }
}

const RESTORED = new Set(['create', 'delete', 'class', 'order', 'geometry', 'values']);

/** Takes one change back, whoever made it, as a step of one's own. @param {App} app @param {Line} line @param {string} text */
async function restore({ boot, store, announce, stage }, line, text) {
  const media = store.media.peek()?.id ?? '';
  try {
    const change = await getJson(`${boot.urls.history.replace('{id}', media)}?seq=${line.seq}`);
    if (media !== store.media.peek()?.id) return;
    const deltas = restoreChange(store, change);
    store.commit(deltas);
    announce(deltas.length ? t('Restored what was before: {text}', { text }) : t('Nothing to restore: it is as it was before this change'));
    stage.focus();
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error));
  }
}

/** What can be done with the chosen line. @param {App} app @param {ImageHistory} history @param {readonly Line[]} lines @param {ReadonlyMap<string, number>} numbers */
function chosenView(app, history, lines, numbers) {
  const line = lines.find((one) => one.seq === history.chosen.value);
  if (!line || !RESTORED.has(line.what) || !app.store.may.value.label) return nothing;
  const { text } = lineWords(line, app.store, numbers);
  return html`<div class="body row history-restore"><span class="clip grow small">${text}</span><button class="btn s" type="button" @click=${() => { void restore(app, line, text); }}>${icon('rotate-ccw', 's')}${t('Restore what was before')}</button></div>`;
}

/** The text of a line, with its icon. @param {Line} line @param {Pick<Store, 'concept'>} store @param {ReadonlyMap<string, number>} numbers of objects by id */
export function lineWords(line, store, numbers) {
  switch (line.what) {
    case 'tags': return { icon: ICONS.tag, text: t('Tags changed') };
    case 'values': return { icon: ICONS.geometry, text: t('Attributes changed') };
    case 'replaced': return { icon: 'image', text: t('Image file replaced') };
    case 'status': {
      if (line.reason) return { icon: 'undo-2', text: t('Sent back: {reason}', { reason: line.reason }) };
      return { icon: ICONS.status, text: t('Status set to {name}', { name: statusName(line.status ?? { name: '', base: '' }) }) };
    }
    default: {
      const name = store.concept(line.concept ?? null)?.name ?? t('Object');
      return { icon: ICONS[line.what], text: labelWords(line.what, line.count ?? 1, name, numbers.get(line.label ?? '')) };
    }
  }
}

/** The numbers of the objects as the list shows them. @param {Store} store */
export function numbersOf(store) {
  store.version.value; // read here, so that lists are drawn again when objects come or go
  return new Map(store.order().map((id, index) => [id, index + 1]));
}

/** @param {HTMLElement} host @param {App} app */
export function mountImageHistory(host, app) {
  const { store, names } = app;
  const history = new ImageHistory(app);
  const stop = rovingStop();
  const end = mount(host, () => {
    const lines = history.lines.value;
    if (history.hasFailed.value && !lines) return html`<div class="empty small"><p>${t('The history could not be loaded. It is asked for again with the next change.')}</p></div>`;
    if (!lines) return nothing;
    if (!lines.length) return html`<div class="empty small"><p>${t('Nobody has changed this image yet.')}</p></div>`;
    const numbers = numbersOf(store);
    const tabbed = stop.of(lines.map((one) => String(one.seq)), '');
    return html`<div class="list scroll steps-list" role="listbox" aria-label=${t('Changes of everyone, newest first')} @keydown=${onListKey} @focusin=${stop.onFocus}>
      ${repeat(lines, (one) => one.seq, (one) => {
        const { icon: sign, text } = lineWords(one, store, numbers);
        const isThere = Boolean(one.label && numbers.has(one.label));
        const person = one.actor ? names.of(one.actor.id) : null;
        const who = one.actor?.name ?? t('Server');
        return html`<div class="item" role="option" aria-selected=${String(one.seq === history.chosen.value)} data-id=${one.seq} tabindex=${String(one.seq) === tabbed ? 0 : -1} title=${isThere ? t('Select the object') : who}
          @click=${() => {
            history.chosen.value = one.seq;
            if (isThere) store.select([/** @type {string} */ (one.label)]);
          }}>${icon(sign, 's')}<span class="clip grow">${text}<span class="faint small"> · ${who}</span></span>${person ? avatar({ ...person, name: who }, 's') : nothing}<span class="faint small">${age(one.at)}</span></div>`;
      })}</div>${chosenView(app, history, lines, numbers)}`;
  });
  return () => {
    end();
    history.close();
  };
}
