/** What the palette of the labeling page offers: classes, commands, images of the list. */
import { t } from '../../../i18n.js';
import { h } from '../../../ui/dom.js';
import { openPalette } from '../../../ui/palette.js';
import { COMMANDS } from '../../command-list.js';
import { classEntries } from '../side/class-picker.js';
import { switchTag } from '../side/tags.js';
import { backTo } from '../filmstrip/navigate.js';

/** @import {App} from '../app' */
/** @import {Entry} from '../../../ui/palette.js' */

const HIDDEN = /^(palette|class\.\d+|bind\.\d+|nudge|resize|cross|draw|escape|pan\.hold)/;

/** @param {App} app @returns {Entry[]} */
function commandEntries(app) {
  const group = t('Commands');
  const entries = COMMANDS.filter((one) => !HIDDEN.test(one.id)).map((one) => ({
    group, label: one.text(), keys: app.keys(one.id) || undefined, icon: 'corner-down-left', run: () => app.run(one.id),
  }));
  return [
    ...entries,
    { group, label: t('Toggle dark theme'), icon: 'sun-moon', run: () => app.run('theme') },
    { group, label: t('High contrast'), icon: 'contrast', run: () => app.run('contrast') },
    { group, label: t('Back to media'), icon: 'arrow-left', run: () => location.assign(backTo(app.boot)) },
  ];
}

/** Tags to switch on or off. @param {App} app @returns {Entry[]} */
function tagEntries(app) {
  const { store } = app;
  if (!(store.may.peek().tag ?? store.may.peek().label)) return [];
  return store.mediaConcepts.peek().map((tag) => ({
    group: t('Tags'), label: t('Tag {name}', { name: tag.name }), more: store.tags.peek().has(tag.id) ? t('on') : t('off'), icon: 'tag', run: () => switchTag(app, tag),
  }));
}

/** @param {App} app @returns {Entry[]} */
function imageEntries(app) {
  return app.film.items.peek().map((frame) => ({
    group: t('Images'), label: frame.name, more: String(frame.index + 1), run: () => { app.open(frame.id); },
    icon: 'image', mark: frame.thumbnail_url ? () => h('img', { src: frame.thumbnail_url, alt: '', class: 'thumb', loading: 'lazy' }) : undefined,
  }));
}

/** What was found is used on the stage, also when the palette was opened from a panel. @param {App} app */
export function showPalette(app) {
  const entries = [...classEntries(app), ...commandEntries(app), ...tagEntries(app), ...imageEntries(app)];
  openPalette(entries.map((one) => ({ ...one, run: () => { app.stage.focus(); one.run(); } })), { label: t('Find a class, a command or an image') });
}
