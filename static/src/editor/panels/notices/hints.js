/** Five hints for the first visit of an account, below the panels; shown once. */
import { signal } from '@preact/signals-core';
import { t } from '../../../i18n.js';
import { savePreferences } from '../../../ui/preferences.js';
import { html, mount, nothing } from '../live.js';

/** @import {App} from '../app' */

/** @param {(command: string) => string} keys of this person */
const hints = (keys) => [
  t('Press {box} and drag around an object to draw a box. {polygon} draws a polygon, {brush} paints a mask.', { box: keys('tool.box'), polygon: keys('tool.polygon'), brush: keys('tool.brush') }),
  t('Keys 1 to 0 set the class of the selected object. With nothing selected, that of the next one.'),
  t('The wheel zooms at the pointer. Hold {pan} and drag to pan; {fit} shows the whole image.', { pan: keys('pan.hold'), fit: keys('zoom.fit') }),
  t('Every change is saved at once. {undo} takes your own steps back, even after a reload.', { undo: keys('undo') }),
  t('{keys} lists all keys and changes them. {palette} finds every class, command and image.', { keys: keys('help'), palette: keys('palette') }),
];

/** Shows the hints unless the account has seen them; nothing where the panels are hidden. @param {HTMLElement} host @param {App} app @param {boolean} isFirstVisit */
export function mountHints(host, app, isFirstVisit) {
  if (!isFirstVisit || !host.parentElement?.offsetParent) return;
  const at = signal(0);
  const texts = hints((command) => app.keys(command));
  const close = () => {
    const hadFocus = host.contains(document.activeElement);
    host.hidden = true;
    if (hadFocus) app.stage.focus();
  };
  const next = () => { if (at.value === texts.length - 1) close(); else at.value += 1; };
  host.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
  host.hidden = false;
  mount(host, () => html`
    <p aria-live="polite"><b>${t('Hint {n} of {all}', { n: at.value + 1, all: texts.length })}</b> ${texts[at.value]}</p>
    <div class="row">${at.value ? html`<button class="btn s" type="button" @click=${() => { at.value -= 1; }}>${t('Previous')}</button>` : nothing}
      <button class="btn s" type="button" @click=${next}>${at.value === texts.length - 1 ? t('Done') : t('Next')}</button>
      <button class="btn s quiet" type="button" @click=${close}>${t('Close hints')}</button></div>`);
  savePreferences({ hints: 'seen' }).catch(() => { /* they are shown once more */ });
}
