/**
 * Puts a library's database under a key, under another one, or under none, so that a kill at any moment leaves a whole
 * one: it is copied in one statement, without plain text in between, to `library.db.turning`; the copy is compared with
 * it and takes its place, and what was there before (`library.db.old`) is overwritten.
 *
 * Between the two renames no `library.db` is there: the copy, which was compared by then, takes its place in the next run.
 */
import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { requireSpace, syncToDisk } from '../backup/files.ts';
import { attach, connect, damaged, wrongKey } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { isUnderKey } from '../db/file-header.ts';
import { AppError } from '../../shared/errors.ts';
import { wipe } from './wipe.ts';

export interface DatabaseTurn {
  /** The library file, which nobody may have open. */
  readonly path: string;
  /** 32 bytes each; null: a plain file. */
  readonly from: Uint8Array | null;
  readonly to: Uint8Array | null;
  /** Told after each step that a kill can't take back, and before the next. */
  readonly onStep?: (step: DatabaseStep) => void;
}

export type DatabaseStep = 'folded' | 'copied' | 'aside' | 'in-place' | 'wiped';

/** Milliseconds to wait for another connection's lock. */
const PATIENCE = 2_000;

/**
 * Does what is still to do; nothing when there is no database. Can be called again after it was interrupted anywhere, the
 * other way round, too.
 * Errors: `wrong-key`, `database-damaged`, `disk-full`, `library-in-use`, SQLite's own.
 */
export async function turnDatabase({ path, from, to, onStep }: DatabaseTurn): Promise<void> {
  const old = oldOf(path);
  const copy = copyOf(path);
  await settleDatabase(path);
  if (!existsSync(path)) return;
  if (!isUnderKey(path, to)) {
    if (!isUnderKey(path, from)) throw from ? wrongKey(path) : damaged(path);
    await foldLog(path, from);
    onStep?.('folded');
    await removeHalf(copy);
    await requireSpace(dirname(path), statSync(path).size);
    try {
      copyUnderKey(path, copy, from, to);
    } catch (error) {
      await removeHalf(copy);
      throw error;
    }
    chmodSync(copy, statSync(path).mode);
    await syncToDisk(copy, 'file');
    onStep?.('copied');
    // Of a run before this one; what it was replaced by is what is copied here.
    await wipe(old);
    renameSync(path, old);
    onStep?.('aside');
    renameSync(copy, path);
    await syncToDisk(dirname(path), 'folder');
    onStep?.('in-place');
  }
  await removeHalf(copy);
  if (!existsSync(old)) return;
  await wipe(old);
  onStep?.('wiped');
}

/** After a kill between the two renames: the copy, which was compared before the first, takes the place of what it is of. */
export async function settleDatabase(path: string): Promise<void> {
  if (existsSync(path)) return;
  const whole = [copyOf(path), oldOf(path)].find((each) => existsSync(each));
  if (whole === undefined) return;
  renameSync(whole, path);
  await syncToDisk(dirname(path), 'folder');
}

function oldOf(path: string): string {
  return `${path}.old`;
}

function copyOf(path: string): string {
  return `${path}.turning`;
}

/** Half a copy in plain, too, when the key is taken off. */
async function removeHalf(copy: string): Promise<void> {
  for (const each of [copy, `${copy}-journal`, carrierOf(copy), `${carrierOf(copy)}-journal`]) await wipe(each);
}

/** Folds the log into the file and leaves none: a plain log beside an encrypted file would damage it. */
async function foldLog(path: string, key: Uint8Array | null): Promise<void> {
  const connection = connect({ path, key, timeout: PATIENCE });
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)');
    // Refused while anybody else is connected.
    connection.pragma('journal_mode = DELETE');
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY' ? inUse(path, error) : error;
  } finally {
    connection.close();
  }
  if (['-wal', '-journal'].some((end) => existsSync(`${path}${end}`))) throw inUse(path);
  rmSync(`${path}-shm`, { force: true });
}

function inUse(path: string, cause?: unknown): AppError {
  return new AppError('library-in-use', `The library file ${path} is open in another program.`, {
    hint: 'Close it, or wait until the command line is done, then try again.',
    retryable: true,
    cause,
  });
}

/** The main database of the connection that copies: it is empty, and gives the copy its key. */
function carrierOf(copy: string): string {
  return `${copy}.carrier`;
}

/** Writes the copy and compares it; throws and leaves half of it otherwise. */
function copyUnderKey(path: string, copy: string, from: Uint8Array | null, to: Uint8Array | null): void {
  const carrier = carrierOf(copy);
  const connection = connect({ path: carrier, key: to, timeout: PATIENCE });
  let counts: Counts;
  try {
    connection.pragma('temp_store = MEMORY');
    // The first page, which has the key's salt, is written with the first table.
    connection.exec('CREATE TABLE carrier (unused)');
    attach(connection, path, 'old', from);
    // From here on nobody else writes to it, so that the copy lacks nothing.
    connection.pragma('old.locking_mode = EXCLUSIVE');
    connection.exec('BEGIN IMMEDIATE; COMMIT');
    connection.prepare('VACUUM old INTO ?').run(copy);
    counts = countRows(connection, 'old');
  } finally {
    connection.close();
    rmSync(carrier, { force: true });
  }
  const copied = connect({ path: copy, key: to, readonly: true, timeout: PATIENCE });
  try {
    const problem: unknown = copied.pragma('integrity_check(1)', { simple: true });
    if (problem !== 'ok' || JSON.stringify(countRows(copied, 'main')) !== JSON.stringify(counts)) {
      throw new AppError('internal', `The copy of the library file ${path} is not what it was made of.`, {
        hint: 'Nothing was changed. Check the disk, then try again.',
        cause: problem,
      });
    }
  } finally {
    copied.close();
  }
}

type Counts = readonly (readonly [name: string, rows: number])[];

/** The format's version, and the rows of every table, by name. */
function countRows(connection: Connection, schema: 'main' | 'old'): Counts {
  const names = connection
    .prepare<[], string>(
      // Without those that SQLite keeps in no pages of their own.
      `SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name`,
    )
    .pluck()
    .all();
  const version = Number(connection.pragma(`${schema}.user_version`, { simple: true }));
  const rows = names.map((name) => {
    const count = connection.prepare<[], number>(`SELECT count(*) FROM ${schema}."${name.replaceAll('"', '""')}"`);
    return [name, count.pluck().get() ?? 0] as const;
  });
  return [['user_version', version], ...rows];
}
