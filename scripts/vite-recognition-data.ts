/** Vite plugin: the built-in language data of recognition, as files beside the host that reads them by name. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const folder = path.join(import.meta.dirname, '..', 'electron', 'recognition-data');

export function recognitionData(): Plugin {
  return {
    name: 'quire:recognition-data',
    applyToEnvironment: (environment) => environment.name === 'electron',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        const source = readFileSync(path.join(folder, name));
        this.emitFile({ type: 'asset', fileName: `recognition-data/${name}`, source });
      }
    },
  };
}
