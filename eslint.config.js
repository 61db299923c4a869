/** Lint rules; the second half is the design's "who may import whom". */
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Forbids imports by pattern in a part of the tree, with the reason. */
const forbid = (files, patterns, allow = []) => ({
  files,
  ignores: allow,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map(([group, message]) => ({ group: [group].flat(), message })) },
    ],
  },
});

const features = ['library', 'chat', 'viewer', 'settings', 'search', 'written', 'usage', 'accounts'];

const electronOnly = [['electron', 'electron/*'], 'electron is imported in app/, ipc/, preload.ts and main.ts alone.'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', 'release/', 'test/output/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { files: ['renderer/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['electron/**/*.ts'],
    ignores: ['electron/stoppable-fetch.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'fetch', message: 'stoppableFetch: an abort is not lost with it.' }],
      'no-restricted-properties': [
        'error',
        { object: 'AbortSignal', property: 'timeout', message: 'time-limit.ts: a limit is not lost with it.' },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'Buffer',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'performance',
          'fetch',
          'AbortController',
          'AbortSignal',
          'TextDecoder',
          'TextEncoder',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    // Electron's smallest app, without a build.
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  forbid(
    ['shared/**'],
    [
      [
        ['node:*', '**/electron/**', '**/renderer/**', 'react', 'electron'],
        'shared/ imports zod only: no DOM, no Node.',
      ],
    ],
  ),
  forbid(
    ['renderer/**'],
    [[['**/electron/**', 'electron', 'node:*'], 'The renderer imports shared/ and knows nothing of main.']],
  ),
  ...features.map((feature) =>
    forbid(
      [`renderer/features/${feature}/**`],
      [
        [['**/electron/**', 'electron', 'node:*'], 'The renderer imports shared/ and knows nothing of main.'],
        [
          features
            .filter((other) => other !== feature)
            .flatMap((other) => [`**/features/${other}/**`, `../${other}/**`]),
          'Features never import each other; the shell composes them.',
        ],
      ],
    ),
  ),
  forbid(
    ['electron/pipeline/**'],
    [
      electronOnly,
      [
        ['**/adapters/**', '**/ipc/**', '**/app/**', '**/renderer/**'],
        'The pipeline declares ports; adapters implement them; main.ts and cli.ts wire them.',
      ],
    ],
  ),
  forbid(
    ['electron/sync/**'],
    [
      electronOnly,
      [
        ['**/adapters/**', '**/ipc/**', '**/app/**', '**/renderer/**', '**/workers/**', '**/core/**'],
        'Sync declares ports; adapters implement them; workers/sync-worker.ts wires them.',
      ],
    ],
  ),
  forbid(
    [
      'electron/accounts/**',
      'electron/adapters/**',
      'electron/backup/**',
      'electron/db/**',
      'electron/logging/**',
      'electron/workers/**',
      'electron/cli.ts',
      'electron/cli/**',
      'electron/core/**',
    ],
    [electronOnly, [['**/renderer/**', '**/ipc/**', '**/app/**'], 'This also runs without a window.']],
  ),
  forbid(
    ['electron/ipc/**'],
    [[['**/adapters/**', '**/renderer/**', '**/db/queries/**'], 'Handlers are thin: pipeline and db/client.']],
  ),
);
