/** What every tool is and what it is given; a tool changes the store only by commits and never speaks to the network. */

/**
 * @import {Announce} from '../types/announce'
 * @import {CommitOptions, Delta} from '../types/changes'
 * @import {Box, Keypoint, Point} from '../types/geometry'
 * @import {Label} from '../types/labels'
 * @import {Store} from '../types/store'
 * @import {Disc} from '../geom/brush.js'
 * @import {MaskDraft} from './masks/draft.js'
 */

/** @typedef {Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>} Key */

/**
 * @typedef {object} ToolPointer
 * @property {number} x image pixels @property {number} y
 * @property {number} px CSS pixels on the stage @property {number} py
 * @property {boolean} shift @property {boolean} ctrl @property {boolean} alt
 * @property {string} type 'mouse', 'pen' or 'touch'
 * @property {number} clicks 2 when this press follows another at the same place
 * @property {() => [number, number][]} path image points since the last event
 * @property {number} [pressure] 0 to 1, of a pen @property {boolean} [isEraser] the eraser end of a pen
 */

/**
 * @typedef {object} ToolCamera
 * @property {number} zoom @property {number} x @property {number} y
 * @property {number} width @property {number} height CSS pixels of the stage
 * @property {number} scale @property {number} ratio @property {number} left @property {number} top
 * @property {number} deviceWidth @property {number} deviceHeight
 */

/**
 * @typedef {object} Pen Draws on the stage above the shapes; all places in image pixels.
 * @property {(x: number, y: number, look?: {isOn?: boolean, isTarget?: boolean, isTouch?: boolean, concept?: string | null}) => void} handle
 * @property {(points: readonly Point[], look: {isClosed: boolean, concept: string | null, isFilled?: boolean}) => void} line
 * @property {(box: Box, look: {concept: string | null}) => void} box
 * @property {(box: Box) => void} marquee
 * @property {(keypoints: Keypoint[], box: Box, look: {concept: string | null}) => void} figure  a skeleton that is being placed
 * @property {(x: number, y: number, look: {isOn: boolean, concept: string | null}) => void} ghost  where an absent point would be
 * @property {(label: Label) => void} other  the version of another person, dashed
 * @property {(x: number, y: number) => void} guides  lines across the stage
 * @property {(draft: MaskDraft, look: {concept: string | null}) => void} mask  a mask that is being edited
 * @property {(disc: Disc, look: {isErasing: boolean, from?: Disc | null}) => void} brush  the circle of a brush, with the way to it
 * @property {(x: number, y: number, text: string) => void} note  a small text beside a place
 */

/**
 * @typedef {object} Pixels The pixels of the image, in a worker; its calls are those of workers/pixel-requests.js.
 * @property {() => void} prepare reads them ahead
 * @property {(call: string, args: any) => Promise<any>} ask rejects when they cannot be read
 * @property {string} problem why, for people
 */

/**
 * @typedef {object} ToolContext
 * @property {Store} store
 * @property {(deltas: Delta | readonly Delta[], options?: CommitOptions) => void} commit
 * @property {Announce} announce what happened, seen and spoken; `spokenOnly` what the stage shows
 * @property {(text: string, undo: () => void) => () => void} offerUndo a notice with an Undo button; returns what closes it
 * @property {() => ToolCamera} camera
 * @property {(x: number, y: number, type?: string) => Label[]} hit the one to select first
 * @property {(box: Box) => Label[]} inside labels that lie whole in the box
 * @property {(box: Box) => Label[]} near labels that lie in the box or reach into it
 * @property {Map<string, Label | null>} previews other geometry for labels while they are dragged; null: the tool draws it
 * @property {() => void} redraw
 * @property {(name: string) => void} setTool
 * @property {(p: ToolPointer) => void} doubleClick on free ground: what the person's settings say
 * @property {(x: number, y: number) => void} reveal moves the image until the point is on the stage
 * @property {(p: ToolPointer) => void} beginPan
 * @property {(cursor: string) => void} setCursor
 * @property {Pixels} pixels
 * @property {(hints: object, signal: AbortSignal) => Promise<import('../types/session').CutAnswer>} cut of the image that is shown
 */

/** Handles: CSS pixels around a place that count as on it. */
export const REACH = { mouse: 12, touch: 24 };
/** A press that does not move further than this is a click. CSS pixels. */
export const CLICK_PX = 5;

/** @param {{px: number, py: number}} press @param {ToolPointer} p whether the press has become a drag */
export function isDrag(press, p) {
  return Math.hypot(p.px - press.px, p.py - press.py) > CLICK_PX;
}

/** A tool that does nothing. Gestures: down, any number of move, then up or drop. */
export class Tool {
  name = '';
  cursor = 'default';

  /** Draws new shapes. */
  isDrawTool = false;

  /** The eraser end of a pen is of use. */
  hasEraser = false;

  /** @param {ToolContext} context */
  constructor(context) {
    this.context = context;
  }

  /** An edge or a corner is being dragged: what lies below it is seen. */
  get isReshaping() {
    return false;
  }

  /** True from the first point of a shape to its end. */
  get isDrawing() {
    return false;
  }

  /** The arrow keys move the cross, not what is selected. */
  get hasCrosshair() {
    return false;
  }

  activate() {}

  deactivate() {
    this.finishOrKeep();
  }

  /** The person goes on to something else: finishes what is being drawn or keeps it; here it is given up. */
  finishOrKeep() {
    this.cancel();
  }

  /** Another image is shown: forgets what belongs to the last one. */
  reset() {
    this.cancel();
  }

  /** Takes the last step of the drawing back. @returns {boolean} whether there was any */
  back() {
    return false;
  }

  /** Brings back a drawing that was just discarded. @returns {boolean} whether there was one */
  restore() {
    return false;
  }

  /** Does again what `back` took back. @returns {boolean} whether there was anything */
  again() {
    return false;
  }

  /** @param {ToolPointer} _p */
  down(_p) {}

  /** @param {ToolPointer} _p also without a press */
  move(_p) {}

  /** @param {ToolPointer} _p */
  up(_p) {}

  /** The gesture was cancelled (a second finger, a lost pointer). */
  drop() {
    this.cancel();
  }

  /** The pointer left the stage. */
  leave() {}

  /** Gives up what is being drawn or dragged. @returns {boolean} whether there was anything */
  cancel() {
    return false;
  }

  /** @param {Key} _e @returns {boolean} whether the key was used */
  key(_e) {
    return false;
  }

  /** @param {Pen} _pen @param {ToolCamera} _camera */
  paint(_pen, _camera) {}

  /** True when this person may draw here; announces why not. */
  get mayDraw() {
    return this.context.store.may.peek().label;
  }
}

/** @param {Key} e @returns {Point | null} direction of an arrow key, 1 px, with Shift 10 */
export function arrow(e) {
  const step = e.shiftKey ? 10 : 1;
  /** @type {Record<string, Point>} */
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  return ways[e.key] ?? null;
}
