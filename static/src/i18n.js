/**
 * Texts, numbers and ages in the person's language, for pages and editor alike; texts in the code are English.
 * The server gathers them from calls with literals, t('…') and ngettext('…', '…', n). A page of another language brings their translations.
 */

/** @type {Record<string, string | string[]>} */
let strings = {};
/** A translated plural has one form for each of these counts: every category of Intl.PluralRules is met by one of them. */
const SAMPLES = [0, 1, 2, 3, 5, 6, 11, 100, 1_000_000];

/**
 * Takes the translations a page brought: English text -> translated text, or its forms by SAMPLES.
 * @param {Record<string, string | string[]> | undefined | null} table
 */
export function setStrings(table) {
  strings = table ?? {};
}

/** Takes the translations a page brought in <script id="strings">; English pages bring none. */
export function readPageStrings() {
  const held = document.getElementById('strings');
  if (held?.textContent) setStrings(JSON.parse(held.textContent));
}

/**
 * Returns the text in the person's language; `{name}` is replaced by `values.name`. Unknown texts stay English.
 * @param {string} text @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(text, values) {
  const found = Object.hasOwn(strings, text) ? strings[text] : text;
  return filled(typeof found === 'string' ? found : text, values);
}

/**
 * Returns the form of a text that fits a count; `{n}` is replaced by the count.
 * @param {string} one @param {string} many English @param {number} n
 * @param {Record<string, string | number>} [values] for further places in the text
 * @returns {string}
 */
export function ngettext(one, many, n, values) {
  const forms = Object.hasOwn(strings, one) ? strings[one] : null;
  let form = n === 1 ? one : many;
  if (Array.isArray(forms)) {
    const rules = new Intl.PluralRules(language());
    const category = rules.select(n);
    form = forms[SAMPLES.findIndex((sample) => rules.select(sample) === category)] ?? form;
  }
  return filled(form, { ...values, n: num(n) });
}

/** @param {string} text @param {Record<string, string | number>} [values] */
function filled(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const language = () => document.documentElement.lang || 'en';
/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * Returns a number with the separators of the language: 1,204 or 1.6.
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
 * Returns how long ago, in words, as the server says it: "4 min ago".
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

/** Returns the time of day as the language writes it: "3:05 PM" or "15:05". @param {number | string | Date} when ms since 1970, or something Date reads */
export const timeOfDay = (when) => new Date(when).toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit' });
