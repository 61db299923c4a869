/**
 * Language data for Tesseract, from the packages `@tesseract.js-data/<code>` of the npm registry that this person uses
 * (the .npmrc of the home folder, else npm's own default). Fetched when the person asks for a language, checked, and kept
 * in the data folder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Parser } from 'tar';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { BUILT_IN_LANGUAGE, languageName, recognitionLanguages } from '../../shared/recognition-languages.ts';
import type { LanguageData } from '../pipeline/ports/language-data.ts';
import { stoppableFetch } from '../stoppable-fetch.ts';
import { withinTime } from '../time-limit.ts';

const scope = '@tesseract.js-data';
const publicRegistry = 'https://registry.npmjs.org/';
const ending = '.traineddata.gz';
/** In each package; the integer weights: a third of the size and twice as fast as the floats that they were made from. */
const weights = '4.0.0_best_int';
/** Bytes; the largest package is about 30 MB. */
const largestPackage = 100_000_000;
/** Bytes of what the registry tells of a package, and of one language's data. */
const largestManifest = 2_000_000;
const largestData = 50_000_000;
/** Milliseconds without an answer, and for the whole package. */
const answerLimit = 20_000;
const downloadLimit = 600_000;
/** Bytes that are hashed or unpacked at once: the window is answered in between. */
const piece = 65_536;

/** SHA-512 of the packages that were looked at, as npm writes them; these come as they were then, or not at all. */
const pinnedPackages: Readonly<Record<string, Pinned>> = {
  deu: {
    version: '1.0.0',
    integrity: 'sha512-3ter1p2gFAiCd5CMC+PodZ9YY2UDomkKj+ytlKeeZqOUmhLx1SDnYPf5zog0g5MBbxYveW+8omI3PUflqHfZ4Q==',
  },
  fra: {
    version: '1.0.0',
    integrity: 'sha512-pp58gMaoyidoBBLd5y5rnf0WW0Y1994QrGqZrYatITqIU/AReUJMykD+YY3JDgvnmgz7uAx1UmhjjuyEmV8JEA==',
  },
};

interface Pinned {
  readonly version: string;
  readonly integrity: string;
}

const manifestSchema = z.object({
  'dist-tags': z.object({ latest: z.string() }),
  versions: z.record(z.string(), z.object({ dist: z.object({ tarball: z.url(), integrity: z.string() }) })),
});

/**
 * @param registry Where packages are asked for; null for the one that this person's npm would ask.
 * @param pinned Packages whose hash is known beforehand. One on loopback, for tests, serves its own.
 */
export function createNpmLanguageData(
  folder: string,
  registry: string | null = null,
  pinned: Readonly<Record<string, Pinned>> | null = null,
): LanguageData {
  return {
    folder,
    async installed() {
      const known = new Set(recognitionLanguages.map(({ code }) => code));
      const codes = (await filesOf(folder))
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length));
      return [BUILT_IN_LANGUAGE, ...codes.filter((code) => code !== BUILT_IN_LANGUAGE && known.has(code))];
    },
    async install(code, signal) {
      if ((await this.installed()).includes(code)) return;
      try {
        const base = secure(registry ?? (await registryOf(homedir())));
        const pins = pinned ?? (isLoopback(base) ? {} : pinnedPackages);
        const { tarball, integrity } = await findPackage(base, code, pins[code] ?? null, signal);
        const pieces = await withinTime(downloadLimit, signal, (limited) => download(tarball, largestPackage, limited));
        await check(pieces, integrity, signal);
        const data = await dataOf(code, pieces, signal);
        await mkdir(folder, { recursive: true });
        const file = join(folder, `${code}${ending}`);
        // Nobody ever sees half a file under its name.
        await writeFile(`${file}.part`, data);
        await rename(`${file}.part`, file);
      } catch (thrown) {
        await rm(join(folder, `${code}${ending}.part`), { force: true });
        throw signal.aborted ? new AppError('cancelled', 'The download was stopped.') : failed(code, thrown);
      }
    },
    async remove(code) {
      await rm(join(folder, `${code}${ending}`), { force: true });
      // With the last one goes the copy of English that stood beside them for the engine.
      const left = await this.installed();
      if (left.length === 1) await rm(join(folder, `${BUILT_IN_LANGUAGE}${ending}`), { force: true });
    },
  };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    // Made with the first download.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

/**
 * The registry that the .npmrc of a folder names, else npm's default.
 *
 * SECURITY: asked of the home folder alone. The one of the current folder may have come with an unpacked archive.
 */
