/**
 * PostgreSQL 15 and pgvector for the tests of conformance: Debian's server, and pgvector from Debian too, as a package
 * where the release has one, else built from its source package (one call of the compiler).
 *
 * Nothing of pgvector is installed into the system: it lies in `.cache`, and the tests' server takes it from there.
 */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './debian.mjs';
import { say, SetupError } from './log.mjs';
import { cacheDirectory } from './paths.mjs';
import { run } from './run.mjs';

/** The oldest that Quire takes, so the one to test with. */
const VERSION = 15;
/** The oldest pgvector that Quire takes. */
const OLDEST_VECTOR = '0.7.0';
/** Where Debian 12's own archive has no pgvector: these have its source, the oldest first. */
const LATER_RELEASES = ['trixie', 'forky', 'sid'];

/** Raised when the way of building changes, so that what lies in `.cache` is not used on. */
const BUILD_REVISION = 1;

/** apt-get waits for mirrors; ten minutes mean that none answers. Milliseconds. */
const APT_TIMEOUT = 10 * 60_000;
/** Half a minute on two slow cores. Milliseconds. */
const BUILD_TIMEOUT = 10 * 60_000;

const programs = `/usr/lib/postgresql/${VERSION}`;
const shared = `/usr/share/postgresql/${VERSION}`;

/**
 * Makes sure that a server with pgvector can be started.
 *
 * @returns {Promise<{ programs: string, shared: string, vector: string }>} folders: the server's programs and libraries,
 *   its data, and pgvector's files (`vector.so`, `vector.control`, `vector--*.sql`)
 */
export async function ensurePostgres() {
  if (process.platform !== 'linux') throw new SetupError('the tests of conformance run on Debian only.');
  await installPackages([[`postgresql-${VERSION}`], ['openssl'], ['gcc'], ['libc6-dev']]);
  if (!existsSync(join(programs, 'bin', 'postgres'))) {
    throw new SetupError(`postgresql-${VERSION} is installed, and ${programs} has no server.`);
  }
  const vector = join(cacheDirectory, `pgvector-pg${VERSION}-r${BUILD_REVISION}`);
  if (!existsSync(vector)) await bringVector(vector);
  return { programs, shared, vector };
}

