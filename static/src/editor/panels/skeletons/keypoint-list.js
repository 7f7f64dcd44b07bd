/** The points of the selected figure: by name, with their state; a click goes to the next state, arrows then move the point. */
import { t } from '../../../i18n.js';
import { stateOf } from '../../geom/skeleton.js';
import { schemaOf, stateWord } from '../../skeletons.js';
import { html, nothing } from '../live.js';
import { changePoint } from './change.js';
import { icon, iconButton } from '../templates.js';

/** @import {Label} from '../../types/labels' */
/** @import {App} from '../app' */

const ICONS = { visible: 'eye', occluded: 'eye-off', absent: 'minus' };

/** @param {App} app @param {Label} label @param {boolean} isOff */
export function keypointList(app, label, isOff) {
  const { store } = app;
  const schema = schemaOf(store, label);
  if (!schema || !label.keypoints.length) return nothing;
  const active = store.activePoint.value;
  const byClass = new Map(label.keypoints.map((one) => [one.keypoint_class, one]));
  const activate = (/** @type {string} */ point) => { store.activePoint.value = { label: label.id, point }; };
  return html`<div class="body" role="group" aria-label=${t('Keypoints')}>
    <div class="row"><span class="k grow">${t('Keypoints')}</span>${iconButton({ name: t('Flip left and right'), icon: 'split', kind: 's', keys: app.keys('flip'), run: () => app.run('flip'), disabled: isOff })}</div>
    <div class="keypoint-rows">${schema.classes.map(({ id, name }) => {
      const state = stateOf(byClass.get(id));
      const isActive = active?.label === label.id && active.point === id;
      return html`<button class="item" type="button" aria-pressed=${String(isActive)} ?disabled=${isOff} data-state=${state} @focus=${() => activate(id)}
        @click=${() => { activate(id); changePoint(app, label, id); }}>${icon(ICONS[state], 's')}<span class="clip grow" title=${name}>${name}</span><span class="faint small">${stateWord(state)}</span></button>`;
    })}</div></div>`;
}
