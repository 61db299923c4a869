/**
 * SQLite's native part for an Electron that is older than the package's prebuilt binaries.
 *
 * What is installed as better-sqlite3 is better-sqlite3-multiple-ciphers, with its API and with encryption. Its binaries
 * are made for Node-API 10 (Node 22, Electron 35). For an older Electron it is built once from the package's own source,
 * and handed over through QUIRE_SQLITE_BINDING, which the app gives to it as `nativeBinding`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { say, SetupError } from './log.mjs';
import { hashFile } from './packages.mjs';
import { cacheDirectory, nodeExecutable, packageDirectory, userCacheDirectory } from './paths.mjs';
import { environmentWithLocalTools, npm, onPath, run } from './run.mjs';

/** The first Electron with Node-API 10 (its Node is 22.14). */
const FIRST_ELECTRON_WITH_NODE_API_10 = 35;

/** Two minutes on two slow cores. Milliseconds. */
const BUILD_TIMEOUT = 30 * 60_000;

/** Raised when the way of building changes, so that cached builds are not used on. */
const BUILD_REVISION = 1;

/**
 * Builds the binding when this Electron needs one.
 *
 * @param {{ version: string }} electron
 * @returns {Promise<string | undefined>} its path; undefined when the prebuilt one will do
 */
export async function ensureSqliteBinding(electron) {
  const path = sqliteBindingPath(electron);
  if (path === undefined || existsSync(path)) return path;
  const shared = join(
    userCacheDirectory,
    'better-sqlite3',
    `${basename(dirname(path))}-r${BUILD_REVISION}`,
    basename(path),
  );
  if (!(await matchesItsHash(shared))) await build(shared);
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part-${process.pid}`;
  await copyFile(shared, part);
  await rename(part, path);
  return path;
}

/**
 * Where the binding for this Electron lies (whether or not it was built yet).
 *
 * @param {{ version: string }} electron
 * @returns {string | undefined} undefined when the prebuilt one will do
 */
export function sqliteBindingPath(electron) {
  const major = Number.parseInt(electron.version, 10);
  if (!(major < FIRST_ELECTRON_WITH_NODE_API_10)) return undefined;
  // Its own name too: versions of the two packages overlap.
  const { name, version } = JSON.parse(readFileSync(join(packageDirectory('better-sqlite3'), 'package.json'), 'utf8'));
  const folder = `${name}-${version}-napi9-${process.platform}-${process.arch}`;
  return join(cacheDirectory, 'better-sqlite3', folder, 'better_sqlite3.node');
}

async function matchesItsHash(path) {
  const found = await hashFile(path, 'sha256', 'hex');
  return found !== undefined && existsSync(`${path}.sha256`) && (await readFile(`${path}.sha256`, 'utf8')) === found;
}

async function build(target) {
  if (!(await onPath('g++')) || !(await onPath('make'))) {
    throw new SetupError('a C++ compiler and make are needed to build SQLite for this Electron.', {
      hint: 'Install them, for instance: sudo apt-get install g++ make python3',
    });
  }
  say('Building better-sqlite3 for this Electron, once (about two minutes) …');
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const part = await mkdtemp(join(parent, '.part-'));
  try {
    const source = join(part, 'better-sqlite3');
    await cp(packageDirectory('better-sqlite3'), source, {
      recursive: true,
      filter: (path) => basename(path) !== 'prebuilds',
    });
    await mkdir(join(part, 'node_modules'));
    await symlink(packageDirectory('node-addon-api'), join(part, 'node_modules', 'node-addon-api'), 'junction');
    await lowerNodeApi(join(source, 'binding.gyp'));
    const gyp = join(packageDirectory('node-gyp'), 'bin', 'node-gyp.js');
    const args = [gyp, 'rebuild', '--release', '--force_build=1', '-j', 'max', ...(await headerArguments())];
    await run(nodeExecutable(), args, { cwd: source, env: environmentWithLocalTools(), timeout: BUILD_TIMEOUT });
    const built = join(source, 'build', 'Release', 'better_sqlite3.node');
    await writeFile(`${target}.sha256`, await hashFile(built, 'sha256', 'hex'));
    await rename(built, target);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Asks for what the source needs of Node-API without naming version 10; -flto makes the build slow and is left out. */
async function lowerNodeApi(path) {
  const before = await readFile(path, 'utf8');
  const after = before
    .replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'")
    .replaceAll(/, '-flto'|'-flto', |'-flto'/g, '');
  if (after === before || after.includes('NAPI_VERSION=10')) {
    throw new SetupError('better-sqlite3’s binding.gyp is not as expected, so it cannot be built for this Electron.', {
      hint: 'better-sqlite3 was probably updated: adapt scripts/setup/sqlite.mjs to its new build file.',
    });
  }
  await writeFile(path, after);
}

/** Node's headers: where npm's own settings or this Node have them on the disk; else node-gyp downloads them. */
async function headerArguments() {
  const configured = (await npm(['config', 'get', 'nodedir'])).trim();
  const candidates = [configured, dirname(dirname(process.execPath))];
  const directory = candidates.find((candidate) => existsSync(join(candidate, 'include', 'node', 'node_api.h')));
  return directory ? [`--nodedir=${directory}`] : [];
}
