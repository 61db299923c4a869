/** The checks: what each looks at, what it finds well or not, and what there is to do. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openHostEmbedder } from '../adapters/host-embedder.ts';
import { hostOf, isLoopback } from '../adapters/openai-client.ts';
import { freeSpace } from '../backup/files.ts';
import { errno } from '../errno.ts';
import type { Database } from '../db/database.ts';
import type { Keychain, KeyPurpose } from '../pipeline/ports/keychain.ts';
import type { LanguageData } from '../pipeline/ports/language-data.ts';
import { toAppError, type AppError, type ErrorCode } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { BUILT_IN_LANGUAGE, languageName } from '../../shared/recognition-languages.ts';
import { settingsSchema, type Settings } from '../../shared/requests/settings.ts';
import { failed, type Finding, type Probe } from './health.ts';
import type { Hosts } from './hosts.ts';
import type { Providers } from './providers.ts';

/** The library that is open, or why none is; null where none was made yet. */
export type CheckedLibrary =
  | { readonly database: Database; readonly settings: () => Settings; readonly providers: Pick<Providers, 'models'> }
  | AppError
  | null;

export interface HealthParts {
  /** The library's folder. */
  readonly folder: string;
  readonly library: CheckedLibrary;
  readonly hosts: Pick<Hosts, 'trying' | 'embedding' | 'failures'>;
  readonly keychain: Keychain;
  readonly languageData: LanguageData;
  /** Bytes; null when the system does not tell. For tests of a full disk. */
  readonly freeSpace?: (folder: string) => Promise<number | null>;
}

/** Bytes: below, the next document may not fit. */
const LITTLE_SPACE = 1_000_000_000;
/** Bytes: below, SQLite and what is copied in can't be written any more. */
const NO_SPACE = 100_000_000;
/** Milliseconds after which a process that ended is no news. */
const RECENT = 3_600_000;
/** Milliseconds for looking through tables; the rest is left for another day. */
const LONGEST_LOOK = 60_000;

/** What was written and is not in the library's file yet. */
const WRITE_AHEAD_LOG = 'library.db-wal';

/** In the order of `healthChecks`. */
export function healthProbes(parts: HealthParts): readonly Probe[] {
  const noLibrary = 'It could not be looked at, because the library can’t be opened.';
  const busy = 'The computer may be busy. Check again when it is not; if it stays so, start Quire anew.';
  return [
    { id: 'database', limit: LONGEST_LOOK + 15_000, lateHint: busy, run: (signal) => checkDatabase(parts, signal) },
    {
      id: 'disk',
      limit: 5_000,
      lateHint: 'A network disk may have lost its connection: look whether its folder opens.',
      run: () => checkDisk(parts),
    },
    { id: 'hosts', limit: 20_000, lateHint: busy, run: (signal) => checkHosts(parts, signal) },
    { id: 'embedder', limit: 30_000, lateHint: busy, run: (signal) => checkEmbedder(parts, signal) },
    {
      id: 'answers',
      limit: 15_000,
      lateHint: 'The server may be busy or not there. Until it answers, answers are quoted from the documents.',
      run: async (signal) =>
        parts.library instanceof Error
          ? { state: 'degraded', message: noLibrary, hint: 'See what is said of the library.' }
          : checkAnswers(parts, signal),
    },
    { id: 'recognition', limit: 20_000, lateHint: busy, run: (signal) => checkRecognition(parts, signal) },
    {
      id: 'keychain',
      limit: 5_000,
      lateHint: 'It may be locked and wait for you: unlock it in the system’s own window, then check again.',
      run: () => checkKeychain(parts.keychain),
    },
  ];
}

function settingsOf({ library }: HealthParts): Settings {
  return library === null || library instanceof Error ? settingsSchema.parse({}) : library.settings();
}

