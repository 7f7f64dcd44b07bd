/** The tab of issues: a new one, the open ones with their comments, the resolved ones; a send-back stands above them. */
import { signal } from '@preact/signals-core';
import { age, t } from '../../../i18n.js';
import { toast } from '../../../ui/toast.js';
import { focusWhenDrawn } from '../focus.js';
import { html, mount, nothing, repeat } from '../live.js';
import { icon, iconButton } from '../templates.js';
import { partsOf } from './issues-model.js';

/** @import {App} from '../app' */
/** @import {Issue, IssueComment} from './issues-model.js' */

/** The word after the last @ of a field, to complete; null: none is typed. @type {import('@preact/signals-core').Signal<{field: string, word: string} | null>} */
const mention = signal(null);

/** @param {App} app @param {() => Promise<unknown>} write */
async function tryWrite({ announce }, write) {
  try {
    await write();
    return true;
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** Members whose names begin with what is typed. @param {App} app @param {string} field */
function suggestions(app, field) {
  const typed = mention.value;
  if (typed?.field !== field) return nothing;
  const found = app.issues.people.filter(({ name }) => name.toLocaleLowerCase().startsWith(typed.word)).slice(0, 6);
  const insert = (/** @type {string} */ name) => {
    const area = /** @type {HTMLTextAreaElement} */ (document.getElementById(field));
    area.value = `${area.value.slice(0, area.value.lastIndexOf('@'))}@${name} `;
    mention.value = null;
    area.focus();
  };
  return found.length ? html`<div class="row tight mentions" role="group" aria-label=${t('Mention')}>${found.map(({ name }) => html`<button class="btn s" type="button" @click=${() => insert(name)}>@${name}</button>`)}</div>` : nothing;
}

/** A field for a comment: Enter sends, Shift+Enter is a new line, @ names a member. @param {App} app @param {{id: string, label: string, button: string, send: (text: string) => void, cancel?: () => void}} how */
function composer(app, { id, label, button, send, cancel }) {
  const area = () => /** @type {HTMLTextAreaElement} */ (document.getElementById(id));
  const submit = () => {
    const field = area();
    const { value } = field;
    if (!value.trim()) return;
    field.value = '';
    send(value);
    app.stage.focus();
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') cancel?.();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  };
  const onInput = () => {
    const word = /@([^@\n]*)$/u.exec(area().value)?.[1];
    mention.value = word === undefined ? null : { field: id, word: word.toLocaleLowerCase() };
  };
  return html`<div class="issue-write"><textarea class="input" rows="2" id=${id} aria-label=${label} placeholder=${label} maxlength="2000" @keydown=${onKey} @input=${onInput}></textarea>
    ${suggestions(app, id)}
    <div class="row tight"><button class="btn primary s" type="button" @click=${submit}>${button}</button>${cancel ? html`<button class="btn s" type="button" @click=${cancel}>${t('Cancel')}</button>` : nothing}</div></div>`;
}

/** @param {App} app @param {IssueComment} comment */
function commentView(app, { text, by, at, mentions }) {
  const isMine = mentions.includes(app.boot.user.id);
  return html`<div class="issue-comment" data-mine=${isMine ? '' : nothing}><p class="small muted">${by?.name ?? t('Deleted account')}, ${age(at)}${isMine ? html` · <b>${t('mentions you')}</b>` : nothing}</p>
    <p class="text">${partsOf(text, app.issues.people).map((part) => (part.isMention ? html`<b>${part.text}</b>` : part.text))}</p></div>`;
}

/** Deletes an issue; its own text can be opened again. @param {App} app @param {Issue} issue */
async function remove(app, issue) {
  if (!(await tryWrite(app, () => app.issues.remove(issue.id)))) return;
  const [first] = issue.comments;
  const place = issue.x === null || issue.y === null ? null : { x: issue.x, y: issue.y };
  toast(t('Issue deleted'), { undo: () => app.issues.create(first?.text ?? '–', place) });
}

/** @param {App} app @param {Issue} issue @param {number} number @param {boolean} may */
function issueView(app, issue, number, may) {
  const isOpen = app.issues.current.value === issue.id;
  const [first] = issue.comments;
  const toggle = () => {
    app.issues.current.value = isOpen ? null : issue.id;
    if (!isOpen && issue.x !== null && issue.y !== null) app.stage.reveal(issue.x, issue.y);
  };
  return html`<section class="issue" data-resolved=${issue.is_resolved ? '' : nothing} aria-label=${t('Issue {n}', { n: number })}>
    <button class="item" type="button" aria-expanded=${String(isOpen)} @click=${toggle}>${icon(issue.is_resolved ? 'circle-check' : 'map-pin', 's')}<span class="count">${number}</span><span class="clip grow">${first?.text ?? ''}</span>${issue.comments.length > 1 ? html`<span class="faint small">${issue.comments.length}</span>` : nothing}</button>
    ${isOpen ? html`<div class="body">${issue.comments.map((one) => commentView(app, one))}
      ${may ? html`${composer(app, { id: `reply-${issue.id}`, label: t('Reply'), button: t('Send'), send: (text) => app.issues.comment(issue.id, text) })}
      <div class="row tight"><button class="btn s" type="button" @click=${() => app.issues.resolve(issue.id, !issue.is_resolved)}>${issue.is_resolved ? t('Reopen') : t('Resolve')}</button>
        ${iconButton({ name: t('Delete issue'), icon: 'trash-2', kind: 's', run: () => { remove(app, issue); } })}</div>` : nothing}</div>` : nothing}</section>`;
}

/** Why a reviewer sent the image back, above all issues. @param {App} app */
function sentBack({ store }) {
  const media = store.media.value;
  const base = store.status.value?.base ?? '';
  if (!media?.rejection || !['NEW', 'IN PROGRESS', 'TO REVIEW'].includes(base)) return nothing;
  const { reason, name, at } = media.rejection;
  return html`<section class="issue" aria-label=${t('Sent back')}><div class="body"><p class="row tight">${icon('undo-2', 's')}<b>${t('Sent back')}</b><span class="small muted">${name}, ${age(at)}</span></p><p class="text">${reason}</p></div></section>`;
}

/** Gives the keyboard to the field of a new issue. */
export const focusNewIssue = () => focusWhenDrawn(() => document.getElementById('new-issue'));

/** @param {HTMLElement} host @param {App} app */
export function mountIssues(host, app) {
  const { store, issues } = app;
  return mount(host, () => {
    const may = store.may.value.label || store.may.value.code === 'finished';
    const place = store.newIssue.value;
    const numbered = issues.items.value.map((issue, i) => ({ issue, number: i + 1 }));
    const list = [...numbered.filter(({ issue }) => !issue.is_resolved), ...numbered.filter(({ issue }) => issue.is_resolved)];
    const finish = (/** @type {string} */ text) => {
      issues.create(text, store.newIssue.peek());
      store.newIssue.value = null;
    };
    return html`<div class="scroll issues">
      ${may ? html`<div class="body"><p class="small muted">${place ? t('New issue at {x}, {y}', { x: Math.round(place.x), y: Math.round(place.y) }) : t('New issue about the whole image')}</p>
        ${composer(app, { id: 'new-issue', label: t('What should be discussed?'), button: t('Open issue'), send: finish, cancel: place ? () => { store.newIssue.value = null; app.stage.focus(); } : undefined })}</div>` : nothing}
      ${sentBack(app)}
      ${repeat(list, ({ issue }) => issue.id, ({ issue, number }) => issueView(app, issue, number, may))}
      ${list.length ? nothing : html`<p class="empty-note">${t('No issues yet. Press ; and click on the image to open one.')}</p>`}</div>`;
  });
}
