/** Shows the selected polygons with fewer vertices while the tolerance is chosen; Enter commits them, Esc leaves them as they are. */
import { untracked } from '@preact/signals-core';
import { updateLabel } from '../commands.js';
import { bounds } from '../geom/poly.js';
import { countVertices, simplify } from '../geom/simplify.js';
import { ngettext, t } from '../../i18n.js';
import { operands } from '../shape-operations.js';
import { Tool, arrow } from './tool.js';

/** @import {Label, LabelPatch} from '../types/labels' */
/** @import {Key, ToolPointer} from './tool.js' */

/** Image pixels. */
const STEP = 0.5;
const MOST = 10;

export class SimplifyTool extends Tool {
  /** @override */
  name = 'simplify';
  /** @override */
  isDrawTool = true;
  /** What is committed. @type {{label: Label, patch: LabelPatch}[]} */
  changes = [];
  /** @type {(() => void)[]} */
  endings = [];

  /** @override the arrow keys change the tolerance */
  get hasCrosshair() {
    return true;
  }

  /** @override */
  activate() {
    const { store } = this.context;
    const follow = () => untracked(() => this.#preview());
    this.endings = [store.selection, store.version, store.tolerance].map((signal) => signal.subscribe(follow));
  }

  /** @override */
  deactivate() {
    for (const end of this.endings) end();
    this.endings = [];
    this.#clear();
  }

  /** @override */
  reset() {
    this.#clear();
  }

  #clear() {
    this.changes = [];
    this.context.previews.clear();
    this.context.store.simplified.value = null;
    this.context.redraw();
  }

  #preview() {
    const { store, previews, redraw } = this.context;
    const tolerance = store.tolerance.peek();
    const polygons = operands(store).labels.filter((label) => label.shape === 'polygon');
    this.changes = polygons.flatMap((label) => {
      const points = simplify(label.points ?? [], tolerance);
      return points === label.points ? [] : [{ label, patch: { points, box: bounds(points) } }];
    });
    previews.clear();
    for (const { label, patch } of this.changes) previews.set(label.id, { ...label, ...patch });
    const before = countVertices(polygons.flatMap((label) => label.points ?? []));
    const gone = this.changes.reduce((sum, { label, patch }) => sum + countVertices(label.points ?? []) - countVertices(patch.points ?? []), 0);
    store.simplified.value = { before, after: before - gone };
    redraw();
  }

  /** @override @param {ToolPointer} p a click selects another shape */
  down(p) {
    const [label] = this.context.hit(p.x, p.y, p.type);
    if (label) this.context.store.select([label.id], p.shift ? 'toggle' : 'replace');
  }

  /** @override @param {Key} e */
  key(e) {
    const way = arrow(e);
    if (way && !e.altKey && !e.ctrlKey && !e.metaKey) {
      const { tolerance } = this.context.store;
      tolerance.value = Math.min(MOST, Math.max(0, tolerance.peek() + STEP * (way[0] - way[1])));
      return true;
    }
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.altKey) return false;
    this.#commit();
    return true;
  }

  #commit() {
    const { store, commit, announce, setTool } = this.context;
    const { changes } = this;
    const count = store.simplified.peek();
    commit(changes.flatMap(({ label, patch }) => updateLabel(store, label.id, patch) ?? []));
    setTool('select');
    if (!changes.length || !count) announce(t('No point can be left out at this tolerance'));
    else announce(ngettext('{n} point left of {before}', '{n} points left of {before}', count.after, { before: count.before }));
  }
}
