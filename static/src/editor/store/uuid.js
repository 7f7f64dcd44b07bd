/** Makes UUIDs of version 7 that sort in the order of making within one tab; nothing else. */

let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7: 48 bits of milliseconds, a 26-bit counter that restarts at random each millisecond, 48 random bits.
 * `crypto.randomUUID` is not used: it is missing on plain http.
 * @returns {string}
 */
export function uuid7() {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = ((random[0] << 16) | (random[1] << 8) | random[2]) & 0x1ffffff;
  } else {
    counter += 1;
    if (counter > 0x3ffffff) {
      lastMs += 1;
      counter = 0;
    }
  }
  const bytes = new Uint8Array(16);
  const high = Math.floor(lastMs / 0x10000);
  bytes[0] = high >>> 24;
  bytes[1] = high >>> 16;
  bytes[2] = high >>> 8;
  bytes[3] = high;
  bytes[4] = lastMs >>> 8;
  bytes[5] = lastMs;
  bytes[6] = 0x70 | (counter >>> 22);
  bytes[7] = counter >>> 14;
  bytes[8] = 0x80 | ((counter >>> 8) & 0x3f);
  bytes[9] = counter;
  bytes.set(random.subarray(4), 10);
  let text = '';
  for (let i = 0; i < 16; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += bytes[i].toString(16).padStart(2, '0');
  }
  return text;
}
