/** The labeling page: reads what the server rendered, connects store, stage and panels, and starts them. */
import { computed, effect, signal } from '@preact/signals-core';
import { createTools } from './tools/index.js';
import { createSession } from './sync/session.js';
import { PixelReader } from './view/pixels.js';
import { openPort } from './view/port.js';
import { createStage } from './view/stage.js';
import { createDebug } from './debug.js';
import { COMMANDS } from './command-list.js';
import { Keymap } from './keymap.js';
import { createBindings } from './keys/bindings.js';
import { announceSaving, createAnnouncer } from './panels/notices/announce.js';
import { announceSteps } from './panels/notices/steps.js';
import { mountBanner, mountTrouble } from './panels/notices/banners.js';
import { showConflictNotices } from './panels/notices/conflict-notice.js';
import { slotsOf } from './panels/side/classes-model.js';
import { actionsOf } from './panels/commands.js';
import { wireContextMenu } from './panels/context-menu.js';
import { Film } from './panels/filmstrip/film-model.js';
import { mountFilm } from './panels/filmstrip/film.js';
import { mountHeader } from './panels/bars/header.js';
import { mountHud } from './panels/bars/hud.js';
import { mountMinimap } from './panels/bars/minimap.js';
import { focusNewIssue } from './panels/issues/issue-list.js';
import { Issues } from './panels/issues/issues-model.js';
import { mountPins } from './panels/issues/pins.js';
import { Names } from './panels/names.js';
import { Following } from './panels/people/following.js';
import { SuggestionList, syncThreshold, wireSuggestionClicks } from './panels/suggestions/suggestions-model.js';
import { createNavigation } from './panels/filmstrip/navigate.js';
import { mountRail } from './panels/bars/rail.js';
import { createAdjust } from './panels/looks/adjust-model.js';
import { mountAdjustPanel } from './panels/looks/adjust-panel.js';
import { createSettings } from './panels/settings.js';
import { mountSheet } from './panels/bars/sheet.js';
import { mountHints } from './panels/notices/hints.js';
import { mountSide } from './panels/side/side.js';
import { mountToolbar } from './panels/bars/toolbar.js';
import { mountTrays } from './panels/notices/trays.js';
import { createStepper } from './panels/filmstrip/stepper.js';
import { stepsFor } from './panels/bars/workflow.js';
import { isFocusAwaited, returnFocusTo } from './panels/focus.js';
import { followFile, lockFinishedImage, offerDraft, syncBrush, syncDisplaySettings, syncFilmItem, syncWand } from './panels/effects.js';
import { setStrings, t } from '../i18n.js';
import { wireDialogs } from '../ui/dialog.js';
import { wireMenus } from '../ui/menu.js';
import { adoptServerToasts, toast } from '../ui/toast.js';
import { savePreferences } from '../ui/preferences.js';
import { announceVisit } from '../ui/visits.js';

/** @import {Boot} from './types/page' */
/** @import {App} from './panels/app' */

/** The panels do not wait longer than this for the image. */
const PATIENCE_MS = 1500;

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {Boot} boot @returns {Promise<App>} */
async function createApp(boot) {
  const port = openPort(new URL(__SHAPES_WORKER__, import.meta.url)); // starts while the session is made
  const session = await createSession(boot);
  const { store } = session;
  const announce = createAnnouncer($('say'));
  const settings = createSettings(boot.user.id);
  const pixels = new PixelReader(new URL(__PIXELS_WORKER__, import.meta.url), { media: () => store.media.peek(), file: (media) => stage.image.file(media) });
  const cut = (/** @type {object} */ hints, /** @type {AbortSignal} */ signal) => session.cut(store.media.peek()?.id ?? '', hints, signal);
  const stage = createStage({ element: $('main'), store, createTools: (context) => createTools({ ...context, pixels, cut }), announce, port, adjustWorker: new URL(__ADJUST_WORKER__, import.meta.url) });
  const bindings = createBindings(COMMANDS, boot.keys, saveKeys);
  const names = new Names([...(boot.people ?? []), boot.user]);
  names.listen(session);
  const app = /** @type {any} */ ({
    boot, session, store, settings, stage, names, announce,
    film: new Film(boot),
    adjust: createAdjust(settings, boot.project.id),
    steps: computed(() => stepsFor(store.status.value, store.may.value, store.statuses.value)),
    slots: computed(() => slotsOf(store.regionConcepts.value, settings.signal.value.digits[boot.project.id])),
    issues: new Issues({ boot, store, session }),
    suggestions: new SuggestionList({ boot, store, session, stage, announce }),
    trouble: signal(null),
    loading: signal(false),
    shown: signal(null),
    bindings,
    keys: bindings.text,
  });
  app.open = createNavigation(app);
  app.following = new Following(app);
  app.stepper = createStepper({ film: app.film, open: app.open, announce, notify: toast });
  app.actions = actionsOf(app);
  // for buttons and the palette: a command of the page, else one of the stage
  app.run = (/** @type {string} */ id) => (app.actions[id] ?? (() => stage.run(id)))();
  return app;
}

