/** Where things lie: the data folder, the bundled entries, the built-in models. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

/** `QUIRE_DATA_DIR` is for tests and for those who keep their data elsewhere. */
export function dataFolder(): string {
  return process.env['QUIRE_DATA_DIR'] ?? join(app.getPath('userData'), 'data');
}

/** Where pipeline hosts find what is built in: the embedding model, and English for recognition. */
export function modelEnvironment(): Readonly<Record<string, string>> {
  return {
    QUIRE_MODEL_DIR: process.env['QUIRE_MODEL_DIR'] ?? builtIn('all-MiniLM-L6-v2-int8'),
    QUIRE_RECOGNITION_DIR: process.env['QUIRE_RECOGNITION_DIR'] ?? builtIn('tessdata-fast-eng'),
  };
}

/** An extra resource of an installed app, else in the set-up's cache folder. */
function builtIn(name: string): string {
  const packaged = join(process.resourcesPath, 'models', name);
  return existsSync(packaged) ? packaged : join(app.getAppPath(), '.cache', 'models', name);
}

/** A file of the build: `dist/<parts>` beside the main module's own folder. */
export function bundled(...parts: readonly string[]): string {
  return join(app.getAppPath(), 'dist', ...parts);
}
