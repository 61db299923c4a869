/**
 * One build for the three kinds of code: the window (client), everything with Node (electron) and the preload,
 * which a sandboxed renderer needs as one CommonJS file. `vite build --app` builds all three.
 */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pdfjsAssets } from './scripts/vite-pdfjs-assets.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Native code, WebAssembly with files beside it, and what loads its own workers stay in node_modules. */
const external = [
  'electron',
  'better-sqlite3',
  'sqlite-vec',
  'onnxruntime-node',
  '@napi-rs/canvas',
  'keytar',
  '@node-rs/argon2',
  '@embedpdf/pdfium',
  'tesseract.js',
  /^pdfjs-dist/,
];

export default defineConfig({
  root: `${root}renderer`,
  base: './',
  plugins: [react(), tailwindcss(), pdfjsAssets()],
  build: { emptyOutDir: true },
  environments: {
    client: {
      build: {
        outDir: `${root}dist/renderer`,
        target: 'chrome130',
        modulePreload: { polyfill: false },
        // What the window begins with is one file: at the start each costs main, which serves it, some milliseconds.
        rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } } },
      },
    },
    electron: {
      consumer: 'server',
      resolve: {
        noExternal: true,
        external: external.filter((name) => typeof name === 'string'),
        conditions: ['node'],
      },
      build: {
        outDir: `${root}dist/electron`,
        target: 'node20',
        ssr: true,
        minify: false,
        sourcemap: true,
        copyPublicDir: false,
        rolldownOptions: {
          input: {
            main: `${root}electron/main.ts`,
            'db-worker': `${root}electron/workers/db-worker.ts`,
            'accounts-worker': `${root}electron/workers/accounts-worker.ts`,
            'pipeline-host': `${root}electron/workers/pipeline-host.ts`,
            'backup-worker': `${root}electron/workers/backup-worker.ts`,
            'export-worker': `${root}electron/workers/export-worker.ts`,
            'turn-worker': `${root}electron/workers/turn-worker.ts`,
            'sync-worker': `${root}electron/workers/sync-worker.ts`,
            'errand-worker': `${root}electron/workers/errand-worker.ts`,
          },
          external,
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['electron'] },
      build: {
        outDir: `${root}dist/preload`,
        target: 'node20',
        ssr: true,
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: { preload: `${root}electron/preload.ts` },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: 'preload.cjs' },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'electron', 'preload']) {
        const environment = builder.environments[name];
        if (!environment) throw new Error(`vite.config.ts has no environment ${name}`);
        await builder.build(environment);
      }
    },
  },
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          maxWorkers: 3,
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          // Beside two others, and on a machine that is busy, what takes fifteen seconds alone can take a minute.
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        root,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 20_000 } },
          globalSetup: ['test/conformance/setup.ts'],
          // They change settings of one server.
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // A loaded machine takes its time; what never comes is as wrong after twenty seconds as after one.
          expect: { poll: { timeout: 20_000 } },
          // One Electron at a time: the machine has two cores and the windows measure time.
          fileParallelism: false,
        },
      },
    ],
  },
});
