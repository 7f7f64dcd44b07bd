/** The head of the page: where one is, which image of how many, undo, what is saved, who is here, the next step. */
import { num, t, timeOfDay } from '../../../i18n.js';
import { statusKey, statusName } from '../../../ui/statuses.js';
import { html, mount, nothing, repeat } from '../live.js';
import { backTo } from '../filmstrip/navigate.js';
import { holderOf } from '../people/lease.js';
import { changeStatus } from '../work-steps.js';
import { allowedFrom, primaryWords } from './workflow.js';
import { avatar, icon, iconButton, kbd, named, statusChip, statusColor } from '../templates.js';

/** @import {Presence} from '../../types/people' */
/** @import {App} from '../app' */

const SAVE_ICONS = Object.freeze({
  saved: 'cloud-check', saving: 'refresh-cw', offline: 'cloud-off', conflict: 'triangle-alert', rejected: 'circle-alert',
  signed_out: 'lock', reload: 'refresh-cw',
});
/** More people than this are counted. */
const MOST_FACES = 5;

/** One face per person, oneself left out; those on this image first. @param {readonly Presence[]} people @param {string} self @param {string} media */
export function faces(people, self, media) {
  /** @type {Map<string, Presence>} */
  const byUser = new Map();
  for (const one of people) {
    if (one.isSelf || one.user === self) continue;
    if (!byUser.has(one.user) || one.media === media) byUser.set(one.user, one);
  }
  return [...byUser.values()].sort((a, b) => Number(b.media === media) - Number(a.media === media) || a.name.localeCompare(b.name));
}

/** @param {App} app */
function crumbs({ boot, store }) {
  const name = store.media.value?.name ?? '';
  return html`
    <a class="btn icon-only quiet" href=${backTo(boot)} aria-label=${t('Back to media')} title=${t('Back to media')}>${icon('arrow-left')}</a>
    <nav class="crumbs" aria-label=${t('Breadcrumb')}>
      <a class="wide-only" href=${boot.urls.project_page}>${boot.project.name}</a>
      <span class="wide-only">${icon('chevron-right', 's')}</span>
      <span class="file clip" aria-current="page" title=${name}>${name}</span>
    </nav>`;
}

/** The status of the image; a menu when the person may set another. @param {App} app */
function statusMenu({ store, stage }) {
  const status = store.status.value;
  if (!status) return nothing;
  const may = allowedFrom(store.may.value, status.base);
  const others = store.statuses.value.filter((one) => may.has(one.name) || one.name === status.name);
  if (others.length < 2) return html`<span class="wide-only status-place">${statusChip(status)}</span>`;
  const key = statusKey(status.base);
  return html`
    <button class="status wide-only" type="button" data-status=${key} ${statusColor(status)} popovertarget="status-menu" aria-haspopup="menu"
      aria-label=${t('Status: {name}', { name: statusName(status) })}>${icon(`st-${key}`)}${statusName(status)}${icon('chevron-down', 's')}</button>
    <div class="menu" id="status-menu" popover role="menu" aria-label=${t('Image status')}>
      ${others.map((one) => html`<button class="item" type="button" role="menuitemradio" aria-checked=${one.name === status.name}
        data-status=${statusKey(one.base)} ${statusColor(one)} @click=${() => changeStatus({ store, stage }, one.name)}>${icon(`st-${statusKey(one.base)}`, 'st-icon')}${statusName(one)}<span class="end tick">${icon('check', 's')}</span></button>`)}
    </div>`;
}

/** @param {App} app */
function place(app) {
  const position = app.store.position.value;
  const { index, total } = app.film.place.value ?? { index: position?.index ?? null, total: position?.total ?? 0 };
  const words = index === null ? t('not in the list of {total}', { total: num(total) }) : t('{n} of {total}', { n: num(index + 1), total: num(total) });
  const prev = app.film.previous.value;
  const next = app.film.next.value;
  return html`<span class="nth">
    ${iconButton({ name: t('Previous image'), icon: 'chevron-left', keys: app.keys('media.previous'), run: () => app.run('media.previous'), disabled: prev === null, why: t('this is the first') })}
    <output class="small">${words}</output>
    ${iconButton({ name: t('Next image'), icon: 'chevron-right', keys: app.keys('media.next'), run: () => app.run('media.next'), disabled: next === null, why: t('this is the last') })}
  </span>`;
}

