/** Places the template of a class's keypoint schema in a dragged box; corners as with the box tool. */
import { t } from '../../../i18n.js';
import { bounds, fitBox } from '../../geom/keypoints.js';
import { figureIn, pointsPatch } from '../../geom/skeleton.js';
import { schemaOfClass } from '../../skeletons.js';
import { uuid7 } from '../../store/uuid.js';
import { BoxTool } from '../box.js';

/** @import {Box, Keypoint} from '../../types/geometry' */
/** @import {Pen, ToolContext} from '../tool.js' */

/** Makes the class of the next figure one that has points: the current one, else the first. Says which. @param {ToolContext} context */
export function useClassWithPoints({ store, announce }) {
  const now = store.activeConcept.peek();
  if (schemaOfClass(store, now)) return;
  const found = store.regionConcepts.peek().find((one) => schemaOfClass(store, one.id));
  if (!found) return announce(t('No class of this project has keypoints yet. Add a keypoint schema first.'));
  store.activeConcept.value = found.id;
  announce(t('Class {name}', { name: found.name }));
}

export class SkeletonTool extends BoxTool {
  /** @override */
  name = 'skeleton';

  /** @override */
  activate() {
    useClassWithPoints(this.context);
  }

  /** @override announces why no figure can be placed */
  get isReady() {
    if (!super.isReady) return false;
    if (this.target?.keypoints.length || schemaOfClass(this.context.store, this.shownConcept)) return true;
    this.context.announce(t('Class {name} has no keypoints', { name: this.context.store.concept(this.shownConcept)?.name ?? '?' }));
    return false;
  }

  /** The points in a box: those of the figure to redraw, else those of the template. @param {Box} box @returns {Keypoint[]} */
  #figure(box) {
    const old = (this.base ?? this.target)?.keypoints;
    if (old?.length) return fitBox(old, /** @type {Box} */ (bounds(old)), box);
    const schema = schemaOfClass(this.context.store, this.shownConcept);
    return schema ? figureIn(schema, box, uuid7) : [];
  }

  /** @override @param {Box} box @param {string} size */
  place(box, size) {
    const keypoints = this.#figure(box);
    const base = this.base ?? this.target;
    const geometry = base ? { box: base.box, ...pointsPatch(base, keypoints) } : { keypoints, box: bounds(keypoints) ?? box };
    this.finish(geometry, { shape: 'keypoints', tool: 'keypoints', kind: t('Skeleton'), size });
  }

  /** @override @param {Pen} pen @param {Box} box */
  paintDraft(pen, box) {
    pen.marquee(box);
    pen.figure(this.#figure(box), box, { concept: this.shownConcept });
  }
}
