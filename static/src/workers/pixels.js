/** The worker that reads pixels of the image for the tools: receives requests, answers each with its id. No DOM. */
import { PixelRequests } from './pixel-requests.js';

const scope = /** @type {any} */ (globalThis);
const requests = new PixelRequests();

scope.onmessage = async (/** @type {MessageEvent} */ { data: { id, call, args } }) => {
  try {
    const value = await requests.run(call, args);
    scope.postMessage({ id, value }, value instanceof Int32Array ? [value.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, error: String(error) });
  }
};
