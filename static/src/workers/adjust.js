/** The worker that makes adjusted images: receives requests, answers each with a bitmap. No arithmetic here. */
import { AdjustRequests } from './adjust-requests.js';

const scope = /** @type {any} */ (globalThis);

/** @param {Blob} blob @param {number} width @param {number} height */
async function decode(blob, width, height) {
  const bitmap = await createImageBitmap(blob, { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' });
  const g = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true }));
  g.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, rgba: g.getImageData(0, 0, width, height).data };
}

const requests = new AdjustRequests(decode);

scope.onmessage = async (/** @type {MessageEvent} */ { data: { id, request } }) => {
  try {
    const { rgba, width, height } = await requests.run(request);
    const bitmap = await createImageBitmap(new ImageData(/** @type {any} */ (rgba), width, height));
    scope.postMessage({ id, bitmap }, [bitmap]);
  } catch (error) {
    scope.postMessage({ id, error: String(error) });
  }
};
