/** One tab stop for a group of things: arrows, Home and End go from one to the next, as the ARIA practices have it. */
import { signal } from '@preact/signals-core';

/** @typedef {{axis: 'x' | 'y' | 'both', wraps?: boolean}} Way */

/** @type {Record<string, {axis: 'x' | 'y', step: 1 | -1}>} */
const ARROWS = {
  ArrowLeft: { axis: 'x', step: -1 }, ArrowRight: { axis: 'x', step: 1 }, ArrowUp: { axis: 'y', step: -1 }, ArrowDown: { axis: 'y', step: 1 },
};

/** Which of `count` things a key leads to; null: the key is none of these. @param {string} key @param {number} at @param {number} count @param {Way} way */
export function indexAfter(key, at, count, { axis, wraps = false }) {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const arrow = ARROWS[key];
  if (!arrow || (axis !== 'both' && axis !== arrow.axis)) return null;
  const to = at + arrow.step;
  return wraps ? (to + count) % count : Math.min(count - 1, Math.max(0, to));
}

/**
 * Moves the focus among the things of a group; the key goes no further then. Where the focus is, the template puts the
 * tab stop: see `rovingStop`.
 * @param {KeyboardEvent} event @param {string} selector of the things @param {Way} way @returns {HTMLElement | null} what has the focus now
 */
export function rove(event, selector, way) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const things = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(selector)]);
  const at = things.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = at < 0 ? null : indexAfter(event.key, at, things.length, way);
  if (to === null) return null;
  event.preventDefault();
  event.stopPropagation();
  things[to].focus();
  return things[to];
}

/** The keys of a list whose options do something: arrows move, Enter and the space bar click. @param {KeyboardEvent} event */
export function onListKey(event) {
  if (rove(event, '[role="option"]', { axis: 'y' })) return;
  const option = event.target instanceof HTMLElement ? event.target.closest('[role="option"]') : null;
  if (!(option instanceof HTMLElement) || (event.key !== 'Enter' && event.key !== ' ') || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  option.click();
}

/**
 * Remembers which thing of a group has the keyboard, by its `data-id`: listen with `onFocus` to `focusin` of the group,
 * and give the thing that `of` names tabindex 0, the others -1.
 */
export function rovingStop() {
  const focused = signal(/** @type {string | undefined} */ (undefined));
  return {
    onFocus: (/** @type {FocusEvent} */ event) => {
      const thing = event.target instanceof Element ? event.target.closest('[data-id]') : null;
      if (thing instanceof HTMLElement) focused.value = thing.dataset.id;
    },
    /** @param {readonly string[]} ids of the group @param {string} [start] where the keyboard comes in at first */
    of: (ids, start) => [focused.value, start].find((id) => id !== undefined && ids.includes(id)) ?? ids[0],
  };
}
