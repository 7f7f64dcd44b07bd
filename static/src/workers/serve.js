/** Messages of the shapes worker: handles requests, and cancels a drawing when a newer one is requested. */

/** @typedef {import('./engine.js').Engine} Engine */

/**
 * @typedef {object} Port
 * @property {(message: any, transfer: Transferable[]) => void} post
 * @property {(canvas: any) => any} copy  an image of the canvas that can be transferred
 * @property {(canvas: any) => any} transfer  the same; the canvas may be empty afterwards
 */

/** Resolves after the messages that wait were handled. */
function pause() {
  return new Promise((/** @type {(value?: any) => void} */ resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/**
 * @param {Engine} engine @param {Port} port
 * @returns {(message: any) => void} to be called with every message
 */
export function serve(engine, port) {
  /** The drawing that has paused. @type {{seq: number, work: ReturnType<Engine['draw']>} | null} */
  let running = null;
  let indexVersion = 0;

  const sendIndex = () => {
    const { index, items } = engine.table;
    const data = index ? index.data.slice(0) : null;
    const copy = items.slice();
    const transfer = /** @type {Transferable[]} */ ([copy.buffer]);
    if (data) transfer.push(/** @type {ArrayBuffer} */ (data));
    port.post({ type: 'index', version: indexVersion, data, items: copy }, transfer);
  };

  /** A paused drawing would continue with other shapes than it started with. */
  const stop = () => {
    if (!running) return;
    running.work.return(/** @type {any} */ (undefined));
    port.post({ type: 'stopped', seq: running.seq }, []);
    running = null;
  };

  const draw = async (/** @type {import('./format.js').DrawRequest} */ request) => {
    stop();
    const started = engine.now();
    const work = engine.draw(request);
    running = { seq: request.seq, work };
    let step = work.next();
    while (!step.done) {
      await pause();
      if (running?.work !== work) return;
      step = work.next();
    }
    running = null;
    const { shapes, level, isFull, isReusable, estimate } = step.value;
    const image = isReusable ? port.copy(engine.canvas) : port.transfer(engine.canvas);
    const ms = engine.now() - started;
    engine.recordTime(level, estimate, ms);
    port.post({ type: 'bitmap', seq: request.seq, image, shapes, level, isFull, ms }, [image]);
  };

  /** @type {Record<string, (m: any) => void>} */
  const handlers = {
    load(m) {
      stop();
      engine.load(m.pack);
      indexVersion = m.version;
      sendIndex();
    },
    patch(m) {
      stop();
      engine.patch(m.pack, m.removed);
      indexVersion = m.version;
      if (engine.table.needsIndex) {
        engine.table.buildIndex();
        sendIndex();
      }
    },
    order(m) {
      stop();
      engine.reorder(m.slots);
    },
    flags(m) {
      stop();
      engine.setFlags(m.slots, m.flags);
    },
    exclude(m) {
      stop();
      engine.exclude(m.slots);
    },
    style(m) {
      stop();
      engine.style(m.palette, m.schemas);
    },
    draw: (m) => void draw(m.request),
  };
  return (message) => handlers[message.type]?.(message);
}
