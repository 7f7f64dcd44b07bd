/**
 * Turns English texts into the person's language with the strings the page brought; nothing else.
 * The server gathers them from calls with a literal, t('…'): for plurals write two calls.
 */

/** @type {Record<string, string>} */
let strings = {};

/**
 * Takes `boot.strings`: English text -> translated text.
 * @param {Record<string, string> | undefined | null} table
 */
export function setStrings(table) {
  strings = table ?? {};
}

/**
 * The text in the person's language; `{name}` is replaced by `values.name`. Unknown texts stay English.
 * @param {string} text @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(text, values) {
  const found = Object.hasOwn(strings, text) ? strings[text] : text;
  if (!values) return found;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
