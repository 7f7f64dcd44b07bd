/** The worker that draws shapes: receives messages, runs the engine, sends bitmaps back. No drawing code here. */
import { Engine } from './engine.js';
import { serve } from './serve.js';

const scope = /** @type {any} */ (globalThis);

function canDraw() {
  try {
    return new OffscreenCanvas(1, 1).getContext('2d') !== null;
  } catch {
    return false;
  }
}

if (!canDraw()) {
  scope.postMessage({ type: 'unsupported' });
} else {
  const out = new OffscreenCanvas(1, 1);
  const g = /** @type {OffscreenCanvasRenderingContext2D} */ (out.getContext('2d'));
  const engine = new Engine((width, height) => new OffscreenCanvas(width, height));
  const receive = serve(engine, {
    post: (message, transfer) => scope.postMessage(message, transfer),
    transfer: (source) => source.transferToImageBitmap(),
    copy(source) {
      if (out.width !== source.width || out.height !== source.height) {
        out.width = source.width;
        out.height = source.height;
      }
      g.globalCompositeOperation = 'copy';
      g.drawImage(source, 0, 0);
      return out.transferToImageBitmap();
    },
  });
  scope.onmessage = (/** @type {MessageEvent} */ event) => receive(event.data);
}
