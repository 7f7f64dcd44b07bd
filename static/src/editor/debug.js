/** `window.__editor`: a truthful, read-only look at the editor for tests and outside measurements. Changes nothing. */

/**
 * @import {Store} from './types/store'
 * @import {Stage} from './view/stage.js'
 */

/** @param {Store} store a copy as plain data */
function snapshot(store) {
  return structuredClone({
    media: store.media.peek(),
    may: store.may.peek(),
    status: store.status.peek(),
    tags: [...store.tags.peek()],
    labels: store.order().map((id) => store.labels.get(id)),
    selection: [...store.selection.peek()],
    clipboard: store.clipboard.peek().labels.map((label) => label.id),
    hover: store.hover.peek(),
    hidden: [...store.hidden.peek()],
    locked: [...store.locked.peek()],
    tool: store.tool.peek(),
    activeConcept: store.activeConcept.peek(),
    view: store.view.peek(),
    display: store.display.peek(),
    save: store.save.peek(),
    conflicts: store.conflicts.peek().length,
    rejected: store.rejected.peek().length,
    suggestions: store.suggestions.peek(),
    activeSuggestion: store.activeSuggestion.peek(),
    canUndo: store.canUndo.peek(),
    canRedo: store.canRedo.peek(),
  });
}

/**
 * Puts `__editor` on the window. Call it only when `boot.debug` is true.
 *
 * ready         the image is decoded and its shapes were painted; false while another loads
 * regionCount   labels of this image in the store, hidden ones included
 * view          {zoom, x, y}: CSS pixels per image pixel, image point in the middle of the stage; angle, in degrees clockwise, when it is turned
 * imageRect()   {x, y, width, height} of the whole image in client pixels, also where it is outside the window
 * imageToScreen(x, y)  [x, y] in client pixels
 * idle()        resolves when nothing is unsaved or unsettled and the last drawing is on the screen
 * paints        newest last, at most 2,000: {view, time, seq, shifted, level}; `view` is what the shapes were drawn for,
 *               `time` is performance.now() when they were put on the canvas; `shifted`: an earlier drawing moved by
 *               whole pixels, equal to a new one; `level` 0 fine, 1 to 3 quicker ones while the view moves
 * store         a copy of the store as plain data
 *
 * @param {{stage: Stage, store: Store, settled: () => Promise<void>}} options `settled`: session.idle
 */
export function createDebug({ stage, store, settled }) {
  const idle = async () => {
    for (;;) {
      await settled();
      const version = store.version.peek();
      await stage.settled();
      if (version === store.version.peek() && store.save.peek().pending === 0) return;
    }
  };
  const editor = Object.freeze({
    get ready() {
      return stage.isReady;
    },
    get regionCount() {
      return store.labels.size;
    },
    get view() {
      return stage.view;
    },
    imageRect() {
      const { width = 0, height = 0 } = store.media.peek() ?? {};
      const corners = [[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => stage.toClient(x, y));
      const [x, y] = [0, 1].map((i) => Math.min(...corners.map((corner) => corner[i])));
      const [right, bottom] = [0, 1].map((i) => Math.max(...corners.map((corner) => corner[i])));
      return { x, y, width: right - x, height: bottom - y };
    },
    imageToScreen: (/** @type {number} */ x, /** @type {number} */ y) => stage.toClient(x, y),
    idle,
    get paints() {
      return stage.shapes.paints.map((paint) => ({ ...paint, view: { ...paint.view } }));
    },
    get store() {
      return snapshot(store);
    },
  });
  Object.defineProperty(window, '__editor', { value: editor, configurable: true });
  return editor;
}
