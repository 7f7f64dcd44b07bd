/** The pins of issues on the image: one button each, at its place; a click opens the issue in its tab. */
import { t } from '../../../i18n.js';
import { html, mount, nothing, vars } from '../live.js';

/** @import {App} from '../app' */

/** Opens an issue in the panel. @param {App} app @param {string} id */
export function openIssue({ issues, settings, store, stage }, id) {
  if (store.display.peek().bare) store.display.value = { ...store.display.peek(), bare: false };
  settings.set({ tab: 'issues' });
  issues.current.value = id;
  const issue = issues.items.peek().find((one) => one.id === id);
  if (issue && issue.x !== null && issue.y !== null) stage.reveal(issue.x, issue.y);
}

/** The next open issue of the image, or the one before. @param {App} app @param {1 | -1} step */
export function stepIssue(app, step) {
  const { issues } = app;
  const open = issues.open.peek();
  if (!open.length) return app.announce(t('This image has no open issues'));
  const at = open.findIndex((one) => one.id === issues.current.peek());
  const next = open[at < 0 ? (step > 0 ? 0 : open.length - 1) : (at + step + open.length) % open.length];
  openIssue(app, next.id);
  return app.announce(next.comments[0]?.text ?? '', { spokenOnly: true });
}

/** @param {HTMLElement} stage that the pins lie on @param {App} app */
export function mountPins(stage, app) {
  const host = document.createElement('div');
  host.className = 'pins';
  stage.append(host);
  return mount(host, () => {
    app.store.view.value;
    const draft = app.store.newIssue.value;
    const pinned = app.issues.items.value.flatMap((issue, i) => (issue.x === null || issue.y === null ? [] : [{ issue, number: i + 1, x: issue.x, y: issue.y }]));
    if (!pinned.length && !draft) return nothing;
    const { left, top } = stage.getBoundingClientRect();
    const at = (/** @type {number} */ x, /** @type {number} */ y) => {
      const [cx, cy] = app.stage.toClient(x, y);
      return vars({ '--x': `${cx - left}px`, '--y': `${cy - top}px` });
    };
    return html`${pinned.map(({ issue, number, x, y }) => html`<button class="pin" type="button" data-resolved=${issue.is_resolved ? '' : nothing} aria-pressed=${String(app.issues.current.value === issue.id)}
        title=${issue.comments[0]?.text ?? ''} aria-label=${t('Issue {n}: {text}', { n: number, text: issue.comments[0]?.text ?? '' })} ${at(x, y)} @click=${() => openIssue(app, issue.id)}>${number}</button>`)}
      ${draft ? html`<span class="pin" data-draft ${at(draft.x, draft.y)}>+</span>` : nothing}`;
  });
}
