/** Presents parked changes to the person: conflicts to decide, rejected changes in the tray. */

import { t } from '../../../i18n.js';

/**
 * @import {OutboxOp} from '../../types/outbox'
 * @import {Conflict, Rejected} from '../../types/saving'
 * @import {Answers} from './answers.js'
 */

/** @param {readonly OutboxOp[]} parked @param {Answers} answers @returns {Conflict[]} */
export function conflictsOf(parked, answers) {
  return parked.flatMap((op) => {
    if (op.parked?.why !== 'conflict' || op.delta.kind !== 'label') return [];
    const { theirs, fields } = op.parked;
    const label_id = op.delta.label_id;
    const chain = answers.outbox.queue(op.media).filter((o) => o.delta.kind === 'label' && o.delta.label_id === label_id);
    const mine = chain[chain.length - 1]?.whole ?? null;
    const resolve = (/** @type {'mine' | 'theirs'} */ choice) => answers.resolve(op, choice);
    const by = (theirs ? theirs.updated_by : answers.outbox.core.deletedBy.get(label_id)) ?? null;
    return [{ id: op.op_id, media: op.media, label_id, during: 'save', mine, theirs, fields, by, resolve }];
  });
}

/** @param {OutboxOp} op */
function whatOf({ delta }) {
  if (delta.kind === 'tag') return t('Tag');
  if (delta.kind === 'value') return t('Attribute');
  if (delta.kind === 'status') return t('Status');
  if (delta.kind === 'suggestion') return t('Suggestion');
  if (delta.kind === 'issue') return t('Issue');
  if (delta.before === null) return t('New label');
  return delta.after === null ? t('Deletion') : t('Change of a label');
}

/** @param {readonly OutboxOp[]} parked @param {Answers} answers @returns {Rejected[]} */
export function rejectedOf(parked, answers) {
  return parked.flatMap((op) => {
    if (op.parked?.why !== 'rejected') return [];
    const { code, field, message } = op.parked;
    return [{
      id: op.op_id,
      media: op.media,
      label_id: op.delta.kind === 'label' ? op.delta.label_id : null,
      code,
      field,
      message: message || t('The server could not save this.'),
      what: whatOf(op),
      at: op.at,
      retry: () => answers.retry(op),
      discard: () => answers.discard(op),
    }];
  });
}
