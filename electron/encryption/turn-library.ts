/**
 * Turns a library's encryption on or off, or gives it other keys: first its files, then its database, then what else
 * holds its text. A kill at any moment leaves every document in one form or the other; `keys.json` tells that it is not
 * over, and is its caller's.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE } from '../backup/manifest.ts';
import { connect, fromSqliteError } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import { LibraryLock } from '../db/library-lock.ts';
import type { EncryptionProgress } from '../../shared/accounts.ts';
import { AppError } from '../../shared/errors.ts';
import { fileNameOf } from '../../shared/file-name.ts';
import type { LibraryKeys } from './library-keys.ts';
import { findRuns, takeRuns } from './search-for-text.ts';
import { settleDatabase, turnDatabase, type DatabaseStep } from './turn-database.ts';
import { turnFiles, type FileStep, type OwnedFile } from './turn-files.ts';
import { wipeLeftovers } from './turn-leftovers.ts';

export interface TurnJob {
  /** The library's folder. */
  readonly folder: string;
  /** Null: not encrypted. */
  readonly from: LibraryKeys | null;
  readonly to: LibraryKeys | null;
}

export interface TurnOptions {
  readonly onProgress?: (progress: EncryptionProgress) => void;
  /** Told after each step that a kill can't take back, and before the next. */
  readonly onStep?: (step: FileStep | DatabaseStep) => void;
  /** Looked at between steps. */
  readonly signal?: AbortSignal;
}

/** Milliseconds to wait for another connection's lock. */
const PATIENCE = 2_000;

/**
 * Does what is still to do; the library's lock is held meanwhile. Can be called again after it was interrupted anywhere,
 * and the other way round, which takes back what was done.
 * Errors: `library-in-use`, `wrong-key`, `database-damaged`, `file-changed`, `disk-full`, `cancelled`;
 * `encryption-incomplete` when text of the library can still be read somewhere in its folder.
 */
export async function turnLibrary(job: TurnJob, options: TurnOptions = {}): Promise<void> {
  const { folder } = job;
  const { signal } = options;
  const path = join(folder, DATABASE);
  const lock = new LibraryLock({ path });
  lock.acquire();
  try {
    await settleDatabase(path);
    if (existsSync(path)) await turnWhole(path, job, options);
    signal?.throwIfAborted();
    await wipeLeftovers(folder);
    if (job.to && existsSync(path)) await refuseText(path, job.to, folder, options);
  } catch (error) {
    throw fromSqliteError(error, path);
  } finally {
    lock.release();
  }
}

async function turnWhole(path: string, { folder, from, to }: TurnJob, options: TurnOptions): Promise<void> {
  const { onProgress, onStep, signal } = options;
  const told = { ...(onStep ? { onStep } : {}), ...(signal ? { signal } : {}) };
  const isTurned = isUnderKey(path, to?.database ?? null);
  await turnFiles({
    folder,
    owned: readOwned(path, (isTurned ? to : from)?.database ?? null),
    from,
    to,
    onProgress: (done, total) => onProgress?.({ stage: 'files', done, total }),
    ...told,
  });
  signal?.throwIfAborted();
  const { size } = statSync(path);
  onProgress?.({ stage: 'database', done: 0, total: size });
  await turnDatabase({ path, from: from?.database ?? null, to: to?.database ?? null, ...told });
  onProgress?.({ stage: 'database', done: size, total: size });
}

function readOwned(path: string, key: Uint8Array | null): OwnedFile[] {
  const connection = connect({ path, key, timeout: PATIENCE });
  try {
    return connection
      .prepare<[], OwnedFile>('SELECT content_hash AS contentHash, format, path AS name FROM documents ORDER BY key')
      .all()
      .map((document) => ({ ...document, name: fileNameOf(document.name) }));
  } finally {
    connection.close();
  }
}

/** Looks for some of the library's text in every file of its folder. */
async function refuseText(path: string, keys: LibraryKeys, folder: string, options: TurnOptions): Promise<void> {
  const { onProgress, signal } = options;
  const connection = connect({ path, key: keys.database, timeout: PATIENCE });
  let runs: string[];
  try {
    runs = takeRuns(connection);
  } finally {
    connection.close();
  }
  let done = 0;
  const onBytes = (count: number): void => onProgress?.({ stage: 'searching', done: (done += count), total: 0 });
  const found = await findRuns(folder, runs, { onBytes, ...(signal ? { signal } : {}) });
  if (found === null) return;
  throw new AppError('encryption-incomplete', `Text of the library can still be read in ${found}.`, {
    hint: 'Remove this file, or move it elsewhere, then go on.',
  });
}
