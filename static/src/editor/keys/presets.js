/** Keys that people know from other tools, as changes of our own; every command that a preset leaves out keeps its key, unless the preset needs that key. */
import { t } from '../../i18n.js';

/** @typedef {{name: () => string, keys: Readonly<Record<string, readonly string[]>>}} Preset */

/**
 * Browsers keep some keys for themselves (labelme's Ctrl+N for a polygon); there our own stays.
 * @type {Readonly<Record<string, Preset>>}
 */
export const PRESETS = Object.freeze({
  default: { name: () => t('Default'), keys: {} },
  cvat: {
    name: () => 'CVAT',
    keys: {
      'media.next': ['F'],
      'media.previous': ['D'],
      'occluded': ['Q', '/'],
      'delete': ['Delete', 'Backspace'],
      'delete.locked': ['Shift+Delete', 'Shift+Backspace'],
      'help': ['F1'],
      'forward': ['Plus'],
      'back': ['Minus'],
    },
  },
  label_studio: {
    name: () => 'Label Studio',
    keys: {
      'media.next': ['Ctrl+ArrowRight'],
      'media.previous': ['Ctrl+ArrowLeft'],
      'tool.select': ['V'],
      'tool.box': ['R'],
      'tool.brush': ['B'],
      'tool.eraser': ['E'],
      'hide': ['Alt+H'],
      'lock': ['Alt+L'],
      'delete': ['Backspace', 'Delete'],
      'object.next': ['Alt+.'],
      'redo': ['Ctrl+Shift+Z'],
    },
  },
  labelme: {
    name: () => 'labelme',
    keys: {
      'media.next': ['D', 'Ctrl+Shift+D'],
      'media.previous': ['A', 'Ctrl+Shift+A'],
      'tool.box': ['Ctrl+R'],
      'tool.select': ['Ctrl+J'],
      'zoom.actual': ['Ctrl+0'],
      'zoom.fit': ['Ctrl+F'],
      'details': ['Ctrl+E'],
    },
  },
});
