/**
 * The rectangle of an element in the window, measured only when it may have changed: getBoundingClientRect makes the
 * browser lay out the page, which is too much for each movement of the pointer.
 */
export class ElementRect {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {DOMRect | null} */
    this.rect = null;
    this.observer = new ResizeObserver(() => this.invalidate());
    this.observer.observe(element);
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    // scrolling of any ancestor: the event does not bubble, but it is captured
    window.addEventListener('scroll', () => this.invalidate(), { capture: true, passive: true, signal });
    window.addEventListener('resize', () => this.invalidate(), { signal });
    // what moves the element without a resize (a panel on each side) is noticed when the pointer enters or presses
    for (const name of ['pointerenter', 'pointerdown']) {
      element.addEventListener(name, () => this.invalidate(), { capture: true, signal });
    }
  }

  /** @returns {DOMRect} CSS pixels of the window */
  get() {
    this.rect ??= this.element.getBoundingClientRect();
    return this.rect;
  }

  invalidate() {
    this.rect = null;
  }

  destroy() {
    this.observer.disconnect();
    this.listeners.abort();
  }
}
