/** Where the keyboard goes: to the stage after the mouse and after Esc in a field. Who comes to a panel by Tab stays in it. */
import { isTextField } from '../keymap.js';
import { afterNextFrame } from './live.js';

/** Panels are drawn after the frame that follows a change: so many frames a field is waited for. */
const FRAMES = 30;

/** The search for a field that is not drawn yet. @type {object | null} */
let awaited = null;

/** Whether a field is about to get the keyboard: what is typed meanwhile is no command. */
export const isFocusAwaited = () => awaited !== null;

/** Gives the keyboard to what `find` finds, at once when it is drawn. @param {() => HTMLElement | null | undefined} find */
export function focusWhenDrawn(find) {
  let left = FRAMES;
  const own = {};
  const attempt = () => {
    if (awaited !== own) return; // another field is awaited since
    const found = find();
    if (!found && left-- > 0) return void afterNextFrame(attempt);
    awaited = null;
    found?.focus();
  };
  awaited = own;
  attempt();
}

/** Dialogs and menus keep the focus and give it back by themselves when they close. */
const APART = 'dialog, [popover]';
const FIELD = 'input, select, textarea, [contenteditable=""], [contenteditable="true"]';

/** @param {EventTarget | null} target @returns {target is Element} */
const isOnPage = (target) => target instanceof Element && !target.closest(APART);

/** A field that is typed in, or its label. @param {Element} target */
const isTyping = (target) => isTextField(target) || isTextField(target.closest('label')?.control);

/**
 * Gives the keyboard to the stage after every mouse action outside of it, unless a field is typed in, and after Esc in a
 * field. It does so before the control itself acts: a dialog that the control opens returns the focus to the stage.
 * @param {{focus: () => void}} stage @param {Document} [page]
 */
export function returnFocusTo(stage, page = document) {
  /** Where the last press was; null when a key came after it. @type {EventTarget | null} */
  let pressed = null;
  const afterPress = (/** @type {Event} */ { target }) => {
    if (page.querySelector('.menu:popover-open')) return; // a right click has opened it
    if (isOnPage(pressed) && isOnPage(target) && !isTyping(pressed) && !isTyping(target)) stage.focus();
  };
  page.addEventListener('pointerdown', ({ target }) => { pressed = target; }, true);
  page.addEventListener('keydown', () => { pressed = null; }, true);
  // a slider reports the end of a drag by `change`, wherever the pointer is by then
  for (const name of ['click', 'auxclick', 'change']) page.addEventListener(name, afterPress, true);
  page.addEventListener('keydown', (event) => {
    const { target } = event;
    if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && isOnPage(target) && target.closest(FIELD)) stage.focus();
  });
}
