/** The page of one keypoint schema: its parts work on one history of changes; saving, undo, and changes of others. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { ngettext, t } from '../i18n.js';
import { Live } from './_live.js';
import { clearErrors, errorMessage, getJson, isTyping, showError, startPage } from './_page.js';
import { Canvas } from './_schema_canvas.js';
import { Example } from './_schema_example.js';
import { ClassList, EdgeList, PointList } from './_schema_lists.js';
import { frameOf, fromServer, History, removePoint, toServer } from './_schema_model.js';

/** @typedef {import('./_schema_model.js').Schema} Schema */

startPage();

const boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}');
const form = /** @type {HTMLFormElement} */ (document.getElementById('schema-form'));
const banner = /** @type {HTMLElement} */ (document.getElementById('conflict'));
const status = /** @type {HTMLElement} */ (document.getElementById('said'));
const saveButton = document.getElementById('save');
const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

const frame = frameOf(boot.state.points);
const history = new History(fromServer(boot.state, frame));
let version = boot.state.version;
let isSaving = false;
/** The state that somebody else saved while there are changes here. @type {any} */
let theirs = null;

/** @type {import('./_schema_canvas.js').Editing} */
const editing = {
  get schema() { return history.schema; },
  selected: null,
  mayWrite: boot.may_write,
  edgeColor: '#2E7DFF',
  take(schema, gesture) {
    history.take(schema, gesture);
    draw();
  },
  endGesture: () => history.endGesture(),
  select(id) {
    if (editing.selected === id) return;
    editing.selected = id;
    history.endGesture();
    draw();
  },
  remove: removeUnused,
  say(text) { status.textContent = text; },
};

const canvas = new Canvas(/** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById('canvas'))), editing, document.getElementById('modes'));
const points = new PointList(editing);
const edges = new EdgeList(editing);
const classes = new ClassList(editing, boot.state.choices);
const example = new Example(/** @type {HTMLImageElement} */ (document.getElementById('example')), boot.urls.examples, boot.schema);

function draw() {
  const { schema } = history;
  if (!schema.points.some((one) => one.id === editing.selected)) editing.selected = null;
  canvas.draw();
  points.draw();
  edges.draw();
  classes.draw();
  for (const name of /** @type {('name' | 'kind')[]} */ (['name', 'kind'])) if (field(name).value !== schema[name]) field(name).value = schema[name];
  document.getElementById('undo')?.toggleAttribute('disabled', !history.canUndo);
  document.getElementById('redo')?.toggleAttribute('disabled', !history.canRedo);
  saveButton?.toggleAttribute('disabled', !history.isChanged || isSaving);
  const unsaved = document.getElementById('unsaved');
  if (unsaved) unsaved.hidden = !history.isChanged;
}

/** Removes a point, unless labels have it: that would take it from them. @param {string} id */
async function removeUnused(id) {
  const point = history.schema.points.find((one) => one.id === id);
  if (!point) return;
  try {
    const isStored = history.saved.points.some((one) => one.id === id);
    const { count } = isStored ? await getJson(`${boot.urls.uses}?point=${id}`) : { count: 0 };
    if (count) {
      const effect = ngettext('“{name}” is on {n} object and cannot be removed.', '“{name}” is on {n} objects and cannot be removed.', count, { name: point.name });
      toast(`${effect} ${t('Delete the point there first, or rename it here.')}`, { bad: true });
      return;
    }
  } catch (error) {
    if (/** @type {any} */ (error)?.status !== 404) {
      toast(errorMessage(error), { bad: true });
      return;
    }
  }
  const wasInList = document.activeElement?.closest('#points');
  editing.take(removePoint(history.schema, id));
  editing.say(t('{name} removed', { name: point.name }));
  if (wasInList) /** @type {HTMLElement | null} */ (document.querySelector('#points input.grow') ?? document.getElementById('canvas'))?.focus();
}

