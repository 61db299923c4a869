/** Unpacks a backup into a folder beside the library, and makes sure that what is there is a whole library. */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connect } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { LOCK_FILE } from '../db/library-lock.ts';
import { migrations } from '../db/migrations/index.ts';
import { openConnection } from '../db/open.ts';
import { repairLibrary } from '../db/queries/repair.ts';
import { KEYS_FILE, type LibraryKeys } from '../encryption/library-keys.ts';
import { turnLibrary } from '../encryption/turn-library.ts';
import { BlobStore, isContentHash } from '../pipeline/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import { fileNameOf } from '../../shared/file-name.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import { fileProblem, requireSpace, syncToDisk } from './files.ts';
import { damagedBackup, DATABASE } from './manifest.ts';
import type { OpenedManifest } from './manifest.ts';
import { quieten } from './quieten.ts';
import { BackupFile, isOfPicture } from './read-backup.ts';
import { factsOf } from './snapshot.ts';
import { stagingName } from './staging.ts';
import { readyFolder } from './swap.ts';

export interface RestoreJob {
  readonly file: string;
  /** The library's folder; it need not be there. */
  readonly folder: string;
  /** Of the library in the backup; null for a backup that is not encrypted. */
  readonly from: LibraryKeys | null;
  /** What the restored library is encrypted with, whose `keys.json` lies in the folder; null: it is not encrypted. */
  readonly to: LibraryKeys | null;
}

/** Sentences that are told of a restore. */
const MOST_SENTENCES = 100;

/**
 * Leaves a library that was checked, and repaired where that loses nothing, in `readyFolder(folder)`, to be put in the
 * library's place by `swapLibrary`. Answers with a sentence for each thing that was repaired, or that the library lacked when it was backed up.
 * Errors: as `BackupFile.open`; `backup-damaged` with the entry, `disk-full`, `cancelled`. Nothing is left after one.
 */
export async function unpackBackup(
  { file, folder, from, to }: RestoreJob,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = join(dirname(folder), stagingName(`${basename(folder)}.restore`));
  const backup = await BackupFile.open(file, from?.manifest ?? null);
  try {
    const { details, entries } = backup.manifest;
    if (!details) throw stillLocked(basename(file));
    const problem = backup.problems.find((each) => !isOfPicture(each));
    if (problem !== undefined) throw damagedBackup(basename(file), problem);
    // Files are put under other keys one by one, the database whole.
    const isSameKey = isSame(from, to);
    const again = isSameKey ? 0 : (entries.find(({ name }) => name === DATABASE)?.bytes ?? 0);
    await requireSpace(dirname(folder), backup.total + again);
    await mkdir(join(target, 'blobs'), { recursive: true, mode: 0o700 });
    await mkdir(join(target, 'thumbs'), { mode: 0o700 });
    const unpacked: Unpacked = { file: basename(file), target, keys: from, manifest: { ...backup.manifest, details } };
    await unpack(backup, unpacked, onProgress, signal);
    onProgress({ stage: 'examining', done: 0, total: 0 });
    const notes = await examine(unpacked);
    signal.throwIfAborted();
    if (!isSameKey) await turnLibrary({ folder: target, from, to }, { signal });
    await takeKeysOf(folder, target, to);
    for (const name of ['blobs', 'thumbs', '.']) await syncToDisk(join(target, name), 'folder');
    const ready = readyFolder(folder);
    // Of a restore that was interrupted right before its end.
    await rm(ready, { recursive: true, force: true });
    await rename(target, ready);
    return notes.slice(0, MOST_SENTENCES);
  } catch (error) {
    throw fileProblem(error, target);
  } finally {
    backup.close();
    await rm(target, { recursive: true, force: true });
  }
}

/** What was unpacked, and is examined. */
interface Unpacked {
  /** The backup's name. */
  readonly file: string;
  readonly target: string;
  readonly keys: LibraryKeys | null;
  readonly manifest: OpenedManifest;
}

function stillLocked(file: string): AppError {
  return new AppError('wrong-key', `The backup ${file} is encrypted.`, {
    hint: 'Type the password or the recovery code of the library that it is of.',
  });
}

function isSame(a: LibraryKeys | null, b: LibraryKeys | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a.database, b.database) === 0;
}

/** The library opens with what the one opens with that it takes the place of. */
async function takeKeysOf(folder: string, target: string, keys: LibraryKeys | null): Promise<void> {
  await rm(join(target, KEYS_FILE), { force: true });
  // Made to put it under other keys; nobody else ever had it open.
  await rm(join(target, LOCK_FILE), { force: true });
  if (!keys) return;
  await copyFile(join(folder, KEYS_FILE), join(target, KEYS_FILE));
  await syncToDisk(join(target, KEYS_FILE), 'file');
}

async function unpack(
  backup: BackupFile,
  unpacked: Unpacked,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { total } = backup;
  const { file, target } = unpacked;
  let done = 0;
  const onBytes = (count: number): void => onProgress({ stage: 'unpacking', done: (done += count), total });
  for (const entry of backup.manifest.entries) {
    const path = join(target, entry.name);
    const into = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const problem = await backup.read(entry, { into, onBytes, signal });
    if (problem === null) await syncToDisk(path, 'file');
    else if (isOfPicture(problem)) {
      // One that is still being opened would be there again after it was removed.
      if (!into.destroy().closed) await once(into, 'close');
      await rm(path, { force: true });
    } else throw damagedBackup(file, withItsName(problem, entry.name, unpacked));
  }
}

