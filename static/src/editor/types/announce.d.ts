/** The one way to tell a person what happened on the labeling page. See panels/notices/announce.js. */

/** Shows a short sentence over the stage for some seconds and has screen readers speak it. */
export type Announce = (text: string, how?: { spokenOnly?: boolean }) => void;