/** @param {App} app */
function saved({ store }) {
  const save = store.save.value;
  const words = html`${icon(SAVE_ICONS[save.state], 's')}<span>${save.text}</span>`;
  if (save.link) return html`<a class="save" data-state=${save.state} href=${save.link}>${words}</a>`;
  if (save.state === 'reload') {
    return html`<button class="save" type="button" data-state="reload" @click=${() => location.reload()}>${words}</button>`;
  }
  return html`<span class="save" data-state=${save.state}>${words}</span>`;
}

/** Someone who is here; pressed, their view is followed. @param {App} app @param {Presence} one @param {boolean} isHere */
function face({ following }, one, isHere) {
  const name = isHere ? t('{name}, on this image', { name: one.name }) : one.name;
  const isFollowed = following.who.value?.user === one.user;
  const title = isHere ? t('Follow {name}, on this image', { name: one.name }) : t('Follow {name}', { name: one.name });
  return html`<button class="face" type="button" aria-pressed=${String(isFollowed)} title=${title} @click=${() => { if (isFollowed) following.stop(); else following.start(one); }}>${avatar({ ...one, name }, '', isHere)}</button>`;
}

/** Who was on the image first. @param {App} app */
function lease({ store, boot }) {
  const holder = holderOf(store.people.value, boot.user.id, store.media.value?.id ?? '');
  if (!holder || !store.may.value.label) return nothing;
  const time = timeOfDay(String(holder.since));
  const words = t('{name} is working on this image since {time}. You can work on it too; changes are merged.', { name: holder.name, time });
  return html`<span class="lease small muted clip" role="status" title=${words}>${t('{name} works here since {time}', { name: holder.name, time })}</span>`;
}

/** @param {App} app */
function who(app) {
  const { store, boot } = app;
  const media = store.media.value?.id ?? '';
  const all = faces(store.people.value, boot.user.id, media);
  if (!all.length) return nothing;
  const shown = all.slice(0, MOST_FACES);
  const rest = all.slice(MOST_FACES);
  return html`<span class="avatars live" role="group" aria-label=${t('Here now')}>
    ${repeat(shown, (one) => one.user, (one) => face(app, one, one.media === media))}
    ${rest.length ? html`<span class="count" title=${rest.map((one) => one.name).join(', ')}>+${rest.length}</span>` : nothing}
  </span>`;
}

/** The steps of work that this person may take. @param {App} app */
function steps(app) {
  const { primary, reject, skip, reopen } = app.steps.value;
  const save = app.keys('submit');
  return html`
    ${skip ? html`<button class="btn quiet wide-only" type="button" @click=${() => app.run('skip')}>${t('Skip')}${kbd(app.keys('skip'))}</button>` : nothing}
    ${reject ? html`<button class="btn danger wide-only" type="button" title=${named(t('Reject'), app.keys('reject'))} @click=${() => app.run('reject')}>${icon('x')}${t('Reject')}</button>` : nothing}
    ${reopen ? html`<button class="btn wide-only" type="button" @click=${() => app.run('reopen')}>${icon('rotate-ccw')}${t('Reopen')}</button>` : nothing}
    ${primary ? html`<button class="btn primary wide-only" type="button" @click=${() => app.run('submit')}>${primary.kind === 'submit' ? nothing : icon('check')}${primaryWords(primary.kind)}${kbd(save)}</button>` : nothing}`;
}

/** @param {HTMLElement} host @param {App} app */
export function mountHeader(host, app) {
  const { store } = app;
  const end = mount(host, () => html`
    ${crumbs(app)}
    ${statusMenu(app)}
    ${place(app)}
    <span class="sep wide-only"></span>
    <span class="row tight wide-only">
      ${iconButton({ name: t('Undo'), icon: 'undo-2', keys: app.keys('undo'), run: () => app.run('undo'), disabled: !store.canUndo.value })}
      ${iconButton({ name: t('Redo'), icon: 'redo-2', keys: app.keys('redo'), run: () => app.run('redo'), disabled: !store.canRedo.value })}
    </span>
    <span class="save-place wide-only">${saved(app)}</span>
    <span class="end row wide-only">${lease(app)}${who(app)}</span>
    ${steps(app)}`);
  const title = app.store.media.subscribe((media) => {
    if (media) document.title = `${media.name} · ${app.boot.project.name} · Annotator`;
  });
  return () => {
    end();
    title();
  };
}
