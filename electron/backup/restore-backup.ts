/** Unpacks a backup into a folder beside the library, and makes sure that what is there is a whole library. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connect } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { migrations } from '../db/migrations/index.ts';
import { openConnection } from '../db/open.ts';
import { createStore } from '../db/store.ts';
import { BlobStore, isContentHash } from '../pipeline/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import { fileProblem, requireSpace, syncToDisk } from './files.ts';
import { damagedBackup, DATABASE } from './manifest.ts';
import { quieten } from './quieten.ts';
import { BackupFile } from './read-backup.ts';
import { factsOf } from './snapshot.ts';
import { stagingName } from './staging.ts';
import { readyFolder } from './swap.ts';

export interface RestoreJob {
  readonly file: string;
  /** The library's folder; it need not be there. */
  readonly folder: string;
}

/**
 * Leaves a library that was checked in `readyFolder(folder)`, to be put in the library's place by `swapLibrary`.
 * Errors: as `BackupFile.open`; `backup-damaged` with the entry, `disk-full`, `cancelled`. Nothing is left after one.
 */
export async function unpackBackup(
  { file, folder }: RestoreJob,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const target = join(dirname(folder), stagingName(`${basename(folder)}.restore`));
  const backup = await BackupFile.open(file);
  try {
    const [problem] = backup.problems;
    if (problem !== undefined) throw damagedBackup(basename(file), problem);
    await requireSpace(dirname(folder), backup.total);
    await mkdir(join(target, 'blobs'), { recursive: true, mode: 0o700 });
    await mkdir(join(target, 'thumbs'), { mode: 0o700 });
    await unpack(backup, file, target, onProgress, signal);
    onProgress({ stage: 'examining', done: 0, total: 0 });
    await examine(backup, file, target);
    signal.throwIfAborted();
    for (const name of ['blobs', 'thumbs', '.']) await syncToDisk(join(target, name), 'folder');
    const ready = readyFolder(folder);
    // Of a restore that was interrupted right before its end.
    await rm(ready, { recursive: true, force: true });
    await rename(target, ready);
  } catch (error) {
    throw fileProblem(error, target);
  } finally {
    backup.close();
    await rm(target, { recursive: true, force: true });
  }
}

async function unpack(
  backup: BackupFile,
  file: string,
  target: string,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { total } = backup;
  let done = 0;
  const onBytes = (count: number): void => onProgress({ stage: 'unpacking', done: (done += count), total });
  for (const entry of backup.manifest.entries) {
    const path = join(target, entry.name);
    const into = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const problem = await backup.read(entry, { into, onBytes, signal });
    if (problem !== null) throw damagedBackup(basename(file), problem);
    await syncToDisk(path, 'file');
  }
}

/** Opens the unpacked library, brings it to the newest format, and compares it with its manifest and with itself. */
async function examine(backup: BackupFile, file: string, target: string): Promise<void> {
  const { manifest } = backup;
  const path = join(target, DATABASE);
  const fail = (what: string): never => {
    throw damagedBackup(basename(file), what);
  };
  const untouched = connect({ path, readonly: true, timeout: 0 });
  try {
    // SECURITY: before the first statement on a table of it, which may be a view that never ends.
    untouched.pragma('trusted_schema = OFF');
    if (!hasOurSchema(untouched)) fail(`${DATABASE} has tables or triggers that are not Quire’s.`);
    const { counts, schemaVersion, sendsTo, watchedFolders } = factsOf(untouched);
    const stated = { counts: manifest.counts, schemaVersion: manifest.schemaVersion, sendsTo: manifest.sendsTo };
    if (
      JSON.stringify({ counts, schemaVersion, sendsTo }) !== JSON.stringify(stated) ||
      (manifest.watchedFolders ?? watchedFolders) !== watchedFolders
    ) {
      fail('its library is not the one that its table of contents tells of.');
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damagedBackup(basename(file), `${DATABASE} is no library of Quire.`, error);
  } finally {
    untouched.close();
  }
  const connection = openConnection({ path });
  try {
    const { ok, problems } = createStore(connection).maintenance.integrity();
    if (!ok) fail(`${DATABASE} is damaged. ${problems[0] ?? ''}`);
    if (!hasOurNames(connection)) fail(`${DATABASE} has names in it that Quire never gives.`);
    const lacking = await firstLacking(connection, target, new Set(manifest.missing));
    if (lacking !== null) fail(`${lacking} is missing.`);
    quieten(connection);
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
  }
  await syncToDisk(path, 'file');
  // The backup itself is the copy of before the update.
  for (const name of await readdir(target)) {
    if (name.startsWith(`${DATABASE}.`) && name.endsWith('.backup')) await rm(join(target, name));
  }
}

/**
 * SECURITY: a trigger or a view in a foreign database would run with every statement of ours; the schema must be, word
 * for word, the one that the migrations make up to its own version.
 */
function hasOurSchema(connection: Connection): boolean {
  const version = Number(connection.pragma('user_version', { simple: true }));
  if (version < 1 || version > migrations.length) return false;
  const fresh = connect({ path: ':memory:', timeout: 0 });
  try {
    for (const migration of migrations.slice(0, version)) migration(fresh);
    return schemaOf(fresh) === schemaOf(connection);
  } finally {
    fresh.close();
  }
}

function schemaOf(connection: Connection): string {
  const rows = connection
    // What ANALYZE has counted is there or not.
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT (type = 'table' AND name LIKE 'sqlite_stat_')",
    )
    .all();
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
}

/** Columns that files are named by, and those that say which row is meant. */
const hashColumns = ['documents.content_hash', 'pending_file_deletions.content_hash'];
const idTables = ['documents', 'conversations', 'messages', 'collections', 'written_pieces', 'watched_folders'];
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** SECURITY: hashes become paths of files that are read and removed; one of `../..` would lead out of the library. */
function hasOurNames(connection: Connection): boolean {
  const every = (table: string, column: string, accept: (value: string) => boolean): boolean => {
    const values = connection.prepare<[], string>(`SELECT ${column} FROM ${table}`).pluck();
    for (const value of values.iterate()) if (!accept(value)) return false;
    return true;
  };
  return (
    hashColumns.every((name) => every(name.split('.')[0] ?? '', name, isContentHash)) &&
    idTables.every((table) => every(table, 'id', (id) => idPattern.test(id)))
  );
}

/** The first original that a document should have and that is not there. */
async function firstLacking(
  connection: Connection,
  target: string,
  known: ReadonlySet<string>,
): Promise<string | null> {
  const blobs = new BlobStore(target);
  const documents = connection
    .prepare<[], { hash: string; format: DocumentFormat }>('SELECT content_hash AS hash, format FROM documents')
    .all();
  for (const { hash, format } of documents) {
    const path = blobs.file(hash, format);
    const name = `blobs/${basename(path)}`;
    if (known.has(name)) continue;
    const found = await stat(path).catch(() => null);
    if (!found) return name;
  }
  return null;
}
