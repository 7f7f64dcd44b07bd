/** Dropped or chosen files, with their paths below the dropped folder as names. */

/** @typedef {{file: File, name: string}} Found */

const CLUTTER = /^(\.|thumbs\.db$|desktop\.ini$|__macosx$)/i;

/** @param {any} directory a FileSystemDirectoryEntry @returns {Promise<any[]>} */
async function entriesOf(directory) {
  const reader = directory.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return all;
    all.push(...some);
  }
}

/** @param {any} entry @param {string} folder @returns {AsyncGenerator<Found>} */
async function* walk(entry, folder) {
  if (CLUTTER.test(entry.name)) return;
  if (entry.isDirectory) {
    for (const child of await entriesOf(entry)) yield* walk(child, `${folder}${entry.name}/`);
    return;
  }
  const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
  yield { file, name: folder + entry.name };
}

/** Yields the files of a drop in groups, so that uploading starts before a large folder is read. @param {DataTransfer} transfer @returns {AsyncGenerator<Found[]>} */
export async function* droppedFiles(transfer) {
  // The items are invalid after the first await: get all entries now.
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  let group = [];
  for (const entry of entries) {
    if (!entry) continue;
    if (entry instanceof File) group.push({ file: entry, name: entry.name });
    else {
      // The dropped folder itself is not part of the names.
      const roots = entry.isDirectory ? await entriesOf(entry) : [entry];
      for (const root of roots) {
        for await (const found of walk(root, '')) {
          group.push(found);
          if (group.length >= 200) {
            yield group;
            group = [];
          }
        }
      }
    }
  }
  if (group.length) yield group;
}

/** The files of an <input type=file>, of a folder too. @param {FileList} list @returns {Found[]} */
export function chosenFiles(list) {
  return [...list].filter((file) => !CLUTTER.test(file.name)).map((file) => {
    const path = file.webkitRelativePath;
    return { file, name: path ? path.slice(path.indexOf('/') + 1) : file.name };
  });
}
