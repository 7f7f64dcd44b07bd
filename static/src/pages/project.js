/** The overview of a project: fetched again, part by part, when somebody did something. */
import { refreshAges } from '../ui/ages.js';
import { t } from '../i18n.js';
import { Live, seldom, showPeople } from './_live.js';
import { refreshPart, startPage } from './_page.js';

startPage();

const part = document.getElementById('live');
const presence = document.getElementById('presence');
let isLive = false;

/** Says whether the page follows the project at once. */
function showState() {
  const chip = document.getElementById('live-state');
  if (!chip) return;
  chip.dataset.status = isLive ? 'done' : 'new';
  const words = chip.querySelector('span:last-child');
  if (words) words.textContent = isLive ? t('Live') : t('Updates every few seconds');
}

if (part instanceof HTMLElement) {
  const refresh = seldom(async () => {
    await refreshPart(part).catch(() => { /* the next time */ });
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