/** @param {unknown} keys */
function saveKeys(keys) {
  savePreferences({ keys }).catch((/** @type {Error} */ error) => toast(t('The keys hold on this page only, they could not be saved: {reason}', { reason: error.message }), { bad: true }));
}

/** Keys: the stage first, it knows drafts and vertices; then the page. @param {App} app */
function wireKeys(app) {
  const { stage, actions, bindings } = app;
  const keymap = new Keymap({
    commands: bindings.commands.peek(),
    scopes: () => ['all', ...stage.scopes(), ...(app.store.activeSuggestion.peek() === null ? [] : [/** @type {const} */ ('suggest')])],
    isBlocked: () => isFocusAwaited() || document.querySelector('dialog[open], [popover]:popover-open') !== null,
    run: (id, press) => {
      if (id === 'escape' && !stage.drawing.isDrawing && (app.following.stop() || app.suggestions.leave())) return true;
      const isUsed = stage.run(id, press);
      if (isUsed !== undefined) return isUsed;
      if (!press.isDown) return false;
      return actions[id]?.(press) !== false;
    },
  });
  effect(() => keymap.use(bindings.commands.value));
  keymap.attach(document);
}

/** What is needed at once. @param {App} app */
function mountFrame(app) {
  mountHeader($('head'), app);
  mountToolbar($('bar'), app);
  mountRail($('rail'), app);
  mountHud($('hud'), app);
  mountBanner($('banner'), app);
  mountTrouble($('trouble'), app);
}

/** What follows the image, in space that is reserved for it. @param {App} app @param {boolean} isFirstVisit */
function mountPanels(app, isFirstVisit) {
  mountSide($('side'), app);
  mountHints($('hints'), app, isFirstVisit);
  mountPins($('main'), app);
  openNewIssue(app);
  mountAdjustPanel($('main'), app);
  mountSheet($('sheet'), app);
  mountTrays($('tray'), app);
  mountMinimap($('minimap'), app, (x, y) => app.stage.centerOn(x, y));
  mountFilm($('film'), app);
}

/** A place for a new issue leads to the field where it is written. @param {App} app */
function openNewIssue({ store, settings }) {
  store.newIssue.subscribe((place) => {
    if (!place) return;
    if (store.display.peek().bare) store.display.value = { ...store.display.peek(), bare: false };
    settings.set({ tab: 'issues' });
    focusNewIssue();
  });
}

/** Things that follow the store by themselves. @param {App} app */
function wire(app) {
  const { store, session, stage, settings } = app;
  wireMenus();
  wireDialogs();
  announceVisit(() => session.lookAgain());
  adoptServerToasts();
  wireKeys(app);
  returnFocusTo(stage);
  wireContextMenu($('main'), app);
  announceSaving(store, app.announce);
  showConflictNotices(app);
  announceSteps(store, app.announce);
  lockFinishedImage(app);
  offerDraft(app);
  syncDisplaySettings($('editor'), app);
  syncBrush(app);
  syncWand(app);
  syncThreshold(app);
  wireSuggestionClicks(app);
  effect(() => stage.setFill(settings.value.fill));
  followFile(app);
  effect(() => stage.setAdjustments(app.adjust.shown.value));
  document.addEventListener('themechange', () => stage.refreshColors());
  stage.onPointer((x, y) => (x === null || y === null ? session.clearCursor() : session.moveCursor(x, y)));
  session.onEvent((event) => app.film.applyEvent(event));
}

/** Resolves after the next frame was shown. */
const shownFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

async function start() {
  /** @type {Boot} */
  const boot = JSON.parse($('boot').textContent ?? '');
  setStrings(boot.strings);
  const app = await createApp(boot);
  if (boot.debug) createDebug({ stage: app.stage, store: app.store, settled: () => app.session.idle() });
  const opened = app.open(boot.media, { isFirst: true });
  mountFrame(app);
  wire(app);
  await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  await shownFrame();
  mountPanels(app, boot.hints);
  syncFilmItem(app);
  keepWorkers();
}

/** Has the browser keep the scripts of workers that start when they are first needed: the network may be gone by then. */
function keepWorkers() {
  for (const url of [__PIXELS_WORKER__, __ADJUST_WORKER__]) fetch(new URL(url, import.meta.url)).catch(() => {});
}

start();
