/** The project overview: fetched again and patched when something changed. */
import { refreshAges } from '../ui/ages.js';
import { ngettext, num, t } from '../i18n.js';
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

/** Shows how many images wait for review: the button is not in the part that is fetched again. @param {HTMLElement} live */
function showReviews(live) {
  const count = Number(live.querySelector('[data-reviews]')?.getAttribute('data-reviews'));
  const button = document.getElementById('review-next');
  if (!button) return;
  button.hidden = !count;
  const [shown, spoken] = button.querySelectorAll('span');
  shown.textContent = num(count);
  spoken.textContent = 'videos' in live.dataset
    ? ngettext('{n} video to review', '{n} videos to review', count)
    : ngettext('{n} image to review', '{n} images to review', count);
}

if (part instanceof HTMLElement) {
  const refresh = throttle(async () => {
    await refreshPart(part).catch(() => { /* retried with the next event */ });
    refreshAges(part);
    showState();
    showReviews(part);
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
