/** The banner over the stage in unusual states: read only, finished, signed out, offline, deleted, unreadable. */
import { signal } from '@preact/signals-core';
import { t } from '../../../i18n.js';
import { html, mount, nothing } from '../live.js';
import { passWheel } from '../bars/hud.js';
import { backTo } from '../filmstrip/navigate.js';
import { icon } from '../templates.js';

/** @import {App} from '../app' */

/** @typedef {{kind: string, icon: string, text: string, action?: {label: string, run?: () => void, href?: string}}} Banner */

/**
 * The one banner that matters most now; null in the usual state.
 * @param {App} app @returns {Banner | null}
 */
export function bannerOf(app) {
  const { store, session, steps, boot } = app;
  const save = store.save.value;
  const unavailable = session.unavailable.value;
  if (unavailable) return { kind: 'bad', icon: 'triangle-alert', text: unavailable, action: { label: t('Back to media'), href: backTo(boot) } };
  if (save.state === 'signed_out') {
    return { kind: 'warn', icon: 'lock', text: t('You are signed out. Your changes are kept here until you sign in.'), action: { label: t('Sign in'), href: save.link ?? boot.urls.sign_in } };
  }
  if (save.state === 'reload') {
    return { kind: 'warn', icon: 'refresh-cw', text: t('The server was updated. Your changes are kept.'), action: { label: t('Reload to update'), run: () => location.reload() } };
  }
  if (save.state === 'offline') return { kind: 'warn', icon: 'cloud-off', text: t('No connection. You can go on labeling: changes are kept here and sent later.'), action: { label: t('Try now'), run: () => session.flush() } };
  if (app.stepper.isWaiting.value) return { kind: 'wait', icon: 'image', text: t('Loading the next image…') };
  if (app.loading.value) return { kind: 'wait', icon: 'image', text: t('Loading the image…') };
  if (!store.media.value) return null;
  const { reopen, isFinished } = steps.value;
  if (isFinished) {
    return { kind: 'lock', icon: 'lock', text: reopen ? t('Finished. Reopen to edit.') : t('Finished. A reviewer can reopen it.') };
  }
  const may = store.may.value;
  if (!may.label) return { kind: 'lock', icon: 'lock', text: may.reason || t('You can view this image but not edit it.') };
  return followBanner(app) ?? rejectionBanner(app) ?? tilesBanner(app);
}

/** Why less than all pixels of a large image are shown. @param {App} app @returns {Banner | null} */
function tilesBanner({ store }) {
  const { tiles } = store.media.value ?? {};
  if (!tiles || tiles.layers.length) return null;
  if (tiles.problem) return { kind: 'warn', icon: 'image', text: tiles.problem };
  return { kind: 'wait', icon: 'image', text: t('All pixels of this image are being prepared. Until then a preview is shown.') };
}

/** Whose view is followed. @param {App} app @returns {Banner | null} */
function followBanner({ following }) {
  const person = following.who.value;
  if (!person) return null;
  return { kind: 'info', icon: 'eye', text: t('Following {name}. Move the view or press Esc to stop.', { name: person.name }), action: { label: t('Stop'), run: () => { following.stop(); } } };
}

/** The rejection that the person has read, as `image time`. */
const read = signal('');

/** Why the image was sent back: for the labeler, and when it is submitted again for the reviewer. @param {App} app @returns {Banner | null} */
function rejectionBanner({ store, steps }) {
  const { id, rejection } = store.media.value ?? {};
  if (!rejection || read.value === `${id} ${rejection.at}`) return null;
  const base = store.status.value?.base ?? '';
  const words = { name: rejection.name || t('A reviewer'), reason: rejection.reason };
  const action = { label: t('Hide'), run: () => { read.value = `${id} ${rejection.at}`; } };
  if (base === 'NEW' || base === 'IN PROGRESS') return { kind: 'warn', icon: 'undo-2', text: t('Sent back by {name}: {reason}', words), action };
  if (base === 'TO REVIEW' && steps.value.reject) return { kind: 'info', icon: 'undo-2', text: t('Submitted again. {name} had asked: {reason}', words), action };
  return null;
}

/** @param {HTMLElement} host @param {App} app */
export function mountBanner(host, app) {
  passWheel(host, app.stage);
  return mount(host, () => {
    const banner = bannerOf(app);
    host.hidden = !banner;
    if (!banner) return nothing;
    const { action } = banner;
    return html`<div class="banner" data-kind=${banner.kind} role=${banner.kind === 'bad' ? 'alert' : 'status'}>${icon(banner.icon)}<span>${banner.text}</span>
      ${action ? html`<span class="end">${action.href ? html`<a class="btn s" href=${action.href}>${action.label}</a>` : html`<button class="btn s" type="button" @click=${action.run}>${action.label}</button>`}</span>` : nothing}</div>`;
  });
}

/** In place of an image that cannot be shown: why, and what to do. @param {HTMLElement} host @param {App} app */
export function mountTrouble(host, app) {
  return mount(host, () => {
    const trouble = app.trouble.value;
    host.hidden = !trouble;
    if (!trouble) return nothing;
    const isMissing = trouble.status === 404 || trouble.status === 403;
    return html`<div class="empty" role="alert">${icon('triangle-alert', 'l')}<h2>${isMissing ? t('Image not found') : t('This image cannot be shown')}</h2><p>${trouble.text}</p>
      <div class="row">${isMissing ? nothing : html`<button class="btn primary" type="button" @click=${() => app.open(app.film.current.value ?? app.boot.media)}>${t('Try again')}</button>`}<a class="btn" href=${backTo(app.boot)}>${t('Back to media')}</a></div></div>`;
  });
}
