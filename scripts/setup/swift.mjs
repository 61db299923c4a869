/**
 * OpenStack Swift for the tests of conformance: an S3 service that takes signatures strictly, from Debian's packages.
 *
 * Nothing is installed into the system: the packages that it lacks are unpacked in `.cache`, and Debian's Python takes
 * them from there.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, SetupError } from './log.mjs';
import { cacheDirectory } from './paths.mjs';
import { run } from './run.mjs';

/** Raised when the way of unpacking changes, so that what lies in `.cache` is not used on. */
const REVISION = 1;
/** apt-get waits for mirrors; ten minutes mean that none answers. Milliseconds. */
const APT_TIMEOUT = 10 * 60_000;
/** Not one of a version manager: it would not find Debian's modules. */
const python = '/usr/bin/python3';

/**
 * Makes sure that Swift's servers can be started.
 *
 * @returns {Promise<{ python: string, modules: string, libraries: string }>} the program, and folders for its PYTHONPATH
 *   and LD_LIBRARY_PATH
 */
export async function ensureSwift() {
  if (process.platform !== 'linux' || !existsSync(python)) {
    throw new SetupError('Swift runs on Debian only, with its python3.', { hint: 'apt-get install python3' });
  }
  const target = join(cacheDirectory, `swift-r${REVISION}`);
  if (!existsSync(target)) await unpack(target);
  const architecture = (await run('dpkg-architecture', ['-qDEB_HOST_MULTIARCH']).catch(() => '')).trim();
  return {
    python,
    modules: join(target, 'usr/lib/python3/dist-packages'),
    libraries: join(target, 'usr/lib', architecture || 'x86_64-linux-gnu'),
  };
}

async function unpack(target) {
  const folder = await mkdtemp(join(tmpdir(), 'quire-swift-'));
  try {
    await mkdir(join(folder, 'packages'));
    const missing = ['install', '-s', '--no-install-recommends', 'python3-swift'];
    const names = [...(await run('apt-get', missing)).matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
    say(`Unpacking OpenStack Swift (${names.length} packages) …`);
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '-qq', ...names], {
      cwd: join(folder, 'packages'),
      timeout: APT_TIMEOUT,
    });
    await mkdir(cacheDirectory, { recursive: true });
    const part = `${target}.part-${process.pid}`;
    await mkdir(part, { recursive: true });
    for (const file of await readdir(join(folder, 'packages'))) {
      await run('dpkg-deb', ['-x', join(folder, 'packages', file), part]);
    }
    await rename(part, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
