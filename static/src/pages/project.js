/** The project overview: fetched again and patched when something changed. */
import { refreshAges } from '../ui/ages.js';
import { t } from '../i18n.js';
import { Live, throttle, showPeople } from './_live.js';
import { refreshPart, startPage } from './_page.js';

startPage();

const part = document.getElementById('live');
const presence = document.getElementById('presence');
let isLive = false;

/** Shows whether the page receives live updates. */
function showState() {
  const chip = document.getElementById('live-state');
  if (!chip) return;
  chip.dataset.status = isLive ? 'done' : 'new';
  const text = chip.querySelector('span:last-child');
  if (text) text.textContent = isLive ? t('Live') : t('Updates every few seconds');
}

if (part instanceof HTMLElement) {
  const refresh = throttle(async () => {
    await refreshPart(part).catch(() => { /* retried with the next event */ });
    refreshAges(part);
    showState();
  }, 1500);
  new Live(part.dataset.project ?? '', Number(part.dataset.head), {
    onEvents: refresh,
    onResync: refresh,
    onPeople: (people) => { if (presence) showPeople(presence, people); },
    onState: (state) => {
      isLive = state;
      showState();
    },
  });
}