export async function registryOf(home: string): Promise<string> {
  let settings = '';
  try {
    settings = await readFile(join(home, '.npmrc'), 'utf8');
  } catch (thrown) {
    // Most people have none.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
  const named = new Map(
    [...settings.matchAll(/^[ \t]*((?:@[\w.-]+:)?registry)[ \t]*=[ \t]*["']?([^\s"']+)/gm)].map(([, key, value]) => [
      key,
      value,
    ]),
  );
  return named.get(`${scope}:registry`) ?? named.get('registry') ?? publicRegistry;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** With a slash at its end. Throws when what it sends could be changed on the way. */
function secure(registry: string): URL {
  const url = new URL(registry.endsWith('/') ? registry : `${registry}/`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new Error('The registry of packages that is set up for npm does not use https.');
  }
  return url;
}

async function findPackage(
  registry: URL,
  code: string,
  pinned: Pinned | null,
  signal: AbortSignal,
): Promise<{ readonly tarball: URL; readonly integrity: string }> {
  const url = new URL(`${scope}%2f${code}`, registry);
  const pieces = await withinTime(answerLimit, signal, (limited) => download(url, largestManifest, limited));
  const bytes = Buffer.concat(pieces);
  const manifest = manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  const dist = manifest.versions[pinned?.version ?? manifest['dist-tags'].latest]?.dist;
  if (!dist) throw new Error('The registry does not list the version.');
  return { tarball: tarballUrl(dist.tarball, registry), integrity: pinned?.integrity ?? dist.integrity };
}

/** A mirror may pass on the public registry's address: npm asks the mirror then, and so do we. */
function tarballUrl(named: string, registry: URL): URL {
  const url = new URL(named);
  if (url.origin === registry.origin) return url;
  if (url.origin === new URL(publicRegistry).origin) return new URL(url.pathname.slice(1), registry);
  throw new Error('The registry names another place for the package.');
}

async function download(url: URL, limit: number, signal: AbortSignal): Promise<Uint8Array[]> {
  // SECURITY: a redirect could leave the registry, or https.
  const answer = await stoppableFetch(url, {
    headers: { accept: 'application/vnd.npm.install-v1+json, application/octet-stream' },
    redirect: 'error',
    signal,
  });
  if (!answer.ok || !answer.body) throw new Error(`The registry answered ${answer.status}.`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body) {
    length += part.length;
    if (length > limit) throw new Error('What the registry sends is too large.');
    for (let from = 0; from < part.length; from += piece) pieces.push(part.subarray(from, from + piece));
  }
  return pieces;
}

// SECURITY: what was changed on the way never reaches the engine.
async function check(pieces: readonly Uint8Array[], integrity: string, signal: AbortSignal): Promise<void> {
  const expected = /(?:^|\s)sha512-([A-Za-z0-9+/]+={0,2})/.exec(integrity)?.[1];
  const hash = createHash('sha512');
  for (const bytes of pieces) {
    hash.update(bytes);
    await setImmediate();
    signal.throwIfAborted();
  }
  if (expected === undefined || hash.digest('base64') !== expected) {
    throw new Error('What came is not what the registry announced.');
  }
}

/** The one file of the package that is wanted; nothing is unpacked to the disk. */
async function dataOf(code: string, pieces: readonly Uint8Array[], signal: AbortSignal): Promise<Uint8Array> {
  const wanted = `package/${weights}/${code}${ending}`;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
  // What fails while pieces are still written is told at the end.
  promise.catch(() => undefined);
  let found: Uint8Array | null = null;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.path !== wanted) return void entry.resume();
      if (entry.size > largestData) return void parser.abort(new Error('The data is too large.'));
      entry.concat().then((data) => (found = data), reject);
    },
  });
  parser.on('error', reject);
  parser.on('end', () => setImmediate().then(() => resolve(found), reject));
  for (const bytes of pieces) {
    parser.write(Buffer.from(bytes));
    await setImmediate();
    signal.throwIfAborted();
  }
  parser.end();
  const data = await promise;
  if (!data || data.length === 0) throw new Error('The package has no data for this engine.');
  return data;
}

function failed(code: string, thrown: unknown): AppError {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const offline = cause.cause instanceof Error || cause.name === 'TimeoutError';
  return new AppError('language-download-failed', `${languageName(code)} could not be downloaded.`, {
    hint: offline
      ? 'The registry of language data could not be reached. Check the network connection and try again; what is here works without one.'
      : `${cause.message} Try again later.`,
    retryable: true,
    cause,
  });
}