async function bringVector(target) {
  const folder = await mkdtemp(join(tmpdir(), 'quire-pgvector-'));
  try {
    // Containers come without lists, and what is fetched below is in none that is old.
    if (process.getuid() === 0) await run('apt-get', ['update', '-qq'], { timeout: APT_TIMEOUT });
    const files = join(folder, 'files');
    await mkdir(files);
    const version = (await unpackPackage(folder, files)) ?? (await buildFromSource(folder, files));
    say(`pgvector ${version} is ready.`);
    await mkdir(cacheDirectory, { recursive: true });
    const part = `${target}.part-${process.pid}`;
    await cp(files, part, { recursive: true });
    await rename(part, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Debian's own package for this server, unpacked; undefined where there is none that is new enough. */
async function unpackPackage(folder, files) {
  const name = `postgresql-${VERSION}-pgvector`;
  const version = /Candidate: (\S+)/.exec(await run('apt-cache', ['policy', name]))?.[1];
  if (version === undefined || version === '(none)' || !(await isNewEnough(version))) return undefined;
  const unpacked = await unpack(name, folder);
  await cp(join(unpacked, programs, 'lib', 'vector.so'), join(files, 'vector.so'));
  await copyVectorFiles(join(unpacked, shared, 'extension'), files);
  return version;
}

async function buildFromSource(folder, files) {
  const source = await fetchSource(folder);
  const headers = await unpack(`postgresql-server-dev-${VERSION}`, folder);
  say('Building pgvector …');
  const code = readdirSync(join(source, 'src')).filter((name) => name.endsWith('.c'));
  await run(
    'gcc',
    [
      ...['-O2', '-fPIC', '-shared', '-fwrapv', '-fno-strict-aliasing', '-w'],
      // Those of pgvector's Makefile: loops over vectors use the processor's wide registers.
      ...['-ftree-vectorize', '-fassociative-math', '-fno-signed-zeros', '-fno-trapping-math'],
      ...['-I', join(headers, 'usr', 'include', 'postgresql', String(VERSION), 'server')],
      ...code.map((name) => join(source, 'src', name)),
      ...['-o', join(files, 'vector.so'), '-lm'],
    ],
    { timeout: BUILD_TIMEOUT },
  );
  const control = await readFile(join(source, 'vector.control'), 'utf8');
  const version = /default_version = '([\d.]+)'/.exec(control)?.[1];
  await writeFile(join(files, 'vector.control'), control);
  await cp(join(source, 'sql', 'vector.sql'), join(files, `vector--${version}.sql`));
  return version;
}

/**
 * pgvector's source package of a later Debian, by apt (which checks signature and hashes) with lists of its own: the
 * system's stay as they are.
 */
async function fetchSource(folder) {
  const site = await archive();
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const lists = join(folder, 'lists');
  const list = join(folder, 'debian.sources');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const options = [
    ...['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${join(folder, 'cache')}`],
    ...['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-', '-o', 'APT::Sandbox::User=root'],
  ];
  let failure;
  for (const release of LATER_RELEASES) {
    const signed = existsSync(keyring) ? `Signed-By: ${keyring}\n` : '';
    await writeFile(list, `Types: deb-src\nURIs: ${site}\nSuites: ${release}\nComponents: main\n${signed}`);
    say(`Looking for pgvector's source in Debian ${release} …`);
    try {
      // Else apt is content with lists that it could not fetch.
      const strict = ['-o', 'APT::Update::Error-Mode=any'];
      await run('apt-get', [...options, ...strict, 'update', '-qq'], { timeout: APT_TIMEOUT });
    } catch (error) {
      failure = error;
      continue;
    }
    const known = await run('apt-cache', [...options, 'showsrc', 'pgvector']).catch(() => '');
    const version = /^Version: (\S+)$/m.exec(known)?.[1];
    if (version === undefined || !(await isNewEnough(version))) continue;
    await run('apt-get', [...options, 'source', '-qq', '--download-only', 'pgvector'], {
      cwd: folder,
      timeout: APT_TIMEOUT,
    });
    const archiveFile = (await readdir(folder)).find((name) => /^pgvector_.*\.orig\.tar\./.test(name));
    await run('tar', ['-xf', archiveFile], { cwd: folder });
    return join(
      folder,
      (await readdir(folder)).find((name) => /^pgvector-[\d.]+$/.test(name)),
    );
  }
  if (failure) throw new SetupError(`pgvector's source could not be fetched. ${failure.message}`, { cause: failure });
  throw new SetupError(`no Debian release that was tried has pgvector ${OLDEST_VECTOR} or newer.`, {
    hint: `Tried were ${LATER_RELEASES.join(', ')}.`,
  });
}

/** The mirror of Debian that this system uses. */
async function archive() {
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN)|$(CODENAME)|$(SITE)',
    'Created-By: Packages',
  ]);
  const site = /^Debian\|[a-z]+\|(\S+)$/m.exec(targets)?.[1];
  if (site) return site;
  throw new SetupError('apt knows no archive of Debian to take pgvector from.', {
    hint: 'Run apt-get update, and look into /etc/apt/sources.list.d.',
  });
}

/** Fetches a binary package and unpacks it without installing. */
async function unpack(name, folder) {
  const target = join(folder, name);
  await mkdir(target);
  await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '-qq', name], {
    cwd: target,
    timeout: APT_TIMEOUT,
  });
  const file = (await readdir(target)).find((found) => found.endsWith('.deb'));
  await run('dpkg-deb', ['-x', file, '.'], { cwd: target });
  return target;
}

async function copyVectorFiles(from, to) {
  for (const name of await readdir(from)) {
    if (/^vector(\.control|--[\d.]+\.sql)$/.test(name)) await cp(join(from, name), join(to, name));
  }
}

function isNewEnough(version) {
  return run('dpkg', ['--compare-versions', version, 'ge', OLDEST_VECTOR]).then(
    () => true,
    () => false,
  );
}
