/** Words, numbers and ages in the person's language, for pages and editor; texts stand in the code in English. */
import { setStrings, t } from '../editor/store/text.js';

export { setStrings, t };

const language = () => document.documentElement.lang || 'en';
/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * A number with the separators of the language: 1,204 or 1.6.
 * @param {number} value @param {number} [digits] most digits after the point
 */
export function num(value, digits = 0) {
  if (Number.isInteger(value) && value >= 0 && value < 1000) return String(value); // as every language we write in
  const key = `${language()} ${digits}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language(), { maximumFractionDigits: digits })));
  return format.format(value);
}

/**
 * How long ago, in words, as the server says it: "4 min ago".
 * @param {number | string | Date} when ms since 1970, or something Date reads @param {number} [now]
 */
export function age(when, now = Date.now()) {
  const at = new Date(when);
  const seconds = Math.trunc((now - at.getTime()) / 1000);
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 5) return t('just now');
  if (seconds < 60) return t('{n} s ago', { n: seconds });
  if (seconds < 3600) return t('{n} min ago', { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return t('{n} h ago', { n: Math.floor(seconds / 3600) });
  if (seconds < 2 * 86400) return t('yesterday');
  const isThisYear = at.getFullYear() === new Date(now).getFullYear();
  return at.toLocaleDateString(language(), { day: 'numeric', month: 'short', year: isThisYear ? undefined : 'numeric' });
}

/** Takes the strings a page brought in <script id="strings">; English pages bring none. */
export function readPageStrings() {
  const held = document.getElementById('strings');
  if (held?.textContent) setStrings(JSON.parse(held.textContent));
}
