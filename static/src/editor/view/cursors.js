/** Other people's pointers on the image, with their names: elements of class "cursor" placed through CSSOM. */
import { toStage } from './camera.js';

/** @import {Cursor} from '../types/people' */
/** @import {Camera} from './camera.js' */

const SVG = 'http://www.w3.org/2000/svg';
const ARROW = 'M3 2l13 8-6 1.2L7.5 17z';

export class Cursors {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {Map<string, {element: HTMLElement, cursor: Cursor}>} */
    this.shown = new Map();
  }

  /** @param {ReadonlyMap<string, Cursor>} cursors by tab @param {Camera} camera */
  show(cursors, camera) {
    for (const [client, { element }] of this.shown) {
      if (cursors.has(client)) continue;
      element.remove();
      this.shown.delete(client);
    }
    for (const [client, cursor] of cursors) {
      const element = this.shown.get(client)?.element ?? this.#make(cursor);
      this.shown.set(client, { element, cursor });
    }
    this.place(camera);
  }

  /** @param {Cursor} cursor */
  #make({ name, hue }) {
    const element = document.createElement('div');
    element.className = 'cursor';
    element.setAttribute('aria-hidden', 'true');
    element.style.setProperty('--h', String(hue));
    element.style.left = '0';
    element.style.top = '0';
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 18 18');
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', ARROW);
    svg.append(path);
    const label = document.createElement('span');
    label.textContent = name;
    element.append(svg, label);
    this.parent.append(element);
    return element;
  }

  /** After every movement of the image. @param {Camera} camera */
  place(camera) {
    for (const { element, cursor } of this.shown.values()) {
      const [x, y] = toStage(camera, cursor.x, cursor.y);
      const isInside = x >= 0 && y >= 0 && x <= camera.width && y <= camera.height;
      element.hidden = !isInside;
      if (isInside) element.style.transform = `translate(${Math.round(x - 3)}px, ${Math.round(y - 2)}px)`;
    }
  }

  destroy() {
    for (const { element } of this.shown.values()) element.remove();
    this.shown.clear();
  }
}
