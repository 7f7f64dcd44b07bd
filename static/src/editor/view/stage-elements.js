/** The elements of the stage: what takes keys and pointers, where the layers lie, the page's own canvas above them. */
import { t } from '../../i18n.js';

/** @param {string} tag @param {string} name */
function makeLayer(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  Object.assign(made.style, { position: 'absolute', inset: '0' });
  return made;
}

/** Adds them as first children, so that what lies over the image stays above. @param {HTMLElement} element */
export function buildStage(element) {
  const root = makeLayer('div', 'stage-view');
  const canvas = /** @type {HTMLCanvasElement} */ (makeLayer('canvas', 'stage-edit'));
  const layers = makeLayer('div', 'stage-layers');
  root.tabIndex = 0;
  root.dataset.keys = 'stage';
  root.setAttribute('role', 'application');
  root.setAttribute('aria-label', t('Image'));
  root.setAttribute('aria-description', t('Tab goes from object to object. With nothing selected, Esc, then Tab leaves the image.'));
  Object.assign(root.style, { touchAction: 'none', userSelect: 'none', overflow: 'hidden', outlineOffset: '-2px' });
  layers.style.pointerEvents = 'none';
  canvas.style.pointerEvents = 'none';
  root.append(layers, canvas);
  element.prepend(root);
  return { root, canvas, layers };
}
