/** Menus on the popover API: position and keyboard (arrows, Home, End, first letters); the markup is in the page. */

const GAP = 4;

/**
 * Positions a floating element below or above an anchor, inside the window.
 * @param {HTMLElement} floating @param {Element} anchor @param {'start' | 'end'} [side]
 */
export function placeBeside(floating, anchor, side = 'start') {
  const at = anchor.getBoundingClientRect();
  const own = floating.getBoundingClientRect();
  const isRtl = document.documentElement.dir === 'rtl';
  const wantsRight = (side === 'end') !== isRtl;
  const left = wantsRight ? at.right - own.width : at.left;
  const fitsBelow = at.bottom + GAP + own.height <= innerHeight - 8;
  const top = fitsBelow ? at.bottom + GAP : Math.max(8, at.top - GAP - own.height);
  floating.style.setProperty('left', `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`);
  floating.style.setProperty('top', `${top}px`);
}

/** Enabled items of a menu in order. @param {Element} menu @returns {HTMLElement[]} */
export function itemsOf(menu) {
  const all = menu.querySelectorAll('[role^="menuitem"]:not([disabled], [aria-disabled="true"], [hidden])');
  return /** @type {HTMLElement[]} */ ([...all]);
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu */
function onKey(event, menu) {
  const items = itemsOf(menu);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  const isLetter = event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (to !== undefined) items.at(to % items.length)?.focus();
  else if (isLetter) {
    const letter = event.key.toLocaleLowerCase();
    const next = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    next.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letter))?.focus();
  }
  event.stopPropagation();
  if (event.key === 'Tab') menu.hidePopover();
  else if (to !== undefined || isLetter) event.preventDefault();
}

/** @param {Element} menu */
const buttonOf = (menu) => document.querySelector(`[popovertarget="${menu.id}"]`);

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function menuAround(target) {
  const found = target instanceof Element ? target.closest('.menu[popover]') : null;
  return found instanceof HTMLElement ? found : null;
}

/** Handles every element with `popover` and role=menu, also those added later. Its button has popovertarget. */
export function wireMenus() {
  // toggle events do not bubble, but they can be captured
  document.addEventListener('toggle', (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.matches('.menu[popover]')) return;
    const isOpen = /** @type {ToggleEvent} */ (event).newState === 'open';
    const anchor = buttonOf(menu);
    anchor?.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen || !anchor) return;
    placeBeside(menu, anchor, anchor.closest('.end, .end-row') ? 'end' : 'start');
    const items = itemsOf(menu);
    const selected = items.find((item) => item.matches('[role="menuitemradio"][aria-checked="true"]:not([data-theme-set])'));
    (selected ?? items[0])?.focus();
  }, true);
  document.addEventListener('keydown', (event) => {
    const menu = menuAround(event.target);
    if (menu && event.key !== 'Escape') onKey(event, menu);
  }, true);
  document.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('[role^="menuitem"]') : null;
    if (item && !item.hasAttribute('data-keep-open')) menuAround(item)?.hidePopover();
  });
}
