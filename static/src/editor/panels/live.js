/** How panels draw: a template over signals, at most once a frame and after it; values that a strict CSP keeps out of markup. */
import { effect } from '@preact/signals-core';
import { html, nothing, render } from 'lit/html.js';
import { Directive, PartType, directive } from 'lit/directive.js';
import { repeat } from 'lit/directives/repeat.js';

export { html, nothing, render, repeat };

/** Hidden pages get no frames; there a timer does. */
const HIDDEN_MS = 100;

/**
 * Runs something right after the next frame: the stage shows a new shape first, lists and texts follow.
 * Several run in the order of the calls. Returns the function that cancels it.
 * @param {() => void} run
 */
export function afterNextFrame(run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  if (document.hidden) {
    timer = setTimeout(run, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(() => { timer = setTimeout(run); });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/**
 * Runs `draw` now and again after the frame that follows a change of any signal it read. Returns the function that ends it.
 * @param {() => void} draw
 */
export function live(draw) {
  let stop = () => {};
  let cancel = /** @type {(() => void) | null} */ (null);
  let isEnded = false;
  const run = () => {
    cancel = null;
    stop();
    let isFirst = true;
    stop = effect(() => {
      if (isFirst) {
        isFirst = false;
        draw();
      } else if (!cancel && !isEnded) cancel = afterNextFrame(run);
    });
  };
  run();
  return () => {
    isEnded = true;
    cancel?.();
    stop();
  };
}

/**
 * Keeps the content of an element equal to a template; the first drawing replaces what the server rendered there.
 * @param {HTMLElement} host @param {() => unknown} view
 */
export function mount(host, view) {
  host.replaceChildren();
  return live(() => render(view(), host));
}

class Vars extends Directive {
  /** @param {import('lit/directive.js').PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('vars() belongs in a tag, not in an attribute');
    /** @type {Record<string, string | number>} */
    this.last = {};
  }

  /** @param {Record<string, string | number>} _values */
  render(_values) {
    return nothing;
  }

  /** @param {import('lit/directive.js').ElementPart} part @param {[Record<string, string | number>]} values @override */
  update(part, [values]) {
    const { style } = /** @type {HTMLElement} */ (part.element);
    for (const [name, value] of Object.entries(values)) {
      if (this.last[name] !== value) style.setProperty(name, String(value));
    }
    this.last = values;
    return nothing;
  }
}

/** Sets custom properties through the CSSOM: html`<i ${vars({'--v': 40})}></i>`. */
export const vars = directive(Vars);
