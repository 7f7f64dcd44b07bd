/** Small helpers over the page: elements, icons, values that a strict CSP keeps out of the markup. */
import { t } from '../i18n.js';

/**
 * Makes an element. Attributes: `class`, `text`, `on` ({event: handler}), `data` ({name: value}), others as they are;
 * null, undefined and false are left out, true is an empty attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [attributes] @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') element.textContent = String(value);
    else if (name === 'on') for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === 'data') Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** The address of the icon sprite, told by <html data-icons>. */
export const sprite = () => document.documentElement.dataset.icons ?? '';

/**
 * Draws an icon of the sprite; a name must stand beside it.
 * @param {string} name @param {string} [kind] 's' is 14 px, 'l' 20 px
 */
export function icon(name, kind = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `icon ${kind}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite()}#${name}`);
  svg.append(use);
  return svg;
}

/** Applies data-vars ("--v:40;--h:255") of everything under `root` through the CSSOM. */
export function applyVars(/** @type {ParentNode} */ root = document) {
  for (const element of root.querySelectorAll('[data-vars]')) {
    if (!(element instanceof HTMLElement)) continue;
    for (const pair of (element.dataset.vars ?? '').split(';')) {
      const at = pair.indexOf(':');
      if (at > 0) element.style.setProperty(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
  }
}

/** @param {string} name */
const told = (name) => document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '';

/**
 * The headers of a POST to our own server: its token, for whom this page acts, and that it wants JSON.
 * The token is read from the cookie: a sign-in in another tab makes a new one, and this page may go on with it.
 * @returns {Record<string, string>}
 */
export function ownHeaders() {
  const token = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? told('csrf');
  const person = told('person');
  return { Accept: 'application/json', 'X-CSRFToken': token, ...(person ? { 'X-Annotator-User': person } : {}) };
}

/** What to do about a refusal that brings no words of ours: a page of the server, or of a proxy before it. @param {number} status */
function wordsFor(status) {
  if (status === 403) return t('This page has expired. Reload it and try again.');
  if (status === 404) return t('This no longer exists. Reload the page.');
  if (status === 413) return t('This is larger than the server allows.');
  if (status === 500) return t('Server error. Try again in a moment.');
  if (status > 500) return t('The server cannot be reached. Try again.');
  return t('Request failed ({status}). Reload the page and try again.', { status });
}

/** The error of an answer that cannot be used: words for a person, `.status` and `.body`. @param {number} status @param {any} [body] */
export function refused(status, body = null) {
  return Object.assign(new Error(body?.message || wordsFor(status)), { status, body });
}

/** Reads the JSON of an answer, null when it is empty. Throws `refused` for refusals and for what is no JSON. @param {Response} answer @returns {Promise<any>} */
export async function readAnswer(answer) {
  const text = await answer.text();
  if (answer.ok && !text) return null;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw refused(answer.status);
  }
  if (!answer.ok) throw refused(answer.status, body);
  return body;
}

/**
 * Sends JSON to our own server with the session. Throws as `readAnswer` does.
 * @param {string} url @param {unknown} body @param {string} [method]
 */
export async function postJson(url, body, method = 'POST') {
  const answer = await fetch(url, {
    method,
    headers: { ...ownHeaders(), 'Content-Type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
  });
  return readAnswer(answer);
}
