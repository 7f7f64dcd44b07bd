/** What the commands of the key map do that do not belong to the stage: one function for keys, buttons and palette. */
import { ngettext, t } from '../../i18n.js';
import { toggleContrast, toggleTheme } from '../../ui/theme.js';
import { toast, undoLastToast } from '../../ui/toast.js';
import { deletable, deleteLabels, rejectSuggestions, reorder } from '../commands.js';
import { copySelected, duplicateSelected, pasteCopied } from './copies.js';
import { focusWhenDrawn } from './focus.js';
import { stepIssue } from './issues/pins.js';
import { focusAttribute } from './side/attribute-keys.js';
import { offersFor, offersForImage } from './side/attributes-model.js';
import { focusTags } from './side/tags.js';
import { noClasses, pickClass, useClass } from './side/class-picker.js';
import { withBound } from './side/classes-model.js';
import { askForNumber } from './dialogs/jump.js';
import { showKeySheet } from './dialogs/key-sheet.js';
import { showPalette } from './dialogs/palette-entries.js';
import { hasBrush, toolOf } from './bars/rail.js';
import { nextBrush, nextTolerance } from './settings.js';
import { showSettings } from './dialogs/settings-dialog.js';
import {
  convertSelected, intersectSelected, joinSelected, removeOverlapOfSelected, simplifySelected, redrawContour, sliceSelected, splitSelected, subtractSelected,
} from './shapes.js';
import { cutSelectedBoxes } from './cutouts.js';
import { propagateSelected } from './propagate.js';
import { cyclePoint, flipSelected, toggleOccluded } from './skeletons/change.js';
import { toggleAdjustPanel, toggleOriginal } from './looks/adjust-panel.js';
import { noModel } from './suggestions/suggestions-model.js';
import { createWorkSteps } from './work-steps.js';

/** @import {App} from './app' */

/** Ids of the selection that may be changed (or deleted); announces when others are left out. @param {App} app @param {boolean} [alsoLocked] */
function editable({ store, announce }, alsoLocked) {
  const selected = store.selection.peek();
  const ids = new Set(deletable(store, selected, alsoLocked));
  if (ids.size < selected.size) announce(store.may.peek().label ? t('Locked objects were not changed') : store.may.peek().reason);
  return ids;
}

/** Deletes the selected objects and offers to undo it. @param {App} app @param {boolean} [alsoLocked] */
function removeSelected(app, alsoLocked) {
  const { store } = app;
  const ids = editable(app, alsoLocked);
  if (!ids.size) return;
  const name = ids.size === 1 ? store.concept(store.labels.get([...ids][0])?.concept ?? null)?.name : undefined;
  // what was a suggestion does not come back as one
  const suggested = [...ids].filter((id) => store.suggestion(id)?.is_rejected === false);
  store.commit([...deleteLabels(store, ids), ...rejectSuggestions(store, suggested)]);
  offerUndo(app, ids.size === 1 ? t('{name} deleted', { name: name ?? t('Object') }) : ngettext('{n} object deleted', '{n} objects deleted', ids.size));
}

/** A toast whose Undo undoes exactly the last step; it closes when another step follows. @param {App} app @param {string} text */
function offerUndo({ store }, text) {
  const entry = store.history.peek().findLast((one) => !one.undone);
  if (!entry) return;
  const close = toast(text, { undo: () => { store.undo(); } });
  const stop = store.history.subscribe((entries) => {
    if (entries.findLast((one) => !one.undone)?.id === entry.id) return;
    close();
    queueMicrotask(() => stop());
  });
}

/**
 * The object after or before the last selected one, as drawn. Behind the last and before the first the key is the
 * browser's, and so it is after Esc, with nothing selected: the keyboard leaves the image without passing every object.
 * @param {App} app @param {1 | -1} step
 */
