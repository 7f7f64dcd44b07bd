/** Issues as they will be once everything written here has arrived; pure. */

/** @import {IssueDelta} from '../../types/changes' */
/** @import {Issue} from './issues-model.js' */

/**
 * The fetched issues with what this person wrote on top; what the list has already is not there twice.
 * @param {readonly Issue[]} fetched @param {readonly IssueDelta[]} pending @param {{id: string, name: string}} user
 * @returns {readonly Issue[]}
 */
export function withPending(fetched, pending, user) {
  return pending.reduce((items, delta) => applied(items, delta, { id: user.id, name: user.name }), fetched);
}

/** @param {readonly Issue[]} items @param {IssueDelta} delta @param {{id: string, name: string}} by @returns {readonly Issue[]} */
function applied(items, { op_id, at, after }, by) {
  if (after.what === 'open') {
    const { issue: id, text, x, y, mentions } = after;
    if (items.some((one) => one.id === id)) return items;
    return [...items, { id, x, y, is_resolved: false, by, resolved_by: null, at, comments: [{ id: op_id, text, mentions, by, at }] }];
  }
  return items.map((one) => {
    if (one.id !== after.issue) return one;
    if (after.what === 'resolve') return { ...one, is_resolved: after.is_resolved, resolved_by: after.is_resolved ? by : null };
    if (one.comments.some(({ id }) => id === after.comment)) return one;
    return { ...one, comments: [...one.comments, { id: after.comment, text: after.text, mentions: after.mentions, by, at }] };
  });
}
