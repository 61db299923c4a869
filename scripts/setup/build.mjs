/**
 * The built app in dist/: made when a source is newer than the last build.
 */
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './hand-over.mjs';
import { say, SetupError } from './log.mjs';
import { packageDirectory, repositoryRoot } from './paths.mjs';
import { environmentWithLocalTools } from './run.mjs';

/** All that the build reads; package-lock.json stands for the packages that are bundled. */
const sources = [
  'electron',
  'renderer',
  'shared',
  'vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/** Its time is when the last build that succeeded began. */
const stampFile = join(repositoryRoot, 'dist', '.built');

/**
 * Builds the window, the main process and the preload script when they are out of date.
 *
 * @param {{ node: string, force?: boolean }} options
 */
export async function ensureBuilt({ node, force = false }) {
  if (!force && existsSync(stampFile) && newest(sources) <= statSync(stampFile).mtimeMs) return;
  say('Building the app …');
  const began = new Date();
  const vite = join(packageDirectory('vite'), 'bin', 'vite.js');
  const code = await handOver(node, [vite, 'build', '--app', '--logLevel', 'warn'], {
    cwd: repositoryRoot,
    env: environmentWithLocalTools(),
  });
  if (code !== 0) throw new SetupError('the app could not be built; why is said above.');
  mkdirSync(join(repositoryRoot, 'dist'), { recursive: true });
  writeFileSync(stampFile, '');
  utimesSync(stampFile, began, began);
}

/** Newest modification under these paths, in milliseconds; folders count, so that a deleted file is noticed. */
function newest(paths, root = repositoryRoot) {
  let latest = 0;
  for (const path of paths.map((name) => join(root, name))) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    latest = Math.max(latest, found.mtimeMs);
    if (found.isDirectory()) latest = Math.max(latest, newest(readdirSync(path), path));
  }
  return latest;
}
