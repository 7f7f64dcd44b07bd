/** A stage for tools without a browser: a store, a fixed camera, pointers in image pixels, what was said. */
import { createTools } from '../../../static/src/editor/tools/index.js';
import { hits } from '../../../static/src/editor/view/hit.js';
import { boundsOf } from '../../../static/src/editor/view/pack.js';
import { storeWith } from '../view/samples.js';

/** @param {any[]} labels @param {{zoom?: number, may?: boolean, more?: object}} [options] `more`: of the context */
export function stageWith(labels = [], { zoom = 1, may = true, more = {} } = {}) {
  const store = storeWith(labels, { may });
  const said = [];
  const calls = [];
  const offers = [];
  const previews = new Map();
  const camera = { zoom, x: 100.4, y: 50.4, width: 200 * zoom, height: 100 * zoom };
  const tools = createTools(/** @type {any} */ ({
    store,
    commit: (deltas, options) => store.commit(deltas, options),
    announce: (text) => said.push(text),
    offerUndo: (text, undo) => {
      offers.push({ text, undo });
      return () => offers.splice(0);
    },
    camera: () => camera,
    hit: (x, y) => hits([...store.labels.values()].filter((l) => !store.isHidden(l.id)), x, y, 4 / zoom, (id) => store.order().indexOf(id)),
    inside: (b) => [...store.labels.values()].filter((l) => {
      const a = boundsOf(l);
      return a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3];
    }),
    near: (b) => [...store.labels.values()].filter((l) => {
      const a = boundsOf(l);
      return a[0] <= b[2] && a[1] <= b[3] && a[2] >= b[0] && a[3] >= b[1];
    }),
    previews,
    redraw() {},
    setTool: (name) => {
      calls.push(['setTool', name]);
      store.tool.value = name;
    },
    doubleClick: () => calls.push(['doubleClick']),
    reveal() {},
    beginPan: () => calls.push(['beginPan']),
    setCursor() {},
    ...more,
  }));

  const pointer = (x, y, more = {}) => ({
    x, y, px: x * zoom, py: y * zoom, shift: false, ctrl: false, alt: false, type: 'mouse', clicks: 1, path: () => [[x, y]], ...more,
  });
  const use = (name) => {
    const tool = /** @type {any} */ (tools.get(name));
    const click = (x, y, more) => {
      tool.move(pointer(x, y, more));
      tool.down(pointer(x, y, more));
      tool.up(pointer(x, y, more));
    };
    const drag = (from, to, more) => {
      tool.move(pointer(...from, more));
      tool.down(pointer(...from, more));
      tool.move(pointer((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, more));
      tool.move(pointer(...to, more));
      tool.up(pointer(...to, more));
    };
    const press = (key, more = {}) => tool.key({ key, code: '', shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });
    return { tool, click, drag, press, pointer };
  };
  const last = () => /** @type {any} */ (store.labels.get(store.order()[store.order().length - 1]));
  return { store, said, offers, calls, previews, camera, use, last };
}
