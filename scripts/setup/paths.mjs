/**
 * Where things lie: the repository, the two caches, the tools in node_modules.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const repositoryRoot = resolve(fileURLToPath(import.meta.url), '../../..');

/** Built things this clone needs (git-ignored): `.cache/` in the repository, or QUIRE_CACHE_DIR. */
export const cacheDirectory = resolve(process.env.QUIRE_CACHE_DIR || join(repositoryRoot, '.cache'));

/** Downloads and slow builds, shared by every clone of this user, each checked by its hash when it is used again. */
export const userCacheDirectory = join(platformCacheDirectory(), 'quire');

function platformCacheDirectory() {
  if (process.env.XDG_CACHE_HOME) return resolve(process.env.XDG_CACHE_HOME);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}

/** Where Node 24 lies once the `node` package's preinstall step has run. */
export const pinnedNode = join(
  repositoryRoot,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/**
 * The Node that runs the source: 24, from node_modules; the machine's own only when it is new enough itself
 * (type stripping without a flag came with 22.18).
 */
export function nodeExecutable() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (!existsSync(process.execPath)) return undefined;
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined;
}

/** A package's folder in node_modules. */
export function packageDirectory(name) {
  return join(repositoryRoot, 'node_modules', ...name.split('/'));
}
