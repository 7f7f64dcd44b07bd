/** Attributes: their order, and the form of one with its values, limits, default and classes. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { applyResponse, errorMessage, showError, startPage } from './_page.js';
import { sortable } from './_sort.js';

startPage();

const form = document.getElementById('attribute-form');
const options = document.getElementById('options');

/** @template {HTMLElement} E @param {ParentNode | null} root @param {string} selector @returns {E[]} */
const all = (root, selector) => /** @type {E[]} */ ([...(root?.querySelectorAll(selector) ?? [])]);
/** @param {string} name @returns {HTMLInputElement} */
const field = (name) => /** @type {HTMLInputElement} */ (form?.querySelector(`[name="${name}"]`));
const rowsOf = (/** @type {Element | null} */ list) => all(list, ':scope > [data-id]');

async function saveOrder() {
  const root = document.getElementById('attributes');
  try {
    const ids = rowsOf(root?.querySelector('tbody') ?? null).map((row) => row.dataset.id);
    await postJson(root?.dataset.orderUrl ?? '', { ids });
  } catch (error) {
    toast(errorMessage(error), { bad: true });
  }
}

for (const list of all(document, '[data-sortable]')) sortable(list, list.tagName === 'TBODY' ? saveOrder : () => {});

/** Shows the fields that the type and what it is for have. */
function showFields() {
  const kind = field('type').value;
  for (const part of all(form, '[data-for]')) part.hidden = !(part.dataset.for ?? '').split(' ').includes(kind);
  for (const part of all(form, '[data-subject]')) part.hidden = part.dataset.subject !== field('subject_type').value;
}

function addOption() {
  const template = document.getElementById('option-row');
  if (!(template instanceof HTMLTemplateElement)) return;
  options?.append(template.content.cloneNode(true));
  all(options, '[data-value]').at(-1)?.focus();
}

/** The default of a choice is marked on its values, else typed. @param {string} kind @param {HTMLElement[]} rows */
function defaultOf(kind, rows) {
  const chosen = rows.filter((row) => row.querySelector('[data-default]:checked')).map(valueOf);
  if (kind === 'SELECTION') return chosen[0] ?? null;
  if (kind === 'MULTIPLE-SELECTION') return chosen.length ? chosen : null;
  const typed = kind === 'BOOL' ? /** @type {HTMLSelectElement} */ (document.getElementById('a-default-bool')).value : field('default').value;
  return typed.trim() === '' ? null : typed;
}

/** @param {HTMLElement} row */
const valueOf = (row) => /** @type {HTMLInputElement} */ (row.querySelector('[data-value]')).value.trim();

/** The fields as the server takes them. */
function content() {
  const kind = field('type').value;
  const isChoice = kind === 'SELECTION' || kind === 'MULTIPLE-SELECTION';
  const rows = isChoice ? rowsOf(options).filter((row) => valueOf(row)) : [];
  // errors name a value by its place
  for (const [index, row] of rows.entries()) row.querySelector('[data-value]')?.setAttribute('name', `values[${index}].value`);
  const limit = (/** @type {string} */ name) => (kind === 'INT' || kind === 'FLOAT') && field(name).value !== '' ? Number(field(name).value) : null;
  const linked = rowsOf(document.getElementById('linked')).filter((row) => row.querySelector('[data-class]:checked'));
  return {
    name: field('name').value, type: kind, subject_type: field('subject_type').value, description: field('description').value,
    is_required: field('is_required').checked, min: limit('min'), max: limit('max'), default: defaultOf(kind, rows),
    values: rows.map((row) => ({ id: row.dataset.id || null, value: valueOf(row) })),
    classes: field('subject_type').value === 'LABEL' ? linked.map((row) => row.dataset.id) : [],
  };
}

if (form instanceof HTMLFormElement) {
  showFields();
  if (!field('name').value) field('name').focus();
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) showFields();
    // of a single choice one value is the default
    if (target instanceof HTMLInputElement && target.matches('[data-default]:checked') && field('type').value === 'SELECTION') {
      for (const other of all(options, '[data-default]')) if (other !== target) /** @type {HTMLInputElement} */ (other).checked = false;
    }
  });
  form.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest('#add-option')) addOption();
    const remove = target.closest('[data-remove]');
    if (!remove) return;
    remove.closest('li')?.remove();
    document.getElementById('add-option')?.focus();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.target instanceof Element) || !event.target.matches('[data-value]')) return;
    event.preventDefault();
    addOption();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      applyResponse(await postJson(form.getAttribute('action') ?? '', content()), { reload: true });
    } catch (error) {
      showError(form, error);
    }
  });
}
