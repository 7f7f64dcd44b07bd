/** Holds the attribute values of one medium and its labels: the server's, and this person's unacknowledged changes on top. */

/**
 * @import {ValueDelta} from '../types/changes'
 * @import {AttributeValue, ValuesBySubject} from '../types/page'
 * @typedef {Map<string, AttributeValue>} Values by attribute
 */

export class AttributeValues {
  constructor() {
    /** By label or medium. @type {Map<string, Values>} */
    this.server = new Map();
    /** @type {ValueDelta[]} */
    this.pending = [];
    /** The state was true for this event number. */
    this.seq = 0;
    /** Event number that last changed a value, for those that an event or an acknowledgement changed. @type {Map<string, number>} */
    this.touched = new Map();
    /** True when what is shown may have changed since the last look at it. */
    this.isChanged = false;
  }

  /** @param {ValuesBySubject} values @param {number} seq */
  reset(values, seq) {
    this.pending = [];
    this.touched.clear();
    this.seq = 0;
    this.refresh(values, seq);
  }

  /** A newer state of the server. @param {ValuesBySubject} values @param {number} seq */
  refresh(values, seq) {
    if (seq < this.seq) return;
    this.server = new Map(Object.entries(values).map(([subject, held]) => [subject, new Map(Object.entries(held))]));
    this.seq = seq;
    this.isChanged = true;
  }

  /** @param {string} subject @param {string} attribute @returns {AttributeValue | null} */
  of(subject, attribute) {
    const mine = this.pending.findLast((delta) => delta.attribute === attribute && delta.subject === subject);
    return mine ? mine.after : (this.server.get(subject)?.get(attribute) ?? null);
  }

  /** The values of a label or medium, by attribute. @param {string} subject @returns {Record<string, AttributeValue>} */
  all(subject) {
    const values = new Map(this.server.get(subject));
    for (const delta of this.pending) {
      if (delta.subject !== subject) continue;
      if (delta.after === null) values.delete(delta.attribute);
      else values.set(delta.attribute, delta.after);
    }
    return Object.fromEntries(values);
  }

  /** What an event says: values by subject and attribute, null for none; nothing of a label that was deleted. @param {Record<string, Record<string, AttributeValue | null>>} after @param {number} seq */
  remote(after, seq) {
    if (seq <= this.seq) return;
    for (const [subject, changed] of Object.entries(after)) {
      if (!Object.keys(changed).length) for (const attribute of this.server.get(subject)?.keys() ?? []) this.put(subject, attribute, null, seq);
      for (const [attribute, value] of Object.entries(changed)) this.put(subject, attribute, value, seq);
    }
    this.isChanged = true;
  }

  /** @param {string} subject @param {string} attribute @param {AttributeValue | null} value @param {number} seq 0 when unknown */
  put(subject, attribute, value, seq) {
    const key = `${subject}:${attribute}`;
    if (seq && (seq <= this.seq || seq < (this.touched.get(key) ?? 0))) return;
    if (seq) this.touched.set(key, seq);
    const values = this.server.get(subject) ?? new Map();
    if (value === null) values.delete(attribute);
    else values.set(attribute, value);
    this.server.set(subject, values);
  }

  /** @param {ValueDelta} delta */
  local(delta) {
    this.pending.push(delta);
    this.isChanged = true;
  }

  /** The server took the change. @param {ValueDelta} delta @param {number} seq 0 when unknown */
  acknowledged(delta, seq) {
    this.drop([delta.op_id]);
    this.put(delta.subject, delta.attribute, delta.after, seq);
  }

  /** @param {readonly string[]} opIds */
  drop(opIds) {
    this.pending = this.pending.filter((delta) => !opIds.includes(delta.op_id));
    this.isChanged = true;
  }
}
