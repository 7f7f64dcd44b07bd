/** DOM helpers: elements, icons, style values that a strict CSP forbids in markup, JSON requests. */
import { t } from '../i18n.js';

/**
 * Makes an element. Attributes: `class`, `text`, `on` ({event: handler}), `data` ({name: value}), others as they are;
 * null, undefined and false are omitted, true is an empty attribute.
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

/** The URL of the icon sprite, from <html data-icons>. */
export const sprite = () => document.documentElement.dataset.icons ?? '';

/**
 * Returns an icon of the sprite; it needs a visible or accessible name beside it.
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

/** Sets the style properties in data-vars ("--v:40;--h:255") of all elements under `root` through the CSSOM. */
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
const metaContent = (name) => document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '';

/**
 * The headers of a POST to this server: CSRF token, user of this page, JSON accepted.
 * The token is read from the cookie, because a sign-in in another tab replaces it and this page can continue with the new one.
 * @returns {Record<string, string>}
 */
export function requestHeaders() {
  // The prefixed name comes first: without it the cookie may be left from a time before HTTPS.
  const token = cookie('__Host-csrftoken') ?? cookie('csrftoken') ?? metaContent('csrf');
const user = metaContent('person');
  return { Accept: 'application/json', 'X-CSRFToken': token, ...(user ? { 'X-Annotator-User': user } : {}) };
}

/** The value of a cookie that scripts can read. @param {string} name */
function cookie(name) {
  const found = document.cookie.split(/;\s*/).find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** The message for an error response without a message of ours, such as the page of a proxy. @param {number} status */
function statusMessage(status) {
  if (status === 403) return t('This page has expired. Reload it and try again.');
  if (status === 404) return t('This no longer exists. Reload the page.');
  if (status === 413) return t('This is larger than the server allows.');
  if (status === 500) return t('Server error. Try again in a moment.');
  if (status > 500) return t('The server cannot be reached. Try again.');
  return t('Request failed ({status}). Reload the page and try again.', { status });
}

/** The Error for a failed response: a message for the user, `.status` and `.body`. @param {number} status @param {any} [body] */
export function responseError(status, body = null) {
  return Object.assign(new Error(body?.message || statusMessage(status)), { status, body });
}

/** Returns the JSON of a response, null if it is empty. Throws `responseError` for error statuses and invalid JSON. @param {Response} response @returns {Promise<any>} */
export async function readResponse(response) {
  const text = await response.text();
  if (response.ok && !text) return null;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw responseError(response.status);
  }
  if (!response.ok) throw responseError(response.status, body);
  return body;
}

/** Returns the JSON of a response of this server. Throws as `readResponse` does. @param {string} url */
export const getJson = async (url) => readResponse(await fetch(url, { credentials: 'same-origin' }));

/**
 * Sends JSON to this server with the session and returns the JSON of the response. Throws as `readResponse` does.
 * @param {string} url @param {unknown} body @param {string} [method]
 */
export async function postJson(url, body, method = 'POST') {
  const response = await fetch(url, {
    method,
    headers: { ...requestHeaders(), 'Content-Type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
  });
  return readResponse(response);
}
