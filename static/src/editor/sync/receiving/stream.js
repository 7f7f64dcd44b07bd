/** Puts the project's events into order: each is applied once, right after the one before it; gaps are fetched. */

/**
 * @import {ProjectEvent} from '../../types/wire'
 * @import {Answer} from '../saving/outbox.js'
 * @import {Clock} from '../connection.js'
 */

/** Kinds that carry before and after for the medium that is shown. */
const EXACT = new Set(['labels.changed', 'tags.changed', 'status.changed']);
const RETRY_MS = 2000;
/** The event of an acknowledged change is fetched when it has not arrived after this time. */
const LATE_MS = 3000;

export class Stream {
  /**
   * @param {{ask: (since: number, media: string | null) => Promise<Answer>, apply: (event: ProjectEvent) => void,
   *   resync: () => Promise<number | null>, failed: (answer: Answer) => void, reached: () => void, clock: Clock}} parts
   *   `resync` fetches everything again and returns the number it is true for
   */
  constructor({ ask, apply, resync, failed, reached, clock }) {
    this.ask = ask;
    this.apply = apply;
    this.resync = resync;
    this.failed = failed;
    this.reached = reached;
    this.clock = clock;
    /** @type {string | null} */
    this.media = null;
    this.last = -1;
    this.wanted = 0;
    this.generation = 0;
    this.isAsking = false;
    this.isClosed = false;
    /** @type {Map<number, ProjectEvent>} */
    this.waiting = new Map();
    /** @type {any} */
    this.timer = null;
  }

  /**
   * Follows a medium whose state is true for `seq`. What came while another one was shown came without
   * its content, so the stream goes back to `seq`.
   * @param {string} media @param {number} seq
   */
  follow(media, seq) {
    const isFirst = this.last < 0;
    this.media = media;
    this.generation += 1;
    this.waiting.clear();
    this.wanted = Math.max(this.wanted, this.last);
    this.last = isFirst ? seq : Math.min(this.last, seq);
    if (this.wanted > this.last) this.catchUp();
  }

  /** An event from the socket. @param {ProjectEvent} event */
  push(event) {
    if (this.last < 0 || event.seq <= this.last) return;
    this.wanted = Math.max(this.wanted, event.seq);
    if (!this.lacksContent(event)) this.waiting.set(event.seq, event);
    this.drain();
    if (this.last < this.wanted) this.catchUp();
  }

  /** The server sent the number of the project's last event. @param {number} seq */
  head(seq) {
    if (this.last < 0) return;
    if (seq < this.last) this.startOver(); // a restored backup, perhaps: what is known here no longer holds
    else if (seq > this.last) {
      this.wanted = Math.max(this.wanted, seq);
      this.catchUp();
    }
  }

  /** The server acknowledged something under this number: its event is to come. @param {number} seq */
  expect(seq) {
    this.wanted = Math.max(this.wanted, seq);
    if (this.last < this.wanted) this.scheduleCatchUp(LATE_MS);
  }

  /** True for an event of the shown medium that was sent as one of another: the server did not know of the change of medium yet. @param {ProjectEvent} event */
  lacksContent(event) {
    return event.media === this.media && EXACT.has(event.kind) && event.after === undefined && event.before === undefined;
  }

  drain() {
    for (let event = this.waiting.get(this.last + 1); event; event = this.waiting.get(this.last + 1)) {
      this.waiting.delete(event.seq);
      this.accept(event);
    }
    for (const seq of this.waiting.keys()) if (seq <= this.last) this.waiting.delete(seq);
  }

  /** @param {ProjectEvent} event */
  accept(event) {
    this.last = event.seq;
    this.apply(event);
  }

  /** Fetches missing events. Returns when they are applied, or when the server cannot answer. */
  async catchUp() {
    if (this.isAsking || this.last < 0 || this.isClosed) return;
    this.isAsking = true;
    try {
      while (await this.askOnce());
    } finally {
      this.isAsking = false;
    }
    if (this.last < this.wanted) this.scheduleCatchUp(RETRY_MS);
  }

  /** @returns {Promise<boolean>} true when there is more to ask for now */
  async askOnce() {
    const { generation, last } = this;
    const answer = await this.ask(last, this.media);
    if (this.isClosed) return false;
    if (generation !== this.generation) return true;
    if (answer.status !== 200 || !answer.body) {
      this.failed(answer);
      return false;
    }
    this.reached();
    const { events = [], more = false, resync = false } = answer.body;
    if (resync) return this.startOver();
    for (const event of events) {
      if (event.seq <= this.last) continue;
      if (event.seq !== this.last + 1) return this.startOver(); // the server no longer has the events between
      this.accept(event);
      if (generation !== this.generation) return true;
    }
    this.drain();
    return more || (this.last > last && this.last < this.wanted);
  }

  /** Too far behind: everything is fetched again. @returns {Promise<false>} */
  async startOver() {
    const { generation } = this;
    const seq = await this.resync();
    if (seq !== null && generation === this.generation) {
      this.last = seq;
      this.wanted = seq;
      this.drain();
    }
    return false;
  }

  /** @param {number} ms */
  scheduleCatchUp(ms) {
    if (this.timer !== null || this.isClosed) return;
    this.timer = this.clock.setTimeout(() => {
      this.timer = null;
      if (this.last < this.wanted) this.catchUp();
    }, ms);
  }

  close() {
    this.isClosed = true;
    if (this.timer !== null) this.clock.clearTimeout(this.timer);
  }
}
