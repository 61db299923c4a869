/**
 * Set-up: brings everything that running, testing or measuring Quire needs, and nothing twice.
 *
 *   node scripts/setup.mjs [--need run|start|test|bench]     (npm run setup)
 *
 * - run:   packages, Node 24, the embedding model, recognition's data: the command line
 * - start: also Electron, its SQLite binding and the system's libraries: the window (the default)
 * - test:  also a display and a keyring of its own (xvfb, dbus, gnome-keyring) on Linux
 * - bench: also poppler-utils, to compare with
 *
 * Environment: QUIRE_CACHE_DIR (else `.cache/`), ELECTRON_OVERRIDE_DIST_PATH, QUIRE_RETRY_ELECTRON=1.
 * Runs on Node 20 without any package installed. A second run compares one hash and takes a fraction of a second.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSystem, ensureSystemPackages } from './setup/debian.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { describeElectron, ensureElectron } from './setup/electron.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { reportFailure, say, SetupError } from './setup/log.mjs';
import { ensureModel } from './setup/model.mjs';
import { cacheDirectory, nodeExecutable, packageDirectory, repositoryRoot } from './setup/paths.mjs';
import { ensureRecognitionData } from './setup/recognition.mjs';
import { ensureSqliteBinding } from './setup/sqlite.mjs';

/** Each need includes those before it. */
const needs = ['run', 'start', 'test', 'bench'];

/** What the last set-up found: for this script to be quick, and for others to read where things lie. */
const stampFile = join(cacheDirectory, 'setup.json');

/**
 * Makes sure that everything for this need is there.
 *
 * @param {{ need?: 'run' | 'start' | 'test' | 'bench' }} [options]
 * @returns {Promise<Readiness>}
 *
 * @typedef {object} Readiness
 * @property {string} node Node 22.18 or newer, which runs the TypeScript source
 * @property {string} modelDirectory folder of the embedding model
 * @property {string} recognitionDirectory folder of the built-in language of recognition
 * @property {{ executable: string, version: string, kind: 'override' | 'official' | 'fallback' } | null} electron null for `run`
 * @property {string | null} sqliteBinding better-sqlite3's native part for this Electron; null when the prebuilt one will do
 */
export async function setup({ need = 'start' } = {}) {
  const ready = readStamp(need);
  if (ready) return ready;
  return withSetupLock(async () => readStamp(need) ?? writeStamp(need, await bring(need)));
}

/** What Quire's processes are told through the environment. */
export function appEnvironment({ modelDirectory, recognitionDirectory, electron, sqliteBinding }) {
  return {
    QUIRE_MODEL_DIR: modelDirectory,
    QUIRE_RECOGNITION_DIR: recognitionDirectory,
    ...(electron ? { QUIRE_ELECTRON_PATH: electron.executable } : {}),
    ...(sqliteBinding ? { QUIRE_SQLITE_BINDING: sqliteBinding } : {}),
  };
}

async function bring(need) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new SetupError(`Quire needs Node 20 or newer, and this is ${process.version}.`);
  const window = need !== 'run';
  if (window) await ensureSystemPackages(need);
  await ensureDependencies();
  const folders = { modelDirectory: await ensureModel(), recognitionDirectory: await ensureRecognitionData() };
  if (!window) return { node: nodeExecutable(), ...folders, electron: null, sqliteBinding: null };
  const electron = await ensureElectron();
  await checkSystem(need, electron.executable);
  const sqliteBinding = (await ensureSqliteBinding(electron)) ?? null;
  return { node: nodeExecutable(), ...folders, electron, sqliteBinding };
}

/** Undefined when the stamp is of another state of things, or of a smaller need, or something it names has gone. */
function readStamp(need) {
  if (process.env.QUIRE_RETRY_ELECTRON === '1' || !existsSync(stampFile)) return undefined;
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (stamp.key !== stateKey() || needs.indexOf(stamp.need) < needs.indexOf(need)) return undefined;
  const { node, modelDirectory, recognitionDirectory, electron, sqliteBinding } = stamp;
  const files = [
    node,
    join(modelDirectory, 'model.onnx'),
    join(recognitionDirectory, 'eng.traineddata.gz'),
    electron?.executable,
    sqliteBinding,
    packageDirectory('vite'),
  ];
  if (!files.every((file) => !file || existsSync(file))) return undefined;
  return { node, modelDirectory, recognitionDirectory, electron, sqliteBinding };
}

function writeStamp(need, ready) {
  mkdirSync(cacheDirectory, { recursive: true });
  const part = `${stampFile}.part`;
  writeFileSync(part, `${JSON.stringify({ key: stateKey(), need, ...ready }, null, 2)}\n`);
  renameSync(part, stampFile);
  return ready;
}

/** Hash of all that decides what set-up would do. */
function stateKey() {
  const hash = createHash('sha256');
  const scripts = fileURLToPath(new URL('./setup/', import.meta.url));
  const installed = join(repositoryRoot, 'node_modules', '.package-lock.json');
  const files = [
    fileURLToPath(import.meta.url),
    join(repositoryRoot, 'package-lock.json'),
    ...(existsSync(installed) ? [installed] : []),
    ...readdirSync(scripts)
      .sort()
      .map((name) => join(scripts, name)),
  ];
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  const { ELECTRON_OVERRIDE_DIST_PATH = '' } = process.env;
  return hash
    .update(JSON.stringify([repositoryRoot, process.platform, process.arch, ELECTRON_OVERRIDE_DIST_PATH]))
    .digest('hex');
}

if (process.argv[1] && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  try {
    const { values } = parseArgs({ options: { need: { type: 'string', default: 'start' } } });
    if (!needs.includes(values.need))
      throw new SetupError(`--need is one of ${needs.join(', ')}, not “${values.need}”.`);
    const { electron } = await setup({ need: values.need });
    say(`Quire is set up.${electron ? ` ${describeElectron(electron)}` : ''}`);
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}