function selectNext({ store, stage, announce }, step) {
  if (stage.isFocusReleased) return false;
  const order = store.order().filter((id) => !store.isHidden(id));
  const last = [...store.selection.peek()].at(-1);
  const at = last === undefined ? -1 : order.indexOf(last);
  const id = order[at + step];
  if (id === undefined) return false;
  store.select([id]);
  stage.showLabel(id);
  const label = store.labels.get(id);
  announce(`${store.concept(label?.concept ?? null)?.name ?? t('Object')} ${store.order().indexOf(id) + 1}`, { spokenOnly: true });
  return true;
}

/** @param {App} app @param {'hidden' | 'locked'} what */
function toggleSelected({ store, announce }, what) {
  const ids = [...store.selection.peek()];
  const isOn = !ids.every((id) => store[what].peek().has(id));
  if (what === 'hidden') store.setHidden(ids, isOn);
  else store.setLocked(ids, isOn);
  announce(what === 'hidden' ? (isOn ? t('Hidden') : t('Shown')) : isOn ? t('Locked') : t('Unlocked'));
}

/** @param {App} app @param {'hideAll' | 'lockAll' | 'outlines' | 'grid' | 'names' | 'snap' | 'crosshair' | 'bare'} name */
function toggleDisplay({ store }, name) {
  const display = store.display.peek();
  store.display.value = { ...display, [name]: !display[name] };
}

/** Colors by class or by object. @param {App} app */
function toggleColors({ store, announce }) {
  const display = store.display.peek();
  const colorBy = display.colorBy === 'class' ? 'object' : 'class';
  store.display.value = { ...display, colorBy };
  announce(colorBy === 'class' ? t('Colors by class') : t('Colors by object'));
}

/** Switches fullscreen; where pages may not do that, the browser gets the key. */
function toggleFullscreen() {
  if (!document.fullscreenEnabled) return false;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
  return true;
}

/** @param {App} app @param {string} tool */
function useTool({ store, stage, announce }, tool) {
  if (toolOf(tool).draws && !store.may.peek().label) return announce(store.may.peek().reason);
  store.tool.value = tool;
  stage.focus();
}

/** The last drawing tool; with the brush or GrabCut in use the next stroke begins a new object. @param {App} app @param {string} tool */
function useAgain(app, tool) {
  if (['brush', 'grabcut'].includes(tool) && app.store.tool.peek() === tool && app.store.selection.peek().size) {
    app.store.select([]);
    app.announce(tool === 'brush' ? t('The next stroke begins a new object') : t('The next box or click begins a new object'));
  }
  useTool(app, tool);
}

/** @param {App} app @param {1 | -1} step */
function resizeBrush({ store, settings, announce }, step) {
  if (store.tool.peek() === 'wand') {
    store.wandTolerance.value = nextTolerance(store.wandTolerance.peek(), step);
    announce(t('Tolerance {n}', { n: store.wandTolerance.peek() }), { spokenOnly: true });
    return true;
  }
  if (!hasBrush(store.tool.peek())) return false;
  settings.set({ brushSize: nextBrush(settings.value.brushSize, step) });
  announce(t('Brush size {n} px', { n: settings.value.brushSize }), { spokenOnly: true });
  return true;
}

/** Id of the current class; null, and said, without any. @param {App} app */
function currentClass({ store, announce }) {
  const id = store.activeConcept.peek();
  if (id === null) announce(noClasses());
  return id;
}

/** @param {App} app @param {number} digit 1 to 10 */
function useDigit(app, digit) {
  const concept = app.slots.peek()[digit - 1];
  if (concept) useClass(app, concept.id);
  else if (currentClass(app)) app.announce(t('Digit {digit} has no class. Ctrl+{digit} assigns it to the current class.', { digit: digit % 10 }));
}

/** @param {App} app */
function repeatClass(app) {
  const id = currentClass(app);
  if (id) useClass(app, id);
}

/** From now on the digit means the class of the next shape. @param {App} app @param {number} place 1 to 10 */
function bindDigit(app, place) {
  const { boot, store, settings } = app;
  const concept = store.concept(currentClass(app));
  if (!concept) return;
  const before = settings.value.digits;
  const bound = withBound(before[boot.project.id] ?? {}, store.regionConcepts.peek(), place, concept.id);
  settings.set({ digits: { ...before, [boot.project.id]: bound } });
  toast(t('{digit} is now {name}', { digit: place % 10, name: concept.name }), { undo: () => settings.set({ digits: before }) });
}

