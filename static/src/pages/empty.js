/** A project without images: takes uploads, and goes on by itself once there are images, whoever added them. */
import { eventKind } from '../event-kinds.js';
import { Live, showPeople } from './_live.js';
import { startPage } from './_page.js';
import { goOn, isUploading, startUploads } from './_uploads.js';

startPage();

const page = document.getElementById('empty');
const presence = document.getElementById('presence');

startUploads({ dataset: () => '', onEnd: (queue) => { if (queue.outcome.uploaded) goOn(); } });
if (page) {
  new Live(page.dataset.project ?? '', Number(page.dataset.head), {
    // an upload of this page goes on when it has ended
    onEvents: (events) => { if (!isUploading() && events.some((event) => eventKind(event.kind).grid === 'list' || event.kind === 'concepts.changed')) goOn(); },
    onResync: () => { if (!isUploading()) goOn(); },
    onPeople: (people) => { if (presence) showPeople(presence, people); },
  });
}
