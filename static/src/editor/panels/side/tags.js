/** The tab of tags: they describe the whole image and are set on or off, by the groups of the project. */
import { t } from '../../../i18n.js';
import { setTag } from '../../commands.js';
import { focusWhenDrawn } from '../focus.js';
import { html, mount, nothing } from '../live.js';
import { rove } from '../roving.js';
import { icon, swatch } from '../templates.js';

/** @import {Delta} from '../../types/changes' */
/** @import {Concept, TagGroup} from '../../types/page' */
/** @import {App} from '../app' */

/**
 * Tags by group: groups in order, tags without a group last. Of a group of kind SELECTION at most one tag is on.
 * @param {readonly Concept[]} tags @param {readonly TagGroup[]} groups
 * @returns {{id: string | null, name: string, isSingle: boolean, tags: Concept[]}[]}
 */
export function grouped(tags, groups) {
  const known = new Set(groups.map((one) => one.id));
  const made = groups.map((one) => ({
    id: /** @type {string | null} */ (one.id), name: one.name, isSingle: one.kind === 'SELECTION', tags: tags.filter((tag) => tag.tag_group === one.id),
  }));
  const rest = tags.filter((tag) => !tag.tag_group || !known.has(tag.tag_group));
  if (rest.length) made.push({ id: null, name: '', isSingle: false, tags: rest });
  return made.filter((one) => one.tags.length);
}

/** @param {App} app @param {Concept} tag @param {readonly Concept[]} rivals tags of the same choice */
export function toggleTag({ store, announce }, tag, rivals) {
  const isOn = !store.tags.peek().has(tag.id);
  /** @type {Delta[]} */
  const deltas = setTag(store, tag.id, isOn);
  if (isOn) for (const other of rivals) if (other.id !== tag.id) deltas.push(...setTag(store, other.id, false));
  store.commit(deltas);
  announce(isOn ? t('Tag {name} on', { name: tag.name }) : t('Tag {name} off', { name: tag.name }), { spokenOnly: true });
}

/** The key of a tag, of the first ten. @param {number} place */
const digit = (place) => (place < 10 ? html`<kbd class="kbd" aria-hidden="true">${(place + 1) % 10}</kbd>` : nothing);

/** Arrows go from tag to tag, digits set the first ten. @param {KeyboardEvent} event */
function onTagKey(event) {
  if (rove(event, 'input', { axis: 'y' }) || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
  const host = /** @type {HTMLElement} */ (event.currentTarget);
  const box = host.querySelectorAll('input')[(Number(event.key) + 9) % 10];
  event.preventDefault();
  box?.focus();
  box?.click();
}

/** Gives the keyboard to the first tag, or to the stage when the tags have it. @param {App} app */
export function focusTags({ stage, store }) {
  if (!store.mediaConcepts.peek().length) return undefined;
  if (document.activeElement?.closest('.tags')) return stage.focus();
  return focusWhenDrawn(() => document.querySelector('.tags input'));
}

/** A tag on or off, whatever group it is of. @param {App} app @param {Concept} tag */
export function switchTag(app, tag) {
  const group = grouped(app.store.mediaConcepts.peek(), app.store.tagGroups.peek()).find((one) => one.tags.includes(tag));
  toggleTag(app, tag, group?.isSingle ? group.tags : []);
}

/** @param {HTMLElement} host @param {App} app */
export function mountTags(host, app) {
  const { store, boot } = app;
  host.addEventListener('keydown', onTagKey);
  return mount(host, () => {
    const tags = store.mediaConcepts.value;
    const may = store.may.value;
    const isOff = !(may.tag ?? may.label);
    const page = boot.urls.classes_page;
    if (!tags.length) {
      return html`<div class="empty small"><p>${t('Tags describe the whole image. This project has no tags yet.')}</p>${page ? html`<div class="row"><a class="btn" href=${page}>${icon('plus')}${t('New tag')}</a></div>` : nothing}</div>`;
    }
    const on = store.tags.value;
    const groups = grouped(tags, store.tagGroups.value);
    const place = new Map(groups.flatMap((group) => group.tags).map((tag, i) => [tag.id, i]));
    return html`<div class="scroll tags">${groups.map((group, i) => html`
      <section class="tag-group" role="group" aria-label=${group.name || t('Tags')}>
        ${group.name && (tags.length > group.tags.length || i) ? html`<p class="cap">${group.name}${group.isSingle ? html` <span class="faint">${t('choose one')}</span>` : nothing}</p>` : nothing}
        ${group.tags.map((tag) => html`<label class="item check"><input type="checkbox" ?disabled=${isOff} .checked=${on.has(tag.id)} @change=${() => toggleTag(app, tag, group.isSingle ? group.tags : [])}>
          ${swatch(tag)}<span class="clip grow" title=${tag.name}>${tag.name}</span>${digit(place.get(tag.id) ?? 10)}</label>`)}
      </section>`)}${isOff && may.reason ? html`<p class="foot-note">${may.reason}</p>` : nothing}</div>`;
  });
}