/** @param {App} app @param {1 | -1} step */
function moveInOrder(app, step) {
  const ids = editable(app);
  if (ids.size) app.store.commit(reorder(app.store, ids, step), { merge: 'order' });
}

/** @param {App} app @param {string} tab */
function showTab({ store, settings }, tab) {
  if (store.display.peek().bare) store.display.value = { ...store.display.peek(), bare: false };
  settings.set({ tab });
}

/** Opens the picker for the selected objects, beside what shows their class. @param {App} app */
function chooseClass(app) {
  if (!editable(app).size) return;
  const shown = [...document.querySelectorAll('#d-class, #bar .class-pick')].filter((one) => one.checkVisibility());
  pickClass(app, shown.at(-1));
}

/** The attributes of the selected objects; their class, when they have none. @param {App} app */
function openDetails(app) {
  const { store } = app;
  const labels = [...store.selection.peek()].flatMap((id) => store.labels.get(id) ?? []);
  const [offer] = offersFor(store.attributes.peek(), labels);
  if (!offer) chooseClass(app);
  else if (editable(app).size) focusAttribute(app, offer);
}

/** AI click: without a model it says so; suggestions are stepped through with it. @param {App} app */
function beginAi(app) {
  useTool(app, 'ai');
  if (!app.store.openSuggestions.peek().length) app.announce(noModel());
}

/** The tool for a new issue; whoever may not write gets the reason. @param {App} app */
function beginIssue(app) {
  const may = app.store.may.peek();
  if (!may.label && may.code !== 'finished') return app.announce(may.reason);
  return useTool(app, 'issue');
}

/** @param {App} app */
function editImageAttributes(app) {
  const [offer] = offersForImage(app.store.attributes.peek(), app.store.media.peek()?.id ?? '');
  if (offer) focusAttribute(app, offer);
  else app.announce(t('Images of this project have no attributes'));
}

/** Undoes the last step of the drawing or the image, else what the newest toast offers to undo. @param {App} app */
function undo({ store, stage, announce }) {
  if (stage.drawing.undo()) return;
  if (store.canUndo.peek()) store.undo();
  else if (!undoLastToast()) announce(t('Nothing to undo'));
}

/** @param {App} app */
function redo({ store, stage, announce }) {
  if (stage.drawing.redo()) return;
  if (store.canRedo.peek()) store.redo();
  else announce(t('Nothing to redo'));
}

/**
 * The commands by id. A function returns false when it had no use for the key: the browser gets it then.
 * @param {App} app @returns {App['actions']}
 */
