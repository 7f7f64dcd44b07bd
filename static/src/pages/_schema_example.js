/** The image under the canvas of a keypoint schema: one of the project, a file that stays in this browser, or none. */
import { showDialog } from '../ui/dialog.js';
import { h } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { t } from '../i18n.js';
import { errorMessage, getJson } from './_page.js';

export class Example {
  /** @param {HTMLImageElement} image @param {string} url @param {string} key what this browser remembers the choice under */
  constructor(image, url, key) {
    this.image = image;
    this.url = url;
    this.key = `annotator.example.${key}`;
    /** @type {string} */
    this.file = '';
    image.addEventListener('error', () => this.#show(''));
  }

  /** Shows the image that was chosen last, if it is still there. */
  async restore() {
    const id = localStorage.getItem(this.key);
    if (!id) return;
    const { items } = await getJson(`${this.url}?id=${id}`).catch(() => ({ items: [] }));
    if (items[0]?.image) this.#show(items[0].image);
    else localStorage.removeItem(this.key);
  }

  /** @param {string} source */
  #show(source) {
    if (this.file) URL.revokeObjectURL(this.file);
    this.file = source.startsWith('blob:') ? source : '';
    this.image.hidden = !source;
    if (source) this.image.src = source;
    else this.image.removeAttribute('src');
  }

  clear() {
    localStorage.removeItem(this.key);
    this.#show('');
  }

  /** @param {File} file */
  takeFile(file) {
    localStorage.removeItem(this.key);
    this.#show(URL.createObjectURL(file));
  }

  /** Lets the person choose an image of the project by its name. */
  choose() {
    const find = h('input', { class: 'input', type: 'search', placeholder: t('Search by name'), 'aria-label': t('Search by name') });
    const list = h('div', { class: 'examples' });
    const dialog = showDialog({ title: t('Example image'), wide: true, body: h('div', { class: 'stack' }, find, list) });
    const fill = async () => {
      const typed = find.value;
      try {
        const { items } = await getJson(`${this.url}?name=${encodeURIComponent(typed)}`);
        if (find.value === typed) list.replaceChildren(...this.#tiles(items, dialog));
      } catch (error) {
        toast(errorMessage(error), { bad: true });
      }
    };
    find.addEventListener('input', fill);
    fill();
    find.focus();
  }

  /** @param {{id: string, name: string, thumbnail: string | null, image: string | null}[]} items @param {HTMLDialogElement} dialog */
  #tiles(items, dialog) {
    const shown = items.filter((one) => one.image);
    if (!shown.length) return [h('p', { class: 'faint', text: t('No results') })];
    return shown.map((one) => h('button', { class: 'example', type: 'button', title: one.name, on: { click: () => {
      localStorage.setItem(this.key, one.id);
      this.#show(one.image ?? '');
      dialog.close();
    } } }, h('img', { src: one.thumbnail, alt: '', loading: 'lazy' }), h('span', { class: 'clip small', text: one.name })));
  }
}
