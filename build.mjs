/**
 * Bundles the browser code into static/dist with hashed names and a manifest; nothing else belongs here.
 *
 * node build.mjs [--check] [--dev] [--out DIR]
 *   --check  fails when a bundle is above its gzip budget
 *   --dev    no minification, inline source maps
 *   --out    another folder than static/dist (used by checks)
 *
 * manifest.json maps logical names to file names relative to the folder:
 * editor.js, worker.js, pixels.js, adjust.js, pages/<name>.js, app.css, editor.css, icons.svg, logo.svg, fonts/<name>.woff2.
 */
import * as esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const SRC = path.join(ROOT, 'static/src');
/** Bundles that are counted together, and how large they may be. */
const BUDGETS = [
  { bundles: ['editor.js'], kib: 200 },
  { bundles: ['worker.js', 'pixels.js', 'adjust.js'], kib: 25 },
];
const WORKERS = BUDGETS[1].bundles;
/** Files of earlier builds stay this long: a page that is open may still ask for them. */
const KEEP_STALE_MS = 3600 * 1000;

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const isDev = args.includes('--dev');
const OUT = path.resolve(ROOT, args.includes('--out') ? args[args.indexOf('--out') + 1] : 'static/dist');

/** @type {Record<string, string>} */
const manifest = {};
/** @type {Record<string, number>} */
const sizes = {};
const packages = new Set();

/** Writes through a temporary name, so that a reader never sees half a file. */
function write(/** @type {string} */ name, /** @type {Uint8Array | string} */ contents) {
  const file = path.join(OUT, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, contents);
  fs.renameSync(temporary, file);
}

/** Keeps a file under its name in the manifest, with the packed copies that the server sends to browsers that take them. */
function remember(/** @type {string} */ logical, /** @type {string} */ name, /** @type {Uint8Array} */ contents) {
  manifest[logical] = name;
  const packed = gzipSync(contents, { level: 9 });
  write(`${name}.gz`, packed);
  write(`${name}.br`, brotliCompressSync(contents));
  sizes[logical] = packed.length;
}

/**
 * Bundles one entry. Returns the file name relative to OUT.
 * @param {string} logical @param {string} entry @param {Record<string, string>} define
 */
async function bundle(logical, entry, define = {}) {
  const isCss = entry.endsWith('.css');
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { [logical.replace(/\.(js|css)$/, '')]: entry },
    outdir: OUT,
    bundle: true,
    write: false,
    metafile: true,
    format: WORKERS.includes(logical) ? 'iife' : 'esm',
    target: ['es2022', 'chrome115', 'firefox117', 'safari17.2'],
    minify: !isDev,
    sourcemap: isDev ? 'inline' : false,
    legalComments: 'none',
    entryNames: '[dir]/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    define,
    logLevel: 'warning',
  });
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  let main = '';
  for (const output of result.outputFiles) {
    const name = path.relative(OUT, output.path).split(path.sep).join('/');
    write(name, output.contents);
    if (name.endsWith('.woff2')) manifest[logicalFont(name)] = name;
    if (name.endsWith(isCss ? '.css' : '.js')) {
      main = name;
      remember(logical, name, output.contents);
    }
  }
  return main;
}

/** The name of a font without its hash, by which pages preload it: fonts/inter-latin-wght-normal.woff2. */
const logicalFont = (/** @type {string} */ name) => `fonts/${path.basename(name).replace(/-[0-9A-Z]{8}(?=\.woff2$)/, '')}`;

/** Copies a file under a hashed name; a missing one is told, not fatal. */
function copy(/** @type {string} */ logical) {
  const found = ['', 'img', 'css'].map((d) => path.join(SRC, d, logical)).find((f) => fs.existsSync(f));
  if (!found) return console.warn(`build: static/src/${logical} is missing, skipped`);
  const contents = fs.readFileSync(found);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8).toUpperCase();
  const extension = path.extname(logical);
  const name = `${path.basename(logical, extension)}-${hash}${extension}`;
  write(name, contents);
  remember(logical, name, contents);
}

/** The licence texts of every package whose code went into a bundle. */
function writeLicences() {
  const texts = [...packages].sort().map((name) => {
    const folder = path.join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? fs.readFileSync(path.join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  write('licences.txt', texts.join('\n----\n\n'));
}

function removeStale() {
  const current = new Set([...Object.values(manifest), 'manifest.json', 'licences.txt', 'inputs.sha256']);
  const oldest = Date.now() - KEEP_STALE_MS;
  for (const entry of fs.readdirSync(OUT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(OUT, file).split(path.sep).join('/');
    if (current.has(name.replace(/\.(gz|br)$/, '')) || name.startsWith('assets/')) continue;
    try {
      if (fs.statSync(file).mtimeMs < oldest) fs.rmSync(file, { force: true });
    } catch { /* another build removed it first */ }
  }
}

function entriesIn(/** @type {string} */ folder, /** @type {string} */ extension) {
  const at = path.join(SRC, folder);
  if (!fs.existsSync(at)) return [];
  return fs.readdirSync(at).filter((f) => f.endsWith(extension) && !f.startsWith('_')).sort();
}

async function build() {
  const started = Date.now();
  const main = path.join(SRC, 'editor/main.js');
  const shapes = path.join(SRC, 'workers/shapes.js');
  const pixels = path.join(SRC, 'workers/pixels.js');
  const adjust = path.join(SRC, 'workers/adjust.js');
  for (const file of [main, shapes, pixels, adjust]) {
    if (!fs.existsSync(file)) throw new Error(`${path.relative(ROOT, file)} is missing: nothing to build`);
  }
  const shapesName = await bundle('worker.js', shapes);
  const pixelsName = await bundle('pixels.js', pixels);
  const adjustName = await bundle('adjust.js', adjust);
  await bundle('editor.js', main, { __SHAPES_WORKER__: JSON.stringify(`./${shapesName}`), __PIXELS_WORKER__: JSON.stringify(`./${pixelsName}`), __ADJUST_WORKER__: JSON.stringify(`./${adjustName}`) });
  for (const page of entriesIn('pages', '.js')) await bundle(`pages/${page}`, path.join(SRC, 'pages', page));
  for (const sheet of ['app.css', 'editor.css', 'admin.css', 'api_docs.css']) {
    const file = path.join(SRC, 'css', sheet);
    if (fs.existsSync(file)) await bundle(sheet, file);
    else console.warn(`build: static/src/css/${sheet} is missing, skipped`);
  }
  copy('icons.svg');
  copy('logo.svg');
  writeLicences();
  write('manifest.json', JSON.stringify(manifest, null, 2) + '\n');
  removeStale();
  report(Date.now() - started);
}

function report(/** @type {number} */ ms) {
  let isOver = false;
  for (const [logical, bytes] of Object.entries(sizes)) {
    console.log(`${logical.padEnd(24)} ${(bytes / 1024).toFixed(1).padStart(7)} KiB gzip`);
  }
  for (const { bundles, kib: limit } of BUDGETS) {
    const kib = bundles.reduce((sum, name) => sum + (sizes[name] ?? 0), 0) / 1024;
    isOver ||= kib > limit;
    console.log(`${bundles.join(' + ')}: ${kib.toFixed(1)} of ${limit} KiB${kib > limit ? '  ABOVE BUDGET' : ''}`);
  }
  console.log(`built in ${ms} ms into ${path.relative(ROOT, OUT) || '.'}`);
  if (isCheck && isOver) {
    console.error('build: a bundle is above its budget');
    process.exitCode = 1;
  }
}

try {
  await build();
} catch (error) {
  if (!(error instanceof Error && 'errors' in error)) console.error(`build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
