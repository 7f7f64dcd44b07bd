/** What the tools for masks share: the mask that they change, and storing what became of it. */
import { deleteLabels } from '../../commands.js';
import { runsArea } from '../../geom/mask.js';
import { Rows } from '../../geom/rows.js';
import { t } from '../../../i18n.js';
import { DrawTool } from '../draw.js';
import { commitGesture } from '../gesture.js';

/** @import {Label, LabelPatch} from '../../types/labels' */

export class MaskTool extends DrawTool {
  /** By which tool a new mask is said to be made. */
  maker = 'brush';
  /** The rows of the mask that was edited last: they are its own until somebody else changes it. @type {{mask: readonly number[], rows: Rows} | null} */
  kept = null;

  /** The selected mask, when it alone is selected. @returns {Label | undefined} */
  get selectedMask() {
    const { store } = this.context;
    const [id, ...others] = store.selection.peek();
    const label = id === undefined || others.length ? undefined : store.labels.get(id);
    return label?.mask?.length ? label : undefined;
  }

  /** Announces it when the selected mask may not be changed. @param {Label} label */
  mayChange(label) {
    const { store, announce } = this.context;
    if (store.isEditable(label.id)) return true;
    announce(t('Locked objects were not changed'));
    return false;
  }

  /** @override */
  reset() {
    super.reset();
    this.kept = null;
  }

  /** @param {Label | undefined} label none: an empty mask */
  rowsOf(label) {
    const { kept } = this;
    this.kept = null;
    if (!label?.mask) return new Rows();
    return kept?.mask === label.mask ? kept.rows : Rows.of(label.mask, label.box);
  }

  /** Stores the rows as the mask of the label, or of a new one. @param {Label | undefined} label as it was when the gesture began @param {Rows} rows */
  save(label, rows) {
    const result = rows.toMask();
    if (!result) return label ? this.#remove(label) : undefined;
    this.kept = { mask: result.mask, rows };
    const size = t('{n} pixels', { n: runsArea(result.mask) });
    if (!label) return void this.finish(result, { shape: 'mask', tool: this.maker, kind: t('Mask'), size });
    /** @type {LabelPatch} */
    const patch = { ...result, shape: 'mask', ...(label.points && { points: null }) };
    if (commitGesture(this.context, [{ label, patch }])) {
      this.context.announce(t('Mask changed, {size}', { size }), { spokenOnly: true });
    }
  }

  /** Nothing is left of the mask: its object goes, and can come back. @param {Label} label */
  #remove(label) {
    const { store, commit, offerUndo } = this.context;
    if (!store.labels.has(label.id)) return;
    const [deletion] = deleteLabels(store, [label.id]);
    commit({ ...deletion, before: label }, { from: new Map([[label.id, label]]) });
    const step = this.#lastStep();
    const name = store.concept(label.concept)?.name ?? t('Object');
    offerUndo(t('{name} deleted: nothing was left of its mask', { name }), () => {
      if (this.#lastStep() === step) store.undo();
    });
  }

  #lastStep() {
    return this.context.store.history.peek().findLast((one) => !one.undone)?.id;
  }
}
