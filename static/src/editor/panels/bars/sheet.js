/** The sheet under the image on a phone: its status, how much is on it, Accept or Reject. Review: nobody draws there, so nobody submits. */
import { ngettext, t } from '../../../i18n.js';
import { html, mount, nothing } from '../live.js';
import { icon, iconButton, statusChip } from '../templates.js';
import { primaryWords } from './workflow.js';

/** @import {App} from '../app' */

/** @param {HTMLElement} host @param {App} app */
export function mountSheet(host, app) {
  const { store } = app;
  return mount(host, () => {
    store.version.value;
    const { primary, reject, skip, reopen } = app.steps.value;
    const accept = primary?.kind === 'accept';
    const { hideAll } = store.display.value;
    const count = store.labels.size;
    const big = (/** @type {string} */ command, /** @type {string} */ kind, /** @type {string} */ shape, /** @type {string} */ words) =>
      html`<button class="btn l grow ${kind}" type="button" @click=${() => app.run(command)}>${icon(shape)}${words}</button>`;
    return html`
      <div class="row">${statusChip(store.status.value)}<span class="muted grow">${ngettext('{n} object', '{n} objects', count)}</span><span class="faint small clip">${store.save.value.text}</span>
        ${iconButton({ name: t('Hide all objects'), icon: hideAll ? 'eye-off' : 'eye', pressed: hideAll, run: () => app.run('view.hide') })}
        ${iconButton({ name: t('Fit'), icon: 'scan', run: () => app.run('zoom.fit') })}</div>
      ${primary && !accept ? html`<p class="muted small">${t('Open this image on a larger screen to label and submit it.')}</p>` : nothing}
      ${accept || reject || skip || reopen ? html`<div class="row">
        ${skip ? big('skip', '', 'st-skipped', t('Skip')) : nothing}
        ${reject ? big('reject', 'danger', 'x', t('Reject')) : nothing}
        ${reopen ? big('reopen', '', 'rotate-ccw', t('Reopen')) : nothing}
        ${accept ? big('accept', 'primary', 'check', primaryWords('accept')) : nothing}</div>` : nothing}`;
  });
}
