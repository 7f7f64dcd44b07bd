/** Reads PNG files of 16 bits a channel: browsers cut them to the upper 8. Gray or RGB, not interlaced: what our server writes. */

const SIGNATURE = 8;

/** @param {Blob} blob @returns {Promise<{width: number, height: number, bands: number, data: Uint16Array}>} */
export async function readPng(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const bands = { 0: 1, 2: 3 }[bytes[25]];
  if (bytes[24] !== 16 || !bands || bytes[28]) throw new Error('Not a PNG of 16 bits.');
  const packed = [];
  for (let at = SIGNATURE; at + 8 <= bytes.length;) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) packed.push(bytes.subarray(at + 8, at + 8 + size)); // IDAT
    at += size + 12;
  }
  const stream = new Blob(packed).stream().pipeThrough(new DecompressionStream('deflate'));
  const rows = new Uint8Array(await new Response(stream).arrayBuffer());
  return { width, height, bands, data: unfiltered(rows, width, height, bands) };
}

/** Undoes the filter of each row. @param {Uint8Array} rows @param {number} width @param {number} height @param {number} bands */
function unfiltered(rows, width, height, bands) {
  const step = bands * 2;
  const length = width * step;
  const data = new Uint16Array(width * height * bands);
  /** @type {Uint8Array} */
  let above = new Uint8Array(length);
  for (let y = 0, at = 0, to = 0; y < height; y++, at += length) {
    const filter = rows[at++];
    const row = rows.subarray(at, at + length);
    for (let x = 0; filter && x < length; x++) {
      const left = x < step ? 0 : row[x - step];
      const up = above[x];
      if (filter === 1) row[x] += left;
      else if (filter === 2) row[x] += up;
      else if (filter === 3) row[x] += (left + up) >> 1;
      else row[x] += paeth(left, up, x < step ? 0 : above[x - step]);
    }
    for (let x = 0; x < length; x += 2) data[to++] = (row[x] << 8) | row[x + 1];
    above = row;
  }
  return data;
}

/** @param {number} left @param {number} up @param {number} corner */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
