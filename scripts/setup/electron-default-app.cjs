/**
 * Stands in for Electron's default app in the fallback runtime (electron.mjs): starts the app whose folder is the first
 * argument that is no flag, as `electron FOLDER` does.
 */
'use strict';
const { app, dialog } = require('electron');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  process.stderr.write('Usage: electron FOLDER [ARGUMENTS]\n');
  app.exit(2);
} else {
  start(resolve(folder)).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    if (process.stderr.isTTY === undefined && app.isReady()) dialog.showErrorBox('Quire could not start', String(error));
    app.exit(1);
  });
}

async function start(root) {
  const { main, name, productName, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  app.setVersion(version ?? '0.0.0');
  app.setName(productName ?? name);
  app.setAppPath(root);
  await import(pathToFileURL(join(root, main ?? 'index.js')).href);
}
