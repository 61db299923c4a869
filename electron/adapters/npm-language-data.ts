/**
 * Language data for Tesseract, from the packages `@tesseract.js-data/<code>` of the npm registry that this computer uses
 * (its .npmrc, else npm's own default). Fetched when the person asks for a language, checked, and kept in the data folder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Parser } from 'tar';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { BUILT_IN_LANGUAGE, languageName, recognitionLanguages } from '../../shared/recognition-languages.ts';
import type { LanguageData } from '../pipeline/ports/language-data.ts';

const scope = '@tesseract.js-data';
const ending = '.traineddata.gz';
/** In each package; the integer weights, as those of English that the app brings along. */
const weights = '4.0.0_best_int';
/** Bytes; the largest package is about 30 MB. */
const largestPackage = 100_000_000;
/** Milliseconds without an answer, and for the whole package. */
const answerLimit = 20_000;
const downloadLimit = 600_000;

const manifestSchema = z.object({
  'dist-tags': z.object({ latest: z.string() }),
  versions: z.record(
    z.string(),
    z.object({ dist: z.object({ tarball: z.url({ protocol: /^https?$/ }), integrity: z.string() }) }),
  ),
});

/** @param registry Where packages are asked for; null for the one that npm on this computer would ask. */
export function createNpmLanguageData(folder: string, registry: string | null = null): LanguageData {
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
        const base = registry ?? (await defaultRegistry());
        const { tarball, integrity } = await findPackage(base, code, signal);
        const data = await dataOf(code, checked(await download(tarball, signal), integrity));
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

async function defaultRegistry(): Promise<string> {
  const { default: registryUrl } = await import('registry-url');
  return registryUrl(scope);
}

async function findPackage(
  registry: string,
  code: string,
  signal: AbortSignal,
): Promise<{ readonly tarball: string; readonly integrity: string }> {
  const url = new URL(`${scope}%2f${code}`, registry.endsWith('/') ? registry : `${registry}/`);
  const answer = await fetch(url, {
    headers: { accept: 'application/vnd.npm.install-v1+json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimit)]),
  });
  if (!answer.ok) throw new Error(`The registry answered ${answer.status}.`);
  const manifest = manifestSchema.parse(await answer.json());
  const version = manifest.versions[manifest['dist-tags'].latest];
  if (!version) throw new Error('The registry lists no version.');
  return version.dist;
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(downloadLimit)]) });
  if (!answer.ok || !answer.body) throw new Error(`The registry answered ${answer.status}.`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body) {
    length += part.length;
    if (length > largestPackage) throw new Error('The package is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

// SECURITY: what a mirror or a proxy changed on the way never reaches the engine.
function checked(bytes: Uint8Array, integrity: string): Uint8Array {
  const expected = /(?:^|\s)sha512-([A-Za-z0-9+/]+={0,2})/.exec(integrity)?.[1];
  if (expected === undefined || createHash('sha512').update(bytes).digest('base64') !== expected) {
    throw new Error('What came is not what the registry announced.');
  }
  return bytes;
}

/** The one file of the package that is wanted; nothing is unpacked to the disk. */
async function dataOf(code: string, tarball: Uint8Array): Promise<Uint8Array> {
  const wanted = `package/${weights}/${code}${ending}`;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
  let found: Uint8Array | null = null;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.path !== wanted) return void entry.resume();
      entry.concat().then((data) => (found = data), reject);
    },
  });
  parser.on('error', reject);
  parser.on('end', () => setImmediate(() => resolve(found)));
  parser.end(Buffer.from(tarball));
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
