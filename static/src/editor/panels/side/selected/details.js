/** The selected object: its class, attributes, geometry in figures, who drew it and when; several selected: what they share. */
import { age, ngettext, num, t } from '../../../../i18n.js';
import { geometryFields } from './geometry-fields.js';
import { html, nothing } from '../../live.js';
import { avatar, icon, iconButton, shapeWord, swatch } from '../../templates.js';
import { labelAttributes } from '../attributes.js';
import { classButton } from '../class-picker.js';
import { keypointList } from '../../skeletons/keypoint-list.js';
import { figures } from '../objects-model.js';

/** @import {Label} from '../../../types/labels' */
/** @import {App} from '../../app' */

/** @param {Label} label */
function geometryWords(label) {
  const { size, points, holes, pixels, keypoints } = figures(label, num);
  const parts = [];
  if (points) parts.push(ngettext('{n} point', '{n} points', points));
  if (holes) parts.push(ngettext('{n} hole', '{n} holes', holes));
  if (pixels) parts.push(t('{n} px filled', { n: num(pixels) }));
  if (keypoints) parts.push(ngettext('{n} keypoint', '{n} keypoints', keypoints));
  return [...parts, size].join(' · ');
}

/** @param {App} app @param {Label} label */
function originWords({ store }, { id, origin, score }) {
  const model = store.suggestion(id)?.model;
  if (origin === 'model' && model && score !== null) return t('{model}, score {score}', { model, score: num(score, 2) });
  if (origin === 'model') return score === null ? t('Suggested by a model') : t('Suggested by a model, score {score}', { score: num(score, 2) });
  return t('Imported');
}

/** @param {App} app @param {boolean} isOff */
function classField(app, isOff) {
  return html`<span class="k" id="d-class-name">${t('Class')}</span>${classButton(app, { id: 'd-class', labelledby: 'd-class-name', isOff })}`;
}

/** @param {App} app @param {Label} label */
function authorField({ names }, label) {
  const person = names.of(label.created_by);
  const editor = label.updated_by !== label.created_by ? names.of(label.updated_by) : null;
  const line = (/** @type {{name: string, initials: string, hue: number} | null} */ who, /** @type {string} */ at) => html`<span class="row tight">${who ? avatar(who, 's') : icon('bot', 's faint')}<span class="muted clip">${who ? `${who.name}, ` : ''}${age(at)}</span></span>`;
  return html`<span class="k">${t('Created by')}</span>${line(person, label.created_at)}
    ${editor ? html`<span class="k">${t('Updated by')}</span>${line(editor, label.updated_at)}` : nothing}`;
}

/** What can be done with the shapes of the selected objects. @param {App} app @param {readonly Label[]} labels */
function shapeButtons(app, labels) {
  const button = (/** @type {string} */ name, /** @type {string} */ shape, /** @type {string} */ command) =>
    iconButton({ name, icon: shape, kind: 's', keys: app.keys(command), run: () => app.run(command) });
  const hasParts = labels.some((one) => one.mask || (one.points?.length ?? 0) > 1);
  return html`<div class="row tight body" role="group" aria-label=${t('Shape operations')}>
    ${labels.length > 1 ? html`${button(t('Join'), 'squares-unite', 'join')}${button(t('Subtract'), 'squares-subtract', 'subtract')}` : nothing}
    ${button(t('Cut along a line'), 'slice', 'slice')}
    ${labels.length === 1 && (labels[0].shape === 'polygon' || labels[0].shape === 'polyline') ? button(t('Redo part of the outline'), 'pencil', 'contour') : nothing}
    ${hasParts ? button(t('Split'), 'split', 'split') : nothing}
    ${labels.some((one) => one.shape === 'polygon') ? button(t('Simplify'), 'shapes', 'simplify') : nothing}
    ${labels.some((one) => !one.mask && one.shape !== 'polyline') ? button(t('Convert to mask'), 'brush', 'convert.mask') : nothing}
    ${labels.some((one) => one.shape !== 'polygon' && one.shape !== 'polyline') ? button(t('Convert to polygon'), 't-poly', 'convert.polygon') : nothing}</div>`;
}

/** The view of what is selected; nothing when nothing is. @param {App} app */
export function detailsView(app) {
  const { store, stage } = app;
  store.version.value;
  const labels = [...store.selection.value].flatMap((id) => store.labels.get(id) ?? []);
  if (!labels.length) return nothing;
  const [label] = labels;
  const isOne = labels.length === 1;
  const concept = store.concept(label.concept);
  const n = isOne ? store.order().indexOf(label.id) + 1 : 0;
  const title = isOne ? `${concept?.name ?? t('Class deleted')} ${n}` : t('{n} selected', { n: num(labels.length) });
  const canEdit = labels.some((one) => store.isEditable(one.id));
  const why = store.may.value.label ? t('locked') : store.may.value.reason;
  const button = (/** @type {string} */ name, /** @type {string} */ shape, /** @type {string} */ command) =>
    iconButton({ name, icon: shape, kind: 's', keys: app.keys(command), run: () => app.run(command), disabled: !canEdit, why });
  return html`<section class="section details" aria-label=${t('Selected object')}>
    <header>${isOne ? swatch(concept) : nothing}<span class="clip grow" title=${title}>${title}</span><span class="row tight">
      ${button(t('Send backward'), 'arrow-down', 'back')}${button(t('Bring forward'), 'arrow-up', 'forward')}
      ${iconButton({ name: t('Show on the image'), icon: 'focus', kind: 's', keys: app.keys('zoom.selection'), run: () => stage.showLabel(label.id) })}
      ${button(t('Delete'), 'trash-2', 'delete')}</span></header>
    <div class="body attrs">
      ${classField(app, !canEdit)}
      ${isOne ? html`<span class="k">${t('Shape')}</span><span class="v muted">${shapeWord(label)}${label.is_crowd ? `, ${t('crowd')}` : ''}</span>
        <span class="k">${t('Geometry')}</span><span class="v muted">${geometryWords(label)}</span>
        <span class="k">${t('Position')}</span>${canEdit ? geometryFields(app, label) : html`<span class="v muted">x ${num(label.box[0], 1)} y ${num(label.box[1], 1)}</span>`}
        ${label.origin === 'human' ? nothing : html`<span class="k">${t('Source')}</span><span class="v muted">${originWords(app, label)}</span>`}
        ${authorField(app, label)}` : nothing}
    </div>${isOne ? keypointList(app, label, !canEdit) : nothing}${canEdit ? shapeButtons(app, labels) : nothing}${labelAttributes(app, labels, !canEdit)}</section>`;
}
