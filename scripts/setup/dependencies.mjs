/**
 * node_modules as the lockfile has it, and Node 24 in it.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say, SetupError } from './log.mjs';
import { nodeExecutable, packageDirectory, pinnedNode, repositoryRoot } from './paths.mjs';
import { npm, run } from './run.mjs';

/** About 500 packages; milliseconds. */
const INSTALL_TIMEOUT = 30 * 60_000;

/** Installs what is missing or other than package-lock.json says; leaves a node_modules that agrees alone. */
export async function ensureDependencies() {
  if (!(await matchesLockfile())) {
    say('Installing the packages of package-lock.json …');
    // Install scripts fetch from elsewhere (Electron, CUDA libraries): the ones that are needed run below, on their own.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', ELECTRON_SKIP_BINARY_DOWNLOAD: '1' },
      timeout: INSTALL_TIMEOUT,
      hint: 'The packages come from the npm registry; check the connection and “npm config get registry”, and run it again.',
    });
  }
  await ensureNode();
}

/** True when every package that the lockfile wants on this platform is installed in that very version. */
async function matchesLockfile() {
  const wanted = await readJson(join(repositoryRoot, 'package-lock.json'));
  const installed = await readJson(join(repositoryRoot, 'node_modules', '.package-lock.json'));
  if (!installed) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    // An optional package may be absent (another platform's binary), but not present in another version.
    return found ? found.version === version : Boolean(optional || devOptional);
  });
}

/** The `node` package brings Node in its preinstall step, which --ignore-scripts left out. */
async function ensureNode() {
  const { version } = await readJson(join(packageDirectory('node'), 'package.json'));
  if (await runsAs(version)) return;
  say(`Installing Node ${version} into node_modules …`);
  let failure;
  try {
    await npm(['rebuild', 'node', '--foreground-scripts'], { timeout: INSTALL_TIMEOUT });
  } catch (error) {
    failure = error;
  }
  if (await runsAs(version)) return;
  if (nodeExecutable() === process.execPath) {
    say(`Node ${version} could not be installed; this machine's own ${process.version} will do.`);
    return;
  }
  throw new SetupError(`Node ${version} could not be installed into node_modules.\n${failure?.message ?? ''}`, {
    hint: 'Quire’s tools need Node 22.18 or newer. Check the connection to the npm registry, or install Node 24 yourself, and run it again.',
    cause: failure,
  });
}

async function runsAs(version) {
  if (!existsSync(pinnedNode)) return false;
  return run(pinnedNode, ['--version']).then(
    (output) => output.trim() === `v${version}`,
    () => false,
  );
}

async function readJson(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
