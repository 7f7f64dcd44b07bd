/** Checks of the browser code: who may import whom, and mistakes that the type checker does not see. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const EDITOR = 'static/src/editor';
/** What sync, commands and everything above them may import. */
const I18N = 'static/src/i18n.js';
const EVENT_KINDS = 'static/src/event-kinds.js';

/**
 * What a folder may import besides itself; packages are listed by name. The first entry that fits a file counts.
 * geom < store (with sync, commands, keymap, command-list) < view, tools, panels < main; the workers see geom only.
 */
const LAYERS = [
  { from: `${EDITOR}/geom/`, may: [], packages: ['clipper2-ts'] },
  { from: `${EDITOR}/store/`, may: [`${EDITOR}/geom/`], packages: ['@preact/signals-core'] },
  {
    from: `${EDITOR}/sync/`,
    may: [`${EDITOR}/geom/`, `${EDITOR}/store/`, `${EDITOR}/commands.js`, I18N, EVENT_KINDS],
    packages: ['@preact/signals-core'],
  },
  {
    from: [`${EDITOR}/commands.js`, `${EDITOR}/keymap.js`, `${EDITOR}/command-list.js`],
    may: [`${EDITOR}/geom/`, `${EDITOR}/store/`, `${EDITOR}/keymap.js`, I18N],
    packages: ['@preact/signals-core'],
  },
  { from: `${EDITOR}/shape-operations.js`, may: [`${EDITOR}/geom/`, `${EDITOR}/store/`, `${EDITOR}/commands.js`], packages: [] },
  { from: `${EDITOR}/view/`, not: [`${EDITOR}/tools/`, `${EDITOR}/panels/`, `${EDITOR}/main.js`, 'static/src/pages/'] },
  { from: `${EDITOR}/tools/`, not: [`${EDITOR}/view/`, `${EDITOR}/panels/`, `${EDITOR}/main.js`, 'static/src/pages/'] },
  { from: `${EDITOR}/panels/`, not: [`${EDITOR}/view/`, `${EDITOR}/tools/`, `${EDITOR}/main.js`, 'static/src/pages/'] },
  { from: 'static/src/workers/', may: [`${EDITOR}/geom/`], packages: ['flatbush'] },
  { from: 'static/src/pages/', not: [`${EDITOR}/view/`, `${EDITOR}/tools/`, `${EDITOR}/panels/`, `${EDITOR}/sync/`, `${EDITOR}/main.js`] },
];

const starts = (file, prefixes) => [prefixes].flat().find((prefix) => file.startsWith(prefix));

/** Why `file` may not import `source`, or null. */
export function forbidden(file, source) {
  const layer = LAYERS.find(({ from }) => starts(file, from));
  if (!layer) return null;
  const home = starts(file, layer.from);
  if (!source.startsWith('.')) {
    if (!layer.packages) return null;
    return layer.packages.some((name) => source === name || source.startsWith(`${name}/`)) ? null : `the package ${source}`;
  }
  const target = path.posix.join(path.posix.dirname(file), source);
  if (starts(target, home)) return null;
  if (layer.may && !starts(target, layer.may)) return target;
  if (layer.not && starts(target, layer.not)) return target;
  return null;
}

const restrictedPath = {
  create(context) {
    const file = path.relative(ROOT, context.filename).split(path.sep).join('/');
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const target = forbidden(file, node.source.value);
      if (target) context.report({ node, message: `${file} may not import ${target}: layers point downwards only.` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

const rules = {
  'layers/restricted-path': 'error',
  'array-callback-return': 'error',
  'consistent-return': 'off',
  'constructor-super': 'error',
  'eqeqeq': ['error', 'always'],
  'for-direction': 'error',
  'getter-return': 'error',
  'max-lines': ['error', { max: 400 }],
  'no-cond-assign': ['error', 'except-parens'],
  'no-const-assign': 'error',
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-debugger': 'error',
  'no-dupe-args': 'error',
  'no-dupe-else-if': 'error',
  'no-dupe-keys': 'error',
  'no-duplicate-case': 'error',
  'no-duplicate-imports': ['error', { includeExports: false }],
  'no-empty': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-implied-eval': 'error',
  'no-loss-of-precision': 'error',
  'no-new-func': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-sparse-arrays': 'error',
  'no-this-before-super': 'error',
  'no-unreachable': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
  'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
  'no-var': 'error',
  'prefer-const': 'error',
  'require-yield': 'error',
  'use-isnan': 'error',
  'valid-typeof': 'error',
};

export default [
  {
    files: ['static/src/**/*.js', 'tests/js/**/*.js', '*.mjs'],
    plugins: { layers: { rules: { 'restricted-path': restrictedPath } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules,
  },
  { files: ['tests/js/**/*.js'], rules: { 'max-lines': ['error', { max: 600 }] } },
];
