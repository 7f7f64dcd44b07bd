/** Suggestions of models for the shown image: fetched with it and after every event about them; stepped through, accepted, rejected. */
import { computed, effect, untracked } from '@preact/signals-core';
import { mediaOf } from '../../../event-kinds.js';
import { ngettext, num, t } from '../../../i18n.js';
import { getJson } from '../../../ui/dom.js';
import { acceptSuggestion, rejectSuggestions } from '../../commands.js';

/** @import {App} from '../app' */
/** @import {Suggestion} from '../../types/suggestions' */

/** Why AI click does nothing, and what to do. */
export const noModel = () => t('No model is installed on this server. Import suggestions of your own model under Exports; they appear here dashed.');

/** The suggestions follow each other as one reads. @param {Suggestion} a @param {Suggestion} b */
const asRead = (a, b) => a.box[1] - b.box[1] || a.box[0] - b.box[0] || (a.id < b.id ? -1 : 1);

export class SuggestionList {
  /** @param {Pick<App, 'boot' | 'store' | 'session' | 'stage' | 'announce'>} app */
  constructor({ boot, store, session, stage, announce }) {
    this.boot = boot;
    this.store = store;
    this.stage = stage;
    this.announce = announce;
    this.media = computed(() => store.media.value?.id ?? null);
    this.inOrder = computed(() => [...store.suggestions.value].sort(asRead));
    effect(() => {
      const media = this.media.value;
      store.activeSuggestion.value = null;
      untracked(() => void this.load(media));
    });
    // the active one may be gone: decided elsewhere, below the threshold, replaced by another run
    effect(() => {
      const known = store.suggestions.value;
      untracked(() => {
        const active = store.activeSuggestion.peek();
        if (active !== null && !known.some((one) => one.id === active)) store.activeSuggestion.value = null;
      });
    });
    // one thing at a time is what keys act on
    effect(() => { if (store.selection.value.size) store.activeSuggestion.value = null; });
    session.onEvent((event) => {
      const media = this.media.peek();
      const isAbout = event.kind === 'predictions.changed' || event.kind === 'media.replaced';
      if (media && (event.kind === 'resync' || (isAbout && mediaOf(event)?.includes(media)))) void this.load(media);
    });
  }

  /** @param {string | null} media */
  async load(media) {
    if (!media) return;
    try {
      this.store.setSuggestions(media, (await getJson(this.boot.urls.suggestions.replace('{id}', media))).items);
    } catch { /* the next event or image fetches them again */ }
  }

  /** @returns {Suggestion | undefined} */
  get active() {
    const id = this.store.activeSuggestion.value;
    return id === null ? undefined : this.store.suggestions.value.find((one) => one.id === id);
  }

  /** @param {Suggestion | undefined} suggestion */
  choose(suggestion) {
    const { store, stage } = this;
    if (!suggestion) return;
    store.select([]);
    store.activeSuggestion.value = suggestion.id;
    const [x0, y0, x1, y1] = suggestion.box;
    stage.reveal((x0 + x1) / 2, (y0 + y1) / 2);
    this.announce(this.words(suggestion), { spokenOnly: true });
  }

  /** "Car, 87 %". @param {Suggestion} suggestion */
  words({ concept, score }) {
    return `${this.store.concept(concept)?.name ?? t('Class deleted')}, ${num(score * 100)} %`;
  }

  /** The next suggestion, or the one before. @param {1 | -1} step */
  step(step) {
    const all = this.inOrder.peek();
    if (!all.length) return this.announce(t('No suggestions at or above the threshold'));
    if (this.store.tool.peek() !== 'ai') this.store.tool.value = 'select';
    const at = all.findIndex((one) => one.id === this.store.activeSuggestion.peek());
    this.stage.focus();
    return this.choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  }

  /** The suggestion that keys act on after this one: the next, else the one before. @param {string} id */
  #after(id) {
    const all = this.inOrder.peek();
    const at = all.findIndex((one) => one.id === id);
    return all[at + 1] ?? all[at - 1];
  }

  /** Decides about the active one and goes on to the next. @param {(one: Suggestion) => import('../../types/changes').Delta[]} decision @param {(words: string) => string} text */
  #decide(decision, text) {
    const one = this.active;
    if (!one || !this.#mayDecide()) return;
    const next = this.#after(one.id);
    this.store.commit(decision(one));
    this.store.select([]);
    this.choose(next);
    this.announce(text(this.words(one)));
  }

  accept() {
    this.#decide((one) => [acceptSuggestion(this.store, one)], (name) => t('Accepted: {name}', { name }));
  }

  reject() {
    this.#decide((one) => rejectSuggestions(this.store, [one.id]), (name) => t('Rejected: {name}', { name }));
  }

  /** Accepts all that are shown, as one step of undo. */
  acceptAll() {
    const all = [...this.store.suggestions.peek()].reverse().filter((one) => this.store.concept(one.concept));
    if (!all.length || !this.#mayDecide()) return;
    const top = acceptSuggestion(this.store, all[0]).after?.z ?? 0;
    this.store.commit(all.map((one, i) => {
      const delta = acceptSuggestion(this.store, one);
      return { ...delta, after: { ...delta.after, z: top + i } };
    }));
    this.announce(ngettext('{n} suggestion accepted', '{n} suggestions accepted', all.length));
  }

  #mayDecide() {
    const may = this.store.may.peek();
    if (!may.label) this.announce(may.reason);
    return may.label;
  }

  /** No suggestion is the active one any more. @returns {boolean} whether one was */
  leave() {
    const isActive = this.store.activeSuggestion.peek() !== null;
    this.store.activeSuggestion.value = null;
    return isActive;
  }
}

/** The threshold of this person in this project. @param {App} app */
export function syncThreshold({ boot, store, settings }) {
  const known = settings.value.thresholds[boot.project.id];
  if (known !== undefined) store.threshold.value = known;
  return effect(() => {
    const threshold = store.threshold.value;
    untracked(() => {
      const { thresholds } = settings.value;
      if ((thresholds[boot.project.id] ?? 0.5) !== threshold) settings.set({ thresholds: { ...thresholds, [boot.project.id]: threshold } });
    });
  });
}

/** A click with Select or AI click, where no object is, makes the suggestion there the active one. @param {App} app */
export function wireSuggestionClicks(app) {
  const { stage, store, suggestions, announce } = app;
  let from = [0, 0];
  stage.root.addEventListener('pointerdown', (event) => { from = [event.clientX, event.clientY]; }, { capture: true });
  stage.root.addEventListener('click', (event) => {
    const tool = store.tool.peek();
    const place = stage.pointer.peek();
    if (!place || !['select', 'ai'].includes(tool) || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 5) return;
    if (tool === 'select' && (event.ctrlKey || event.shiftKey || event.altKey || stage.hit(place.x, place.y).length)) return;
    const found = stage.picker.suggestionAt(place.x, place.y, stage.view.zoom);
    if (found) suggestions.choose(/** @type {Suggestion} */ (found));
    else if (tool === 'ai') announce(noModel());
    else suggestions.leave();
  });
}
