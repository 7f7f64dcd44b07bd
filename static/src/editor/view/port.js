/** Starts whatever draws the shapes: the worker, or the same engine on the page where a worker cannot draw. */
import { Engine } from '../../workers/engine.js';
import { serve } from '../../workers/serve.js';

/**
 * @typedef {object} ShapesPort
 * @property {(message: any, transfer?: Transferable[]) => void} send
 * @property {(receive: (message: any) => void) => void} listen  where answers go; needed before anything is sent
 * @property {() => void} close
 * @property {string} kind 'worker' or 'page'
 */

/** @type {(message: any) => void} */
const nobody = () => {};

/** @param {number} width @param {number} height */
function makeCanvas(width, height) {
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** The engine on the page. Answers come in tasks of their own, as from a worker. @returns {ShapesPort} */
function openPagePort() {
  const copy = (/** @type {HTMLCanvasElement} */ source) => {
    const made = makeCanvas(source.width, source.height);
    made.getContext('2d')?.drawImage(source, 0, 0);
    return made;
  };
  let receive = nobody;
  const handle = serve(new Engine(makeCanvas), { post: (message) => setTimeout(() => receive(message)), copy, transfer: copy });
  return {
    send: (message) => void setTimeout(() => handle(message)),
    listen: (to) => void (receive = to),
    close: () => {},
    kind: 'page',
  };
}

/**
 * A worker takes a moment to start: open the port as early as can be. After a fall back to the page the receiver
 * gets 'restarted': everything must be sent again.
 * @param {string | URL | null} url null: no worker
 * @returns {ShapesPort}
 */
export function openPort(url) {
  if (!url || typeof Worker === 'undefined' || typeof OffscreenCanvas === 'undefined') return openPagePort();
  const worker = new Worker(url);
  let receive = nobody;
  /** @type {ShapesPort} */
  const port = {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (to) => void (receive = to),
    close: () => worker.terminate(),
    kind: 'worker',
  };
  worker.onmessage = (event) => {
    if (event.data.type === 'unsupported') fallBack();
    else receive(event.data);
  };
  worker.onerror = () => fallBack();
  const fallBack = () => {
    if (port.kind !== 'worker') return;
    worker.terminate();
    Object.assign(port, openPagePort());
    port.listen(receive);
    receive({ type: 'restarted' });
  };
  return port;
}
