/** Datasets: renaming in place and order. */
import { postJson } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { startPage, errorMessage } from './_page.js';
import { wireRename } from './_rename.js';
import { sortable } from './_sort.js';

startPage();
wireRename(() => ({}));

const root = document.getElementById('datasets');
for (const list of document.querySelectorAll('[data-sortable]')) {
  if (!(list instanceof HTMLElement)) continue;
  sortable(list, async (row) => {
    const before = row.nextElementSibling instanceof HTMLElement ? row.nextElementSibling.dataset.id : '';
    try {
      await postJson(root?.dataset.orderUrl ?? '', { id: row.dataset.id, before });
    } catch (error) {
      toast(errorMessage(error), { bad: true });
    }
  });
}
