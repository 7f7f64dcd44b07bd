/** The page of a video: loads again when its job has got further, unless the video is being watched. */
import { mediaOf } from '../event-kinds.js';
import { Live } from './_live.js';
import { startPage } from './_page.js';

startPage();

const boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}');
const player = document.getElementById('player');
const isWatched = () => player instanceof HTMLVideoElement && (!player.paused || player.currentTime > 0);

if (boot.media) {
  new Live(boot.project, boot.head, {
    onEvents: (events) => {
      const isOurs = events.some((event) => event.kind === 'media.health' && mediaOf(event)?.includes(boot.media));
      if (isOurs && !isWatched()) location.reload();
    },
    onResync: () => { if (!isWatched()) location.reload(); },
  });
}
