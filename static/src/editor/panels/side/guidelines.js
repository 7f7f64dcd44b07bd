/** The guidelines of the current class under the list of classes: its instructions and example crops; curators choose examples. */
import { computed, effect, signal, untracked } from '@preact/signals-core';
import { t } from '../../../i18n.js';
import { getJson, postJson } from '../../../ui/dom.js';
import { html, mount, nothing } from '../live.js';
import { icon, iconButton, swatch } from '../templates.js';

/** @import {App} from '../app' */
/** @typedef {{label: string, media: string, url: string | null, is_chosen: boolean}} Example */
/** @typedef {{description: string, examples: Example[]}} Guide */

const CURATORS = new Set(['manager', 'admin', 'owner']);

/** The class that guidelines are shown of: that of the selected objects when they have one, else that of the next. @param {App} app */
export function classOf({ store }) {
  store.version.value;
  const used = new Set([...store.selection.value].flatMap((id) => store.labels.get(id)?.concept ?? []));
  return store.concept(used.size === 1 ? [...used][0] : store.activeConcept.value);
}

class Guidelines {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** null while they are not known. @type {import('@preact/signals-core').Signal<Guide | null>} */
    this.guide = signal(null);
    this.hasFailed = signal(false);
    this.id = computed(() => classOf(app)?.id ?? '');
    this.ends = [
      effect(() => {
        void this.id.value;
        this.guide.value = null;
        untracked(() => void this.load());
      }),
      app.session.onEvent(({ kind }) => { if (kind === 'concepts.changed' || kind === 'resync') void this.load(); }),
    ];
  }

  close() {
    for (const end of this.ends) end();
  }

  async load() {
    const id = this.id.peek();
    if (!id) return;
    try {
      this.#take(id, await getJson(this.app.boot.urls.guidelines.replace('{id}', id)));
      this.hasFailed.value = false;
    } catch {
      this.hasFailed.value = true;
    }
  }

  /** @param {string} id @param {Guide} guide */
  #take(id, guide) {
    if (id === this.id.peek()) this.guide.value = guide;
  }

  /** @param {string} label @param {boolean} isChosen */
  async choose(label, isChosen) {
    const id = this.id.peek();
    try {
      this.#take(id, await postJson(this.app.boot.urls.examples.replace('{id}', id), { label, is_chosen: isChosen }));
    } catch (error) {
      this.app.announce(error instanceof Error ? error.message : String(error));
    }
  }
}

/** @param {Guidelines} guidelines @param {Example} example @param {number} number @param {string} name of the class @param {boolean} isCurator */
function exampleView(guidelines, { label, url, is_chosen }, number, name, isCurator) {
  if (!url) return nothing;
  return html`<span class="example"><img src=${url} alt=${t('{name}, example {n}', { name, n: number })} loading="lazy">${isCurator && is_chosen
    ? iconButton({ name: t('Remove example {n}', { n: number }), icon: 'x', kind: 's', run: () => { void guidelines.choose(label, false); } }) : nothing}</span>`;
}

/** The selected object, when it can become an example. @param {App} app @param {Guide} guide */
function candidate({ store }, { examples }) {
  const [id, ...more] = store.selection.value;
  if (!id || more.length || examples.some((one) => one.is_chosen && one.label === id)) return null;
  return store.labels.get(id)?.revision ? id : null;
}

/** @param {HTMLElement} host @param {App} app */
export function mountGuidelines(host, app) {
  const guidelines = new Guidelines(app);
  const end = mount(host, () => {
    const concept = classOf(app);
    if (!concept) return nothing;
    const guide = guidelines.guide.value;
    const isCurator = CURATORS.has(app.store.may.value.role ?? '');
    const offered = guide && isCurator ? candidate(app, guide) : null;
    return html`<section class="section guidelines" id="guidelines" tabindex="-1" aria-label=${t('Guidelines')}>
      <header>${swatch(concept)}<span class="clip grow">${t('Guidelines: {name}', { name: concept.name })}</span>${isCurator
        ? html`<a class="btn icon-only quiet s" href=${`${app.boot.urls.classes_page}?chosen=${concept.id}`} aria-label=${t('Edit instructions')} title=${t('Edit instructions')}>${icon('pencil')}</a>` : nothing}</header>
      ${!guide ? html`<p class="body small muted">${guidelines.hasFailed.value ? t('The guidelines could not be loaded. They are asked for again with the next class.') : ''}</p>`
        : html`<p class="body text">${guide.description || html`<span class="muted">${t('No instructions for this class yet.')}</span>`}</p>
      ${guide.examples.length ? html`<div class="body examples">${guide.examples.map((one, i) => exampleView(guidelines, one, i + 1, concept.name, isCurator))}</div>`
        : html`<p class="body small muted">${t('Examples appear when images with this class are done, or when curators choose some.')}</p>`}
      ${offered ? html`<div class="row body"><button class="btn s" type="button" @click=${() => { void guidelines.choose(offered, true); }}>${icon('plus', 's')}${t('Use selected object as example')}</button></div>` : nothing}`}</section>`;
  });
  return () => {
    end();
    guidelines.close();
  };
}
