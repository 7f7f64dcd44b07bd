/** Who was on the image first: it informs, and keeps nobody from working there. */

/** @import {Presence} from '../../types/people' */

/**
 * The colleague who came to the image before this person and may label; null when nobody did.
 * @param {readonly Presence[]} people @param {string} self id of the user @param {string} media
 * @returns {Presence | null}
 */
export function holderOf(people, self, media) {
  const here = people.filter((one) => one.media === media && one.since);
  const [first] = here.sort((a, b) => (String(a.since) < String(b.since) ? -1 : String(a.since) > String(b.since) ? 1 : a.client < b.client ? -1 : 1));
  return first && first.user !== self ? first : null;
}
