/** Holds tags and status of one medium: the server's, and this person's unacknowledged changes on top. */

/** @import {StatusDelta, TagDelta} from '../types/changes' */

/** Tags and status; `tags` and `status` are what is shown. */
export class TagsAndStatus {
  constructor() {
    /** @type {Set<string>} */
    this.serverTags = new Set();
    this.serverStatus = '';
    this.seq = 0;
    /** @type {(TagDelta | StatusDelta)[]} */
    this.pending = [];
  }

  /** @param {readonly string[]} tags @param {string} status name @param {number} seq */
  reset(tags, status, seq) {
    this.serverTags = new Set(tags);
    this.serverStatus = status;
    this.seq = seq;
    this.pending = [];
  }

  get tags() {
    const tags = new Set(this.serverTags);
    for (const delta of this.pending) {
      if (delta.kind !== 'tag') continue;
      if (delta.after) tags.add(delta.tag);
      else tags.delete(delta.tag);
    }
    return tags;
  }

  get status() {
    return this.pending.findLast((delta) => delta.kind === 'status')?.after ?? this.serverStatus;
  }

  /** A newer state of the server. @param {readonly string[]} tags @param {string} status @param {number} seq */
  refresh(tags, status, seq) {
    if (seq < this.seq) return;
    this.serverTags = new Set(tags);
    this.serverStatus = status;
    this.seq = seq;
  }

  /** @param {TagDelta | StatusDelta} delta */
  local(delta) {
    this.pending.push(delta);
  }

  /** The server took the change. @param {TagDelta | StatusDelta} delta @param {number} seq 0 when unknown */
  acknowledged(delta, seq) {
    this.drop([delta.op_id]);
    if (seq && seq <= this.seq) return;
    if (delta.kind === 'status') this.serverStatus = String(delta.after);
    else if (delta.after) this.serverTags.add(delta.tag);
    else this.serverTags.delete(delta.tag);
  }

  /** @param {readonly string[]} opIds */
  drop(opIds) {
    this.pending = this.pending.filter((delta) => !opIds.includes(delta.op_id));
  }
}
