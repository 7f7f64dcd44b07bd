/** Next and previous image: a step waits until the filmstrip knows the neighbors, and is done once. */
import { effect, signal, untracked } from '@preact/signals-core';
import { t } from '../../../i18n.js';

/** @import {Film} from './film-model.js' */

/** A step that waits longer than this shows the loading banner. */
const SLOW_MS = 300;
/** A step that waits longer than this is given up with a message: nobody expects it any more. */
const PATIENCE_MS = 10_000;

/**
 * @param {{film: Film, open: (id: string) => unknown, announce: (text: string) => void, notify: (text: string) => void}} options
 *   `announce` reaches people who do not see the page, `notify` everybody
 */
export function createStepper({ film, open, announce, notify }) {
  /** Requested steps that are not done, below 0 backwards. */
  let pendingSteps = 0;
  /** The image that they start from: with another one on the stage they mean nothing. @type {string | null} */
  let from = null;
  let atEnd = announceEnd;
  let isStepping = false;
  /** @type {ReturnType<typeof setTimeout>[]} */
  let timers = [];
  /** True while a step waits noticeably long. */
  const isWaiting = signal(false);

  /** @param {1 | -1} way */
  function announceEnd(way) {
    announce(way > 0 ? t('This is the last image') : t('This is the first image'));
  }

  function rest() {
    pendingSteps = 0;
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    isWaiting.value = false;
  }

  function wait() {
    if (timers.length) return;
    const giveUp = () => {
      rest();
      notify(t('The image list could not be loaded. You are still on this image.'));
    };
    timers = [setTimeout(() => { isWaiting.value = true; }, SLOW_MS), setTimeout(giveUp, PATIENCE_MS)];
  }

  /** Does the steps as far as the filmstrip knows the neighbors. */
  function proceed() {
    if (isStepping) return;
    isStepping = true;
    while (pendingSteps) {
      const way = pendingSteps > 0 ? 1 : -1;
      const frame = film[way > 0 ? 'next' : 'previous'].peek();
      if (frame === undefined) break;
      if (frame === null) {
        rest();
        atEnd(way);
      } else {
        pendingSteps -= way;
        from = frame.id;
        open(frame.id);
      }
    }
    isStepping = false;
    if (pendingSteps) wait();
    else rest();
  }

  effect(() => {
    const current = film.current.value;
    void film.next.value;
    void film.previous.value;
    untracked(() => {
      if (isStepping || !pendingSteps) return;
      if (current === from) proceed();
      else rest();
    });
  });

  return {
    isWaiting,
    /** True while a requested step is not done: the image that is shown is on its way out. */
    get isPending() {
      return pendingSteps !== 0;
    },
    /**
     * One image on or back.
     * @param {1 | -1} way
     * @param {{isRepeat?: boolean, atEnd?: (way: 1 | -1) => void}} [how] `isRepeat`: of a held key, these do not add up
     *   while they wait; `atEnd`: instead of the announcement that there is no further image
     */
    go(way, how = {}) {
      if (how.isRepeat && pendingSteps) return;
      from = film.current.peek();
      pendingSteps += way;
      atEnd = how.atEnd ?? announceEnd;
      proceed();
      if (pendingSteps) film.find();
    },
  };
}