export function actionsOf(app) {
  const { store, session } = app;
  const memory = { last: 'box' };
  const takeStep = createWorkSteps(app);
  store.tool.subscribe((tool) => { if (toolOf(tool).draws) memory.last = tool; });
  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, i) => i + 1).flatMap((place) => [
    [`class.${place}`, () => useDigit(app, place)], [`bind.${place}`, () => bindDigit(app, place)],
  ]));
  return {
    ...digits,
    'media.next': (press) => app.stepper.go(1, press),
    'media.previous': (press) => app.stepper.go(-1, press),
    jump: () => askForNumber(app),
    submit: (press) => takeStep('submit', press),
    skip: (press) => takeStep('skip', press),
    accept: (press) => takeStep('accept', press),
    reject: (press) => takeStep('reject', press),
    reopen: (press) => takeStep('reopen', press),
    flush: () => { session.flush(); app.announce(store.save.peek().text); },
    undo: () => undo(app),
    redo: () => redo(app),
    help: () => showKeySheet(app),
    palette: () => showPalette(app),
    settings: () => showSettings(app),
    fullscreen: () => toggleFullscreen(),
    panels: () => toggleDisplay(app, 'bare'),
    tags: () => { showTab(app, 'tags'); focusTags(app); },
    details: () => openDetails(app),
    guidelines: () => { showTab(app, 'classes'); focusWhenDrawn(() => document.getElementById('guidelines')); },
    'class.choose': () => chooseClass(app),
    'image.attributes': () => editImageAttributes(app),
    'view.hide': () => toggleDisplay(app, 'hideAll'),
    'view.lock': () => toggleDisplay(app, 'lockAll'),
    'view.grid': () => toggleDisplay(app, 'grid'),
    'view.names': () => toggleDisplay(app, 'names'),
    'view.snap': () => toggleDisplay(app, 'snap'),
    'view.colors': () => toggleColors(app),
    'view.crosshair': () => toggleDisplay(app, 'crosshair'),
    'view.adjust': () => toggleAdjustPanel(app),
    'view.original': () => toggleOriginal(app),
    'view.outlines': () => toggleDisplay(app, 'outlines'),
    'tool.select': () => useTool(app, 'select'),
    'tool.pan': () => useTool(app, 'pan'),
    'tool.box': () => useTool(app, 'box'),
    'tool.extreme_box': () => useTool(app, 'extreme_box'),
    'tool.rotated_box': () => useTool(app, 'rotated_box'),
    'tool.polyline': () => useTool(app, 'polyline'),
    'tool.ellipse': () => useTool(app, 'ellipse'),
    'tool.polygon': () => useTool(app, 'polygon'),
    'tool.brush': () => useTool(app, 'brush'),
    'tool.eraser': () => useTool(app, 'eraser'),
    'tool.fill': () => useTool(app, 'fill'),
    'tool.wand': () => useTool(app, 'wand'),
    'tool.grabcut': () => useTool(app, 'grabcut'),
    'tool.scissors': () => useTool(app, 'scissors'),
    'tool.keypoint': () => useTool(app, 'keypoint'),
    'tool.skeleton': () => useTool(app, 'skeleton'),
    'tool.ai': () => beginAi(app),
    'suggestion.next': () => app.suggestions.step(1),
    'suggestion.previous': () => app.suggestions.step(-1),
    'suggestion.accept': () => app.suggestions.accept(),
    'suggestion.reject': () => app.suggestions.reject(),
    'suggestion.accept_all': () => app.suggestions.acceptAll(),
    'tool.issue': () => beginIssue(app),
    'issue.next': () => stepIssue(app, 1),
    'issue.previous': () => stepIssue(app, -1),
    'tool.measure': () => useTool(app, 'measure'),
    occluded: () => toggleOccluded(app),
    'point.state': () => cyclePoint(app),
    flip: () => flipSelected(app),
    'brush.smaller': () => resizeBrush(app, -1),
    'brush.larger': () => resizeBrush(app, 1),
    'tool.again': () => useAgain(app, memory.last),
    'class.repeat': () => repeatClass(app),
    'object.next': () => selectNext(app, 1),
    'object.previous': () => selectNext(app, -1),
    'select.all': () => store.select(store.order().filter((id) => !store.isHidden(id))),
    copy: () => copySelected(app),
    paste: () => pasteCopied(app),
    duplicate: () => duplicateSelected(app),
    propagate: () => propagateSelected(app),
    join: () => joinSelected(app),
    subtract: () => subtractSelected(app),
    intersect: () => intersectSelected(app),
    overlap: () => removeOverlapOfSelected(app),
    contour: () => redrawContour(app),
    slice: () => sliceSelected(app),
    simplify: () => simplifySelected(app),
    split: () => splitSelected(app),
    'cut.boxes': () => cutSelectedBoxes(app),
    'convert.mask': () => convertSelected(app, 'mask'),
    'convert.polygon': () => convertSelected(app, 'polygon'),
    hide: () => toggleSelected(app, 'hidden'),
    lock: () => toggleSelected(app, 'locked'),
    delete: () => removeSelected(app),
    'delete.locked': () => removeSelected(app, true),
    forward: () => moveInOrder(app, 1),
    back: () => moveInOrder(app, -1),
    theme: () => toggleTheme(),
    contrast: () => toggleContrast(),
  };
}