/** Says of which document a damaged original is, when the database before it was whole. */
function withItsName(problem: string, entry: string, { target, keys }: Unpacked): string {
  const path = join(target, DATABASE);
  if (!entry.startsWith('blobs/') || !existsSync(path)) return problem;
  const blobs = new BlobStore(target, keys);
  const connection = connect({ path, key: keys?.database ?? null, readonly: true, timeout: 0 });
  try {
    connection.pragma('trusted_schema = OFF');
    const name = hasOurSchema(connection) ? nameOfOriginal(connection, blobs, basename(entry)) : undefined;
    return name === undefined ? problem : `${problem} It is the original of “${name}”.`;
  } finally {
    connection.close();
  }
}

/** What the person knows the document by whose original has this name in the library. */
function nameOfOriginal(connection: Connection, blobs: BlobStore, original: string): string | undefined {
  const rows = connection
    .prepare<[], { hash: string; format: DocumentFormat; path: string }>(
      'SELECT content_hash AS hash, format, path FROM documents',
    )
    .all();
  const found = rows.find(({ hash, format }) => isContentHash(hash) && basename(blobs.file(hash, format)) === original);
  return found && fileNameOf(found.path);
}

/** Names of the documents' files, by their hashes. */
function fileNames(connection: Connection): ReadonlyMap<string, string> {
  const rows = connection.prepare<[], [string, string]>('SELECT content_hash, path FROM documents').raw().all();
  return new Map(rows.map(([hash, path]) => [hash, fileNameOf(path)]));
}

/**
 * Opens the unpacked library, brings it to the newest format, compares it with its manifest and with itself, and repairs
 * what can be. Answers with what was repaired or is lacking.
 */
async function examine({ file, target, keys, manifest }: Unpacked): Promise<readonly string[]> {
  const stated = manifest.details;
  const path = join(target, DATABASE);
  const key = keys?.database ?? null;
  const fail = (what: string): never => {
    throw damagedBackup(file, what);
  };
  const untouched = connect({ path, key, readonly: true, timeout: 0 });
  try {
    // SECURITY: before the first statement on a table of it, which may be a view that never ends.
    untouched.pragma('trusted_schema = OFF');
    if (!hasOurSchema(untouched)) fail(`${DATABASE} has tables or triggers that are not Quire’s.`);
    const { counts, schemaVersion, sendsTo, watchedFolders } = factsOf(untouched);
    const told = { counts: stated.counts, schemaVersion: stated.schemaVersion, sendsTo: stated.sendsTo };
    if (
      JSON.stringify({ counts, schemaVersion, sendsTo }) !== JSON.stringify(told) ||
      (stated.watchedFolders ?? watchedFolders) !== watchedFolders
    ) {
      fail('its library is not the one that its table of contents tells of.');
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damagedBackup(file, `${DATABASE} is no library of Quire.`, error);
  } finally {
    untouched.close();
  }
  const notes: string[] = [];
  const connection = openConnection({ path, key });
  try {
    const blobs = new BlobStore(target, keys);
    const { ok, problems, repaired } = repairLibrary(
      connection,
      (hash, format) => isContentHash(hash) && existsSync(blobs.file(hash, format)),
    );
    if (!ok) fail(`${DATABASE} is damaged. ${problems[0] ?? ''}`);
    if (!hasOurNames(connection)) fail(`${DATABASE} has names in it that Quire never gives.`);
    notes.push(...repaired, ...lackingFiles(connection, blobs, new Set(stated.missing), fail));
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
  return notes;
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

/**
 * What of the documents' files is not there: originals that the library had lost when it was backed up, by name, and
 * pictures, which are drawn again. Fails for any other original.
 */
function lackingFiles(
  connection: Connection,
  blobs: BlobStore,
  known: ReadonlySet<string>,
  fail: (what: string) => never,
): string[] {
  const names = fileNames(connection);
  const documents = connection
    .prepare<[], { hash: string; format: DocumentFormat; hasThumbnail: number }>(
      'SELECT content_hash AS hash, format, has_thumbnail AS hasThumbnail FROM documents',
    )
    .all();
  const notes: string[] = [];
  let pictures = 0;
  for (const { hash, format, hasThumbnail } of documents) {
    const path = blobs.file(hash, format);
    if (!existsSync(path)) {
      const entry = `blobs/${basename(path)}`;
      if (!known.has(entry)) fail(`${entry} is missing: the original of “${names.get(hash) ?? ''}”.`);
      notes.push(
        `The original of “${names.get(hash) ?? ''}” was missing when this backup was made. Its text is there.`,
      );
    }
    if (hasThumbnail === 1 && !existsSync(blobs.thumbnail(hash))) pictures += 1;
  }
  if (pictures > 0) notes.push(`Pictures of first pages that were missing or damaged are drawn again: ${pictures}.`);
  return notes;
}
