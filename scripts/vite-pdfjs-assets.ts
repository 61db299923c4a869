/**
 * Vite plugin: pdf.js's character maps, standard fonts, colour profiles and image decoders, as files under `/pdfjs/`.
 * They are asked for by name at run time, so no bundler sees them; nothing is fetched from elsewhere.
 */
import { createReadStream, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const folders = ['cmaps', 'standard_fonts', 'iccs', 'wasm'];
/** quickjs runs scripts of PDFs, which Quire never does; the fallbacks are for browsers without WebAssembly. */
const unused = /quickjs|nowasm_fallback/i;

export function pdfjsAssets(): Plugin {
  const packageFolder = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(packageFolder, folder))
      .filter((name) => !unused.test(name))
      .map((name) => `${folder}/${name}`),
  );
  return {
    name: 'quire:pdfjs-assets',
    applyToEnvironment: (environment) => environment.name === 'client',
    generateBundle() {
      for (const file of files) {
        this.emitFile({
          type: 'asset',
          fileName: `pdfjs/${file}`,
          source: readFileSync(path.join(packageFolder, file)),
        });
      }
    },
    configureServer(server) {
      server.middlewares.use('/pdfjs', (request, response, next) => {
        const file = (request.url ?? '').slice(1).split('?')[0] ?? '';
        if (!files.includes(file)) {
          next();
          return;
        }
        if (file.endsWith('.wasm')) response.setHeader('content-type', 'application/wasm');
        createReadStream(path.join(packageFolder, file)).pipe(response);
      });
    },
  };
}
