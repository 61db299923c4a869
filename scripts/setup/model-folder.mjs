/**
 * Folders of data that set-up makes out of packages: made once per user, copied into each clone's cache, and there either
 * whole or not at all.
 */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from './log.mjs';
import { hashFile } from './packages.mjs';
import { cacheDirectory, userCacheDirectory } from './paths.mjs';

/**
 * Makes the folder where it is missing or damaged; from this user's other clones where they have it.
 *
 * @param {object} pin
 * @param {string} pin.name of the folder
 * @param {Record<string, string>} pin.sha256 of each file that decides what comes out; of a .gz, what is packed in it
 * @param {(made: string, source: string) => Promise<void>} pin.make fills `made`; `source` is for what it is made of
 * @returns {Promise<string>} path of the folder in the clone's cache
 */
export async function ensureModelFolder({ name, sha256, make }) {
  const own = join(cacheDirectory, 'models', name);
  if (await isWhole(own, sha256)) return own;
  const shared = join(userCacheDirectory, 'models', name);
  if (!(await isWhole(shared, sha256))) {
    await replaceFolder(shared, async (made, source) => {
      await make(made, source);
      for (const [file, hash] of Object.entries(sha256)) await requireHash(join(made, file), hash);
    });
  }
  if (shared !== own) {
    await replaceFolder(own, async (made) => {
      for (const file of await readdir(shared)) await copyFile(join(shared, file), join(made, file));
    });
  }
  return own;
}

/** Throws when a file is not the one that was pinned. */
export async function requireHash(path, sha256) {
  const found = await hashFile(path, 'sha256', 'hex');
  if (found === sha256) return;
  throw new SetupError(`${path} has sha256 ${found}, expected ${sha256}.`, {
    hint: 'It would not be the data that Quire was measured with, so it was not kept.',
  });
}

async function isWhole(directory, sha256) {
  const checks = Object.entries(sha256).map(
    async ([file, hash]) => (await hashFile(join(directory, file), 'sha256', 'hex')) === hash,
  );
  return (await Promise.all(checks)).every(Boolean);
}

/** What is made elsewhere takes its place at once: nobody sees half of it. */
async function replaceFolder(target, make) {
  const parent = join(target, '..');
  await mkdir(parent, { recursive: true });
  const part = await mkdtemp(join(parent, '.part-'));
  try {
    const [source, made] = [join(part, 'source'), join(part, 'made')];
    await mkdir(source);
    await mkdir(made);
    await make(made, source);
    await rm(target, { recursive: true, force: true });
    await rename(made, target);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