async function checkDatabase({ folder, library }: HealthParts, signal: AbortSignal): Promise<Finding> {
  if (library === null) return { state: 'ok', message: 'There is no library yet; the first document makes one.' };
  if (library instanceof Error) {
    // Whole and in use by another version: nothing is wrong with it.
    return { ...failed(library), ...(library.code === 'library-in-use' ? { state: 'degraded' } : {}) };
  }
  const { figures, tables, quickCheck } = library.database.maintenance;
  const { schemaVersion, pageSize, pages, freePages } = await figures();
  const names = await tables();
  const problems: string[] = [];
  const until = performance.now() + LONGEST_LOOK;
  let looked = 0;
  for (const name of names) {
    if (signal.aborted || performance.now() > until) break;
    problems.push(...(await quickCheck(name)));
    looked += 1;
  }
  // Pages that are still in the log count, too.
  const bytes = pageSize * pages;
  const logBytes = await sizeOf(join(folder, WRITE_AHEAD_LOG));
  const numbers = { bytes, logBytes, schemaVersion, pages, freePages, tables: names.length, problems: problems.length };
  if (problems.length > 0) {
    return {
      state: 'down',
      code: 'database-damaged',
      message: `The library’s file is damaged in ${problems.length === 1 ? 'one place' : `${problems.length} places`}.`,
      hint: 'Restore a backup (Settings, Library). Back up first what can still be read: what is damaged is told there.',
      figures: numbers,
    };
  }
  const whole =
    looked === names.length
      ? 'The library’s file is whole'
      : `${looked} of ${names.length} tables were looked at, and are whole`;
  const free = freePages === 0 ? '' : `, ${formatBytes(freePages * pageSize)} of it free`;
  return { state: 'ok', message: `${whole}: ${formatBytes(bytes)}${free}, format ${schemaVersion}.`, figures: numbers };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errno(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function checkDisk({ folder, freeSpace: measure = freeSpace }: HealthParts): Promise<Finding> {
  const free = await measure(folder);
  if (free === null) return { state: 'ok', message: 'The system does not tell how much room its disk has.' };
  const figures = { freeBytes: free };
  const message = `The disk of the data folder has ${formatBytes(free)} left.`;
  if (free < NO_SPACE) {
    const hint = 'Free some space now: nothing can be added, and answers can’t be kept.';
    return { state: 'down', code: 'disk-full', message, hint, figures };
  }
  if (free < LITTLE_SPACE) {
    return { state: 'degraded', message, hint: 'Free some space before you add more documents.', figures };
  }
  return { state: 'ok', message, figures };
}

async function checkHosts({ hosts }: HealthParts, signal: AbortSignal): Promise<Finding> {
  const bytes = await hosts.trying.run(randomUUID(), (remote) => Promise.resolve(remote.memory()), {}, signal);
  const { failures, lastFailureAt } = hosts.failures;
  const figures = { failures, bytes };
  if (lastFailureAt !== null && Date.now() - lastFailureAt < RECENT) {
    return {
      state: 'degraded',
      message: `They start and answer, but ${failures === 1 ? 'one' : failures} ended unexpectedly since Quire was started.`,
      hint: 'A damaged document may be the cause: those that failed say so in the library, and can be tried again or deleted.',
      figures,
    };
  }
  return { state: 'ok', message: 'They start and answer.', figures };
}

/** Made up, so that nothing of the library is computed with, let alone sent. */
const MADE_UP = 'A ferry leaves the harbour at noon.';

async function checkEmbedder(parts: HealthParts, signal: AbortSignal): Promise<Finding> {
  const { kind, baseUrl, model } = settingsOf(parts).embedder;
  if (kind !== 'built-in') return checkServer(parts, 'embedder', baseUrl, model, signal);
  const embedder = await openHostEmbedder(parts.hosts.embedding);
  const [vector] = await embedder.embed([MADE_UP], { signal, priority: 'interactive' });
  const figures = { dimensions: embedder.dimensions };
  if (vector?.length !== embedder.dimensions || !vector.every(Number.isFinite)) {
    return {
      state: 'down',
      code: 'embedder-unavailable',
      message: 'The built-in model answers with something that is no vector.',
      hint: 'Install Quire again. Until then documents are found by their words alone.',
      figures,
    };
  }
  return { state: 'ok', message: 'The built-in model answers.', figures };
}

async function checkAnswers(parts: HealthParts, signal: AbortSignal): Promise<Finding> {
  const { kind, baseUrl, model } = settingsOf(parts).answers;
  if (kind === 'extractive') {
    return { state: 'ok', message: 'None is set up: answers are quoted from the documents.' };
  }
  return checkServer(parts, 'answers', baseUrl, model, signal);
}

/** What a server does not owe us, or may do better in a moment. */
const passing: ReadonlySet<ErrorCode> = new Set(['provider-rate-limited', 'keychain-unavailable', 'cancelled']);
/** It answered, but keeps no list of models, as some servers do. */
const listless: ReadonlySet<ErrorCode> = new Set(['provider-model-not-found', 'provider-bad-response']);

/** Asks a server for the names of its models: that shows that it is there and takes the key, and sends nothing. */
async function checkServer(
  { library }: HealthParts,
  purpose: KeyPurpose,
  baseUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<Finding> {
  if (library === null || library instanceof Error) return { state: 'ok', message: 'None is set up.' };
  const host = hostOf(baseUrl);
  const figures = { isThisComputer: isLoopback(baseUrl) };
  const tab = purpose === 'answers' ? 'Answers' : 'Search';
  let models: readonly string[];
  try {
    models = await library.providers.models(purpose, signal);
  } catch (thrown) {
    const error = toAppError(thrown);
    const { code } = error;
    if (listless.has(code)) {
      return {
        state: 'degraded',
        code,
        message: `${host} can be reached, but does not tell which models it has.`,
        hint: `Settings, ${tab}, Test asks the model itself.`,
        figures,
      };
    }
    return { ...failed(error), state: passing.has(code) ? 'degraded' : 'down', figures };
  }
  const told = { ...figures, models: models.length };
  if (models.length > 0 && !models.includes(model)) {
    return {
      state: 'degraded',
      code: 'provider-model-not-found',
      message: `${host} can be reached and takes the key, but does not list the model “${model}”.`,
      hint: `Choose one of its ${models.length} models in Settings, ${tab}, or ask it with Test.`,
      figures: told,
    };
  }
  return { state: 'ok', message: `${host} can be reached and has the model “${model}”.`, figures: told };
}

async function checkRecognition(parts: HealthParts, signal: AbortSignal): Promise<Finding> {
  const { hosts, languageData } = parts;
  const installed = await languageData.installed();
  const wanted = settingsOf(parts).recognition.languages;
  const codes = [...new Set([BUILT_IN_LANGUAGE, ...wanted, ...installed])];
  const choice = { codes, folder: languageData.folder };
  const state = await hosts.trying.run(randomUUID(), (remote) => remote.checkRecognitionData(choice), {}, signal);
  const bad = [...state.missing, ...state.damaged];
  const figures = {
    languages: codes.length - bad.length,
    missing: state.missing.length,
    damaged: state.damaged.length,
  };
  if (bad.includes(BUILT_IN_LANGUAGE)) {
    return {
      state: 'down',
      code: 'recognition-failed',
      message: 'The built-in data for English is not there, or damaged.',
      hint: 'Install Quire again (from source: “npm run setup”). Until then scans are not read; all else is.',
      figures,
    };
  }
  if (bad.length > 0) {
    const names = bad.map(languageName).join(', ');
    return {
      state: 'degraded',
      code: 'language-missing',
      message: `Scans can’t be read in ${names}: ${state.damaged.length > 0 ? 'the data is damaged' : 'the data is not here'}.`,
      hint:
        state.damaged.length > 0
          ? 'Remove the language in Settings, Scans, and download it again.'
          : 'Choose it again in Settings, Scans, while there is a network.',
      figures,
    };
  }
  return { state: 'ok', message: `Scans are read in ${codes.map(languageName).join(', ')}.`, figures };
}

/** An entry that no server can have, so that no key is read: https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
export const KEYCHAIN_PROBE = 'answers@health.invalid';

async function checkKeychain(keychain: Keychain): Promise<Finding> {
  try {
    await keychain.get(KEYCHAIN_PROBE);
    return { state: 'ok', message: 'The system’s keychain can be used.' };
  } catch (thrown) {
    // Quire works without; it only can't keep keys.
    return { ...failed(thrown), state: 'degraded' };
  }
}