async function save() {
  if (isSaving || !history.isChanged || !editing.mayWrite) return;
  const sent = history.schema;
  isSaving = true;
  draw();
  try {
    const response = await postJson(boot.urls.save, { ...toServer(sent, frame), version });
    version = response.state.version;
    const saved = fromServer(response.state, frame);
    if (history.schema === sent) history.setSaved(saved);
    else history.saved = saved;
    clearErrors(form);
    hideConflict();
    toast(response.toast, { seconds: 3 });
    showTitle(saved.name);
  } catch (error) {
    if (/** @type {any} */ (error)?.body?.code === 'outdated') await showConflict(errorMessage(error));
    else showError(form, error);
  } finally {
    isSaving = false;
    draw();
  }
}

/** @param {string} name */
function showTitle(name) {
  const title = document.getElementById('schema-t');
  if (title) title.textContent = title.title = name;
}

/** Says that somebody else saved meanwhile, with the choice between the two. @param {string} text */
async function showConflict(text) {
  theirs = await getJson(boot.urls.self).catch(() => null);
  if (!theirs) return;
  const line = banner.querySelector('span');
  if (line) line.textContent = text;
  banner.hidden = false;
}

function hideConflict() {
  theirs = null;
  banner.hidden = true;
}

/** Shows the state that somebody else saved; it is a step that can be undone. @param {any} state */
function showState(state) {
  version = state.version;
  history.setSaved(fromServer(state, frame));
  classes.setChoices(state.choices);
  showTitle(state.name);
  hideConflict();
  draw();
}

/** Another person or a script changed keypoint schemas or classes: take the new state, or say so if there are changes here. */
async function refresh() {
  if (isSaving) {
    setTimeout(refresh, 300);
    return;
  }
  let state;
  try {
    state = await getJson(boot.urls.self);
  } catch (error) {
    if (/** @type {any} */ (error)?.status === 404) toast(t('This keypoint schema was deleted.'), { bad: true });
    return;
  }
  if (isSaving) return;
  if (state.version === version) {
    classes.setChoices(state.choices);
    draw();
  } else if (!history.isChanged) {
    showState(state);
    toast(t('{name} changed this schema.', { name: state.saved_by || t('Someone') }));
  } else await showConflict(t('{name} changed this schema while you were editing it.', { name: state.saved_by || t('Someone') }));
}

form.addEventListener('input', ({ target }) => {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
  if (target.name === 'name' || target.name === 'kind') editing.take({ ...history.schema, [target.name]: target.value }, target.name);
});
form.addEventListener('change', () => history.endGesture());
form.addEventListener('submit', (event) => {
  event.preventDefault();
  save();
});
/** @type {Record<string, () => void>} */
const actions = {
  undo: () => { history.undo(); draw(); },
  redo: () => { history.redo(); draw(); },
  save,
  'example-choose': () => example.choose(),
  'example-none': () => example.clear(),
  'show-theirs': () => { if (theirs) showState(theirs); },
  'keep-mine': () => {
    if (theirs) version = theirs.version;
    hideConflict();
    save();
  },
};
for (const [id, run] of Object.entries(actions)) document.getElementById(id)?.addEventListener('click', run);
document.getElementById('example-file')?.addEventListener('change', ({ target }) => {
  const file = /** @type {HTMLInputElement} */ (target).files?.[0];
  if (file) example.takeFile(file);
});
addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === 's') save();
  else if (isTyping(event.target)) return;
  else if (key === 'z' && !event.shiftKey && history.canUndo) actions.undo();
  else if ((key === 'y' || (key === 'z' && event.shiftKey)) && history.canRedo) actions.redo();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
addEventListener('beforeunload', (event) => { if (history.isChanged) event.preventDefault(); });

new Live(boot.project, boot.head, {
  onEvents: (events) => { if (events.some(({ kind }) => /^(keypoint_schemas|concepts?)\./.test(kind))) refresh(); },
  onResync: refresh,
});
draw();
example.restore();
