/** The commands of the labeling page and their keys, as data. Only commands that exist are listed. */
import { shownKeys } from './keymap.js';
import { t } from '../i18n.js';

/** @import {Command, Scope} from './keymap.js' */

/** @param {string} id @param {Scope} scope @param {Command['group']} group @param {string[]} keys @param {() => string} text @param {Partial<Command>} [more] @returns {Command} */
const command = (id, scope, group, keys, text, more = {}) => ({ id, scope, group, keys, text, ...more });

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
const HOLD = { holds: true };
const REPEAT = { repeats: true };
const OVER = { over: true };

/** @type {readonly Command[]} */
export const COMMANDS = Object.freeze([
  command('media.next', 'all', 'go', ['F', 'Ctrl+ArrowRight'], () => t('Next image'), REPEAT),
  command('media.previous', 'all', 'go', ['D', 'Ctrl+ArrowLeft'], () => t('Previous image'), REPEAT),
  command('jump', 'all', 'go', ['`'], () => t('Go to image by number')),
  command('submit', 'all', 'go', ['Ctrl+Enter'], () => t('Submit, mark as done or accept, and next')),
  command('skip', 'all', 'go', ['Ctrl+Space'], () => t('Skip')),
  command('accept', 'all', 'go', ['Alt+A'], () => t('Accept and next')),
  command('reject', 'all', 'go', ['Alt+X'], () => t('Reject and next')),

  command('flush', 'all', 'page', ['Ctrl+S'], () => t('Save now'), { always: true }),
  command('undo', 'all', 'page', ['Ctrl+Z'], () => t('Undo'), REPEAT),
  command('redo', 'all', 'page', ['Ctrl+Shift+Z', 'Ctrl+Y'], () => t('Redo'), REPEAT),
  command('palette', 'all', 'page', ['Ctrl+K'], () => t('Find a class, a command or an image'), { always: true }),
  command('help', 'all', 'page', ['?', 'F1'], () => t('Keyboard shortcuts')),
  command('settings', 'all', 'page', ['F2'], () => t('Settings')),
  command('tags', 'all', 'page', ['J'], () => t('Show tags')),
  command('image.attributes', 'all', 'page', ['Shift+J'], () => t('Attributes of the image')),
  command('panels', 'all', 'page', ['\\'], () => t('Hide or show the panels')),

  command('zoom.in', 'all', 'view', ['Ctrl+Plus'], () => t('Zoom in'), REPEAT),
  command('zoom.out', 'all', 'view', ['Ctrl+Minus'], () => t('Zoom out'), REPEAT),
  command('zoom.fit', 'all', 'view', ['Shift+1'], () => t('Fit to window')),
  command('zoom.actual', 'all', 'view', ['Shift+2'], () => t('100 %')),
  command('zoom.selection', 'all', 'view', ['Shift+3'], () => t('Zoom to the selection')),
  command('pan.hold', 'all', 'view', ['Space'], () => t('Hold and drag to pan'), HOLD),
  command('fullscreen', 'all', 'view', ['F11'], () => t('Full screen')),
  command('view.hide', 'all', 'view', ['T H'], () => t('Hide all objects')),
  command('view.lock', 'all', 'view', ['T L'], () => t('Lock all objects')),
  command('view.grid', 'all', 'view', ['T G'], () => t('Grid')),
  command('view.names', 'all', 'view', ['T N'], () => t('Name tags')),
  command('view.outlines', 'all', 'view', ['T O'], () => t('Outlines only')),

  command('escape', 'all', 'tools', ['Escape'], () => t('Cancel the drawing, then the tool, then the selection; Tab then leaves the image')),
  command('tool.select', 'all', 'tools', ['S'], () => t('Select')),
  command('tool.again', 'all', 'tools', ['N'], () => t('Last drawing tool')),
  command('tool.box', 'all', 'tools', ['B'], () => t('Box')),
  command('tool.extreme_box', 'all', 'tools', ['Alt+B'], () => t('Box by four extreme points')),
  command('tool.rotated_box', 'all', 'tools', ['Shift+B'], () => t('Rotated box')),
  command('tool.polygon', 'all', 'tools', ['P'], () => t('Polygon')),
  command('tool.polyline', 'all', 'tools', ['Shift+P'], () => t('Polyline')),
  command('tool.ellipse', 'all', 'tools', ['Y'], () => t('Ellipse')),
  command('tool.brush', 'all', 'tools', ['M'], () => t('Brush')),
  command('tool.eraser', 'all', 'tools', ['Shift+M'], () => t('Eraser')),
  command('tool.fill', 'all', 'tools', ['U'], () => t('Fill holes of a mask')),
  command('tool.wand', 'all', 'tools', ['W'], () => t('Magic wand')),
  command('tool.scissors', 'all', 'tools', ['I'], () => t('Scissors along edges')),
  command('tool.grabcut', 'all', 'tools', ['C'], () => t('Cut out an object (GrabCut)')),
  command('tool.measure', 'all', 'tools', ['Z'], () => t('Measure')),
  command('brush.smaller', 'all', 'tools', ['['], () => t('Smaller brush, lower tolerance'), REPEAT),
  command('brush.larger', 'all', 'tools', [']'], () => t('Larger brush, higher tolerance'), REPEAT),
  command('tool.keypoint', 'all', 'tools', ['X'], () => t('Keypoint')),
  command('tool.skeleton', 'all', 'tools', ['Shift+X'], () => t('Skeleton')),

  ...DIGITS.map((digit) => command(`class.${digit || 10}`, 'all', 'classes', [String(digit)], () => t('Class {n}', { n: digit || 10 }))),
  ...DIGITS.map((digit) => command(`bind.${digit || 10}`, 'all', 'classes', [`Ctrl+${digit}`], () => t('Bind {digit} to the current class', { digit }))),
  command('class.repeat', 'all', 'classes', ['.'], () => t('Use last class again')),

  command('object.next', 'all', 'objects', ['Tab'], () => t('Next object'), { stage: true, repeats: true }),
  command('object.previous', 'all', 'objects', ['Shift+Tab'], () => t('Previous object'), { stage: true, repeats: true }),
  command('select.all', 'all', 'objects', ['Ctrl+A'], () => t('Select all')),
  command('copy', 'all', 'objects', ['Ctrl+C'], () => t('Copy')),
  command('paste', 'all', 'objects', ['Ctrl+V'], () => t('Paste')),
  command('duplicate', 'all', 'objects', ['Ctrl+D'], () => t('Duplicate')),
  command('propagate', 'all', 'objects', ['Ctrl+B'], () => t('Propagate to the next images')),
  command('join', 'all', 'objects', ['Alt+J'], () => t('Join into one object')),
  command('subtract', 'all', 'objects', ['Alt+Minus'], () => t('Subtract the others from the object selected first')),
  command('slice', 'all', 'objects', ['Alt+S'], () => t('Cut along a line')),
  command('contour', 'all', 'objects', ['Alt+R'], () => t('Redo part of the outline: draw over it')),
  command('intersect', 'all', 'objects', [], () => t('Intersect: keep what the selected objects have in common')),
  command('overlap', 'all', 'objects', [], () => t('Remove overlap: objects above cut those below')),
  command('split', 'all', 'objects', [], () => t('Split into one object for each part')),
  command('simplify', 'all', 'objects', [], () => t('Simplify: leave out points of the outline')),
  command('convert.mask', 'all', 'objects', [], () => t('Convert to mask')),
  command('cut.boxes', 'all', 'objects', [], () => t('Box to mask: cut out what is in the selected boxes')),
  command('convert.polygon', 'all', 'objects', [], () => t('Convert to polygon')),
  command('hide', 'sel', 'objects', ['H'], () => t('Hide')),
  command('lock', 'sel', 'objects', ['L'], () => t('Lock')),
  command('occluded', 'sel', 'objects', ['Q'], () => t('Occluded or visible: the active keypoint, else the whole figure')),
  command('point.state', 'all', 'objects', ['V'], () => t('Next state of the active keypoint: visible, occluded, absent')),
  command('flip', 'sel', 'objects', ['Shift+Q'], () => t('Flip left and right points of a skeleton')),
  command('delete', 'sel', 'objects', ['Delete'], () => t('Delete')),
  command('delete.locked', 'sel', 'objects', ['Shift+Delete'], () => t('Delete, even if locked')),
  command('redraw', 'sel', 'objects', ['Shift+N'], () => t('Redraw the selected shape')),
  command('details', 'sel', 'objects', ['Enter'], () => t('Attributes of the selected objects; their class, when they have none')),
  command('class.choose', 'sel', 'objects', ['Shift+Enter'], () => t('Choose the class of the selected objects')),
  command('forward', 'sel', 'objects', ['Plus'], () => t('Bring forward'), REPEAT),
  command('back', 'sel', 'objects', ['Minus'], () => t('Send backward'), REPEAT),
  command('nudge.left', 'sel', 'objects', ['ArrowLeft'], () => t('Move left by 1 pixel'), REPEAT),
  command('nudge.right', 'sel', 'objects', ['ArrowRight'], () => t('Move right by 1 pixel'), REPEAT),
  command('nudge.up', 'sel', 'objects', ['ArrowUp'], () => t('Move up by 1 pixel'), REPEAT),
  command('nudge.down', 'sel', 'objects', ['ArrowDown'], () => t('Move down by 1 pixel'), REPEAT),
  command('nudge.left.10', 'sel', 'objects', ['Shift+ArrowLeft'], () => t('Move left by 10 pixels'), REPEAT),
  command('nudge.right.10', 'sel', 'objects', ['Shift+ArrowRight'], () => t('Move right by 10 pixels'), REPEAT),
  command('nudge.up.10', 'sel', 'objects', ['Shift+ArrowUp'], () => t('Move up by 10 pixels'), REPEAT),
  command('nudge.down.10', 'sel', 'objects', ['Shift+ArrowDown'], () => t('Move down by 10 pixels'), REPEAT),
  command('resize.left', 'sel', 'objects', ['Alt+ArrowLeft'], () => t('Narrower by 1 pixel'), REPEAT),
  command('resize.right', 'sel', 'objects', ['Alt+ArrowRight'], () => t('Wider by 1 pixel'), REPEAT),
  command('resize.up', 'sel', 'objects', ['Alt+ArrowUp'], () => t('Lower by 1 pixel'), REPEAT),
  command('resize.down', 'sel', 'objects', ['Alt+ArrowDown'], () => t('Higher by 1 pixel'), REPEAT),

  command('cross.left', 'draw', 'drawing', ['ArrowLeft'], () => t('Crosshair left by 1 pixel'), REPEAT),
  command('cross.right', 'draw', 'drawing', ['ArrowRight'], () => t('Crosshair right by 1 pixel'), REPEAT),
  command('cross.up', 'draw', 'drawing', ['ArrowUp'], () => t('Crosshair up by 1 pixel'), REPEAT),
  command('cross.down', 'draw', 'drawing', ['ArrowDown'], () => t('Crosshair down by 1 pixel'), REPEAT),
  command('cross.left.10', 'draw', 'drawing', ['Shift+ArrowLeft'], () => t('Crosshair left by 10 pixels'), REPEAT),
  command('cross.right.10', 'draw', 'drawing', ['Shift+ArrowRight'], () => t('Crosshair right by 10 pixels'), REPEAT),
  command('cross.up.10', 'draw', 'drawing', ['Shift+ArrowUp'], () => t('Crosshair up by 10 pixels'), REPEAT),
  command('cross.down.10', 'draw', 'drawing', ['Shift+ArrowDown'], () => t('Crosshair down by 10 pixels'), REPEAT),
  command('draw.set', 'draw', 'drawing', ['Enter'], () => t('Set a corner, or finish')),
  command('draw.back', 'drawing', 'drawing', ['Backspace', 'Ctrl+Z'], () => t('Remove last point'), { ...REPEAT, ...OVER }),
  command('draw.again', 'drawing', 'drawing', ['Ctrl+Shift+Z', 'Ctrl+Y'], () => t('Restore last point'), { ...REPEAT, ...OVER }),
]);

/** The first keys of a command as text: "Ctrl Shift Z"; empty when it has none. @param {string} id */
export function keyText(id) {
  const keys = COMMANDS.find((c) => c.id === id)?.keys[0];
  return keys ? shownKeys(keys).map((key) => (key === 'Enter' ? '⏎' : key)).join(' ') : '';
}
