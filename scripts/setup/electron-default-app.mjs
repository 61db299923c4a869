/**
 * Stands in for Electron's default app in the fallback runtime (electron.mjs): starts the app whose folder is the first
 * argument that is no flag, as `electron FOLDER` does. A module, as Electron's own: `ready` waits for what it imports.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  process.stderr.write('Usage: electron FOLDER [ARGUMENTS]\n');
  app.exit(2);
} else {
  const root = resolve(folder);
  const { main, name, productName, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  app.setVersion(version ?? '0.0.0');
  app.setName(productName ?? name);
  app.setAppPath(root);
  try {
    await import(pathToFileURL(join(root, main ?? 'index.js')).href);
  } catch (error) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    app.exit(1);
  }
}
