/** The menu of the list that next and previous go through: the filtered images, all of them, or the media page. */
import { t } from '../../../i18n.js';
import { html } from '../live.js';
import { backTo } from '../filmstrip/navigate.js';
import { icon } from '../templates.js';

/** @import {App} from '../app' */

/** Whether a filter holds; an order alone leaves nothing out. @param {string} query */
export const isFiltered = (query) => [...new URLSearchParams(query).keys()].some((name) => name !== 'sort');

/** The address of the image in the list of all images, in the same order. @param {App['boot']} boot @param {string} id */
export function addressAmongAll(boot, id) {
  const sort = new URLSearchParams(boot.filter).get('sort');
  return boot.urls.label_page.replace('{id}', id) + (sort ? `?${new URLSearchParams({ sort })}` : '');
}

/** @param {App} app */
export function listMenu({ boot, film }) {
  const isPart = isFiltered(boot.filter);
  const selected = (/** @type {string} */ name) => html`
    <button class="item" type="button" role="menuitemradio" aria-checked="true">${name}<span class="end tick">${icon('check', 's')}</span></button>`;
  return html`
    <button class="btn quiet" type="button" popovertarget="list-menu" aria-haspopup="menu">${icon('filter')}${isPart ? t('Filtered') : t('All images')}${icon('chevron-down', 's faint')}</button>
    <div class="menu" id="list-menu" popover role="menu" aria-label=${t('Images to go through')}>
      ${isPart ? html`${selected(t('Filtered images'))}
        <a class="item" role="menuitemradio" aria-checked="false" href=${addressAmongAll(boot, film.current.value ?? boot.media)}>${t('All images')}</a>` : selected(t('All images'))}
      <hr><a class="item" role="menuitem" href=${backTo(boot)}>${icon('arrow-left')}${t('Show in media list')}</a>
    </div>`;
}
