/** Takes over unsaved changes of the person's closed tabs, so that they are sent from this one. */

/**
 * @import {OutboxOp, Persistence} from '../../types/outbox'
 * @import {Core} from '../../store/core.js'
 * @import {Outbox} from './outbox.js'
 * @import {Tabs} from '../storage/tabs.js'
 * @import {Timers} from '../timers.js'
 */

const REPEAT_MS = 20000;

export class Adoption {
  /** @param {{tabs: Tabs, persistence: Persistence, outbox: Outbox, core: Core, timers: Timers}} parts */
  constructor({ tabs, persistence, outbox, core, timers }) {
    this.tabs = tabs;
    this.persistence = persistence;
    this.outbox = outbox;
    this.core = core;
    this.timers = timers;
  }

  /** Looks for such changes from time to time. */
  start() {
    this.timers.restart('adopt', REPEAT_MS, async () => {
      await this.adopt();
      this.start();
    });
  }

  /** @param {boolean} [isFirst] also takes over what the last page of this tab left */
  async adopt(isFirst = false) {
    const { client } = this.tabs;
    try {
      const alive = await this.tabs.alive();
      const isOurs = (/** @type {OutboxOp} */ op) => (op.tab === client ? isFirst : !alive.has(op.tab));
      const claimed = await this.persistence.claim((ops) => ops.filter(isOurs).map((op) => ({ ...op, tab: client })));
      if (!this.timers.isClosed) this.core.restore(this.outbox.restore(claimed));
    } catch (error) {
      console.warn('Changes of closed tabs could not be looked up:', error);
    }
  }
}
