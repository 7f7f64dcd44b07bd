/** The section of suggestions in the side panel: the threshold, the active one, and what can be done with them. */
import { ngettext, num, t } from '../../../i18n.js';
import { html, nothing } from '../live.js';
import { iconButton, swatch } from '../templates.js';

/** @import {App} from '../app' */

/** The suggestion that keys act on. @param {App} app */
function activeView({ store, suggestions }) {
  const one = suggestions.active;
  if (!one) return nothing;
  const concept = store.concept(one.concept);
  return html`<p class="row tight body">${swatch(concept)}<b class="clip grow">${suggestions.words(one)}</b><span class="faint small clip">${one.model}</span></p>`;
}

/** Nothing for an image without suggestions, unless AI click is the tool. @param {App} app */
export function suggestionsView(app) {
  const { store, suggestions } = app;
  const open = store.openSuggestions.value;
  if (!open.length && store.tool.value !== 'ai') return nothing;
  const shown = store.suggestions.value.length;
  const threshold = store.threshold.value;
  const set = (/** @type {Event} */ event) => { store.threshold.value = Number(/** @type {HTMLInputElement} */ (event.target).value) / 100; };
  const button = (/** @type {string} */ name, /** @type {string} */ shape, /** @type {string} */ command, /** @type {boolean} */ isOff) =>
    iconButton({ name, icon: shape, kind: 's', keys: app.keys(command), run: () => app.run(command), disabled: isOff });
  const isFixed = !store.may.value.label;
  return html`<section class="section suggestions" aria-label=${t('Suggestions')}>
    <header><span class="row tight grow">${t('Suggestions')}<span class="count" title=${t('Shown of all')}>${num(shown)} / ${num(open.length)}</span></span><span class="row tight">
      ${button(t('Previous suggestion'), 'chevron-left', 'suggestion.previous', !shown)}${button(t('Next suggestion'), 'chevron-right', 'suggestion.next', !shown)}
      ${button(t('Reject'), 'x', 'suggestion.reject', !suggestions.active || isFixed)}${button(t('Accept'), 'check', 'suggestion.accept', !suggestions.active || isFixed)}</span></header>
    ${open.length ? html`<label class="row tight body">${t('Score from')}<input class="grow" type="range" min="0" max="100" step="1" .value=${String(Math.round(threshold * 100))} aria-label=${t('Threshold of the score')} @input=${set}><output>${num(threshold * 100)} %</output></label>
    ${activeView(app)}
    <div class="row body"><button class="btn s" type="button" ?disabled=${!shown || isFixed} @click=${() => app.run('suggestion.accept_all')}>${ngettext('Accept {n}', 'Accept all {n}', shown)}</button></div>`
    : html`<p class="empty-note">${t('No open suggestions for this image.')}</p>`}</section>`;
}
