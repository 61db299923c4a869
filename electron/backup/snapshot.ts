/**
 * A library as it was at one moment, beside the one that goes on: the database copied, which keeps no writer waiting, and
 * its files as hard links, which a deletion meanwhile does not take along.
 *
 * A plain database is copied in steps inside one read transaction, in which its files were looked up before. Of an
 * encrypted one SQLite makes no such copy, but one in a single statement, whose moment nobody else can share: its files
 * are linked before, and those that the copy names beyond these afterwards.
 */
import { existsSync } from 'node:fs';
import { link, mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { connect } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { KEYS_FILE, type LibraryKeys } from '../encryption/library-keys.ts';
import { errno } from '../errno.ts';
import { BlobStore } from '../pipeline/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import { storedRemotesSchema } from '../../shared/remotes.ts';
import { settingsSchema } from '../../shared/requests/settings.ts';
import { requireSpace } from './files.ts';
import { DATABASE } from './manifest.ts';
import type { BackupDetails } from './manifest.ts';
import { hasTable } from './quieten.ts';

/** Pages (of 16 KiB) copied in one step: a few milliseconds. */
const PAGES_A_STEP = 256;
/** Times that files may go while they are linked, until the person is asked to wait. */
const ATTEMPTS = 5;
/** Milliseconds to wait for another connection's lock. */
const PATIENCE = 10_000;

export interface SnapshotFile {
  /** In the archive. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

export interface Snapshot {
  /** The database first. */
  readonly files: readonly SnapshotFile[];
  readonly missing: readonly string[];
  readonly facts: Pick<BackupDetails, 'schemaVersion' | 'counts' | 'embedder' | 'sendsTo' | 'watchedFolders'>;
}

export interface SnapshotOptions {
  /** The library's folder. */
  readonly folder: string;
  /** Of an encrypted library; null for one that is not. */
  readonly keys: LibraryKeys | null;
  /** An empty folder on the same disk, for the copy and the links. */
  readonly staging: string;
  readonly onProgress: (progress: BackupProgress) => void;
  readonly signal: AbortSignal;
}

interface OwnedFile {
  readonly hash: string;
  readonly format: DocumentFormat;
  readonly hasThumbnail: number;
}

/** Errors: `disk-full`, `cancelled`, `interrupted` when the library does not hold still, SQLite's own. */
export async function takeSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const { folder, keys, staging } = options;
  const library = { path: join(folder, DATABASE), key: keys?.database ?? null, blobs: new BlobStore(folder, keys) };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const target = join(staging, String(attempt));
    await mkdir(join(target, 'blobs'), { recursive: true });
    await mkdir(join(target, 'thumbs'));
    const snapshot = await (keys ? snapshotEncrypted : snapshotPlain)(library, target, options);
    // A document was deleted in between: what the copy tells is not what the folder held.
    if (snapshot) return snapshot;
  }
  throw new AppError('interrupted', 'Documents were deleted all the while: no backup was made.', {
    hint: 'Try again when nothing is being deleted.',
    retryable: true,
  });
}

interface Library {
  /** Of its database. */
  readonly path: string;
  readonly key: Uint8Array | null;
  readonly blobs: BlobStore;
}

/** Null when a file went that the copy tells of. */
type TakeSnapshot = (library: Library, target: string, options: SnapshotOptions) => Promise<Snapshot | null>;

const snapshotPlain: TakeSnapshot = async (library, target, { staging, onProgress, signal }) => {
  const connection = connect({ path: library.path, readonly: true, timeout: PATIENCE });
  try {
    connection.exec('BEGIN');
    const links = await linkFiles(connection, library.blobs, target);
    if (isAnyDeleted(links.missing, library)) return null;
    const pages = Number(connection.pragma('page_count', { simple: true }));
    const pageSize = Number(connection.pragma('page_size', { simple: true }));
    await requireSpace(staging, pages * pageSize);
    const copy = join(staging, DATABASE);
    // Inside the transaction: writes of others neither show in the copy nor begin it anew.
    await connection.backup(copy, {
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        onProgress({
          stage: 'snapshot',
          done: (totalPages - remainingPages) * pageSize,
          total: totalPages * pageSize,
        });
        return PAGES_A_STEP;
      },
    });
    return {
      files: [await fileOf(DATABASE, copy), ...links.files],
      missing: namesOf(links.missing),
      facts: factsOf(connection),
    };
  } finally {
    connection.close();
  }
};

const snapshotEncrypted: TakeSnapshot = async (library, target, { folder, staging, onProgress, signal }) => {
  const { path, key, blobs } = library;
  const copy = join(staging, DATABASE);
  await rm(copy, { force: true });
  onProgress({ stage: 'snapshot', done: 0, total: 0 });
  const connection = connect({ path, key, readonly: true, timeout: PATIENCE });
  try {
    await linkFiles(connection, blobs, target);
    await requireSpace(staging, (await stat(path)).size);
    signal.throwIfAborted();
    // The copy has the key of what it is of.
    connection.prepare('VACUUM INTO ?').run(copy);
  } finally {
    connection.close();
  }
  const copied = connect({ path: copy, key, readonly: true, timeout: PATIENCE });
  try {
    const links = await linkFiles(copied, blobs, target);
    if (isAnyDeleted(links.missing, library)) return null;
    const first = [await fileOf(DATABASE, copy), await fileOf(KEYS_FILE, join(folder, KEYS_FILE))];
    return { files: [...first, ...links.files], missing: namesOf(links.missing), facts: factsOf(copied) };
  } finally {
    copied.close();
  }
};

interface MissingFile {
  /** In the archive. */
  readonly name: string;
  readonly hash: string;
}

const namesOf = (missing: readonly MissingFile[]): readonly string[] => missing.map(({ name }) => name);

async function fileOf(name: string, path: string): Promise<SnapshotFile> {
  return { name, path, bytes: (await stat(path)).size };
}

/** Links the files of the documents that a database has, unless they were linked before. */
async function linkFiles(
  connection: Connection,
  blobs: BlobStore,
  target: string,
): Promise<{ readonly files: readonly SnapshotFile[]; readonly missing: readonly MissingFile[] }> {
  const owned = connection
    .prepare<[], OwnedFile>(
      'SELECT content_hash AS hash, format, has_thumbnail AS hasThumbnail FROM documents ORDER BY key',
    )
    .all();
  const files: SnapshotFile[] = [];
  const missing: MissingFile[] = [];
  const take = async (kind: 'blobs' | 'thumbs', source: string, hash: string): Promise<void> => {
    const name = `${kind}/${basename(source)}`;
    const linked = await linkOrKeep(source, join(target, name));
    if (linked === null) missing.push({ name, hash });
    else files.push(await fileOf(name, linked));
  };
  for (const { hash, format, hasThumbnail } of owned) {
    await take('blobs', blobs.file(hash, format), hash);
    if (hasThumbnail === 1) await take('thumbs', blobs.thumbnail(hash), hash);
  }
  return { files, missing };
}

/** Whether the library has one of these documents no more, so that its file went with it. */
function isAnyDeleted(missing: readonly MissingFile[], { path, key }: Library): boolean {
  if (missing.length === 0) return false;
  const now = connect({ path, key, readonly: true, timeout: PATIENCE });
  try {
    const isThere = now.prepare<[string], number>('SELECT 1 FROM documents WHERE content_hash = ?').pluck();
    return missing.some(({ hash }) => isThere.get(hash) === undefined);
  } finally {
    now.close();
  }
}

/** The link, also of a file that is gone by now; the file itself where its file system has no links; null without any. */
async function linkOrKeep(source: string, target: string): Promise<string | null> {
  try {
    await link(source, target);
    return target;
  } catch (error) {
    if (existsSync(target)) return target;
    return errno(error) === 'ENOENT' ? null : source;
  }
}

/** What a manifest tells of a database; also how a restored one is compared with its manifest. */
export function factsOf(connection: Connection): Snapshot['facts'] {
  const count = (query: string): number => connection.prepare<[], number>(query).pluck().get() ?? 0;
  const setting = connection.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck();
  return {
    schemaVersion: Number(connection.pragma('user_version', { simple: true })),
    counts: {
      documents: count('SELECT count(*) FROM documents'),
      conversations: count('SELECT count(*) FROM conversations'),
      messages: count('SELECT count(*) FROM messages'),
      vectors: count('SELECT count(*) FROM vectors'),
    },
    embedder:
      connection
        .prepare<[], NonNullable<BackupDetails['embedder']>>(
          'SELECT fingerprint, kind, model, dimensions FROM embedders WHERE active = 1',
        )
        .get() ?? null,
    sendsTo: hostsIn(setting.get('settings'), setting.get('embedder-before'), setting.get('remotes')),
    watchedFolders: hasTable(connection, 'watched_folders')
      ? count('SELECT count(*) FROM watched_folders WHERE paused = 0')
      : 0,
  };
}

/**
 * @param before The embedder of before a change that is not complete: questions are sent to it until then.
 * @param named The person's own Postgres and bucket.
 */
function hostsIn(settings: string | undefined, before: string | undefined, named: string | undefined): string[] {
  const read = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json));
  const { answers, embedder } = settingsSchema.safeParse(read(settings)).data ?? settingsSchema.parse({});
  const earlier = settingsSchema.shape.embedder.safeParse(read(before)).data;
  const remotes = storedRemotesSchema.safeParse(read(named)).data;
  const database = remotes?.database?.remote;
  const bucket = remotes?.bucket?.remote;
  const urls = [
    ...(answers.kind === 'provider' ? [answers.baseUrl] : []),
    ...(embedder.kind === 'built-in' ? [] : [embedder.baseUrl]),
    ...(earlier && earlier.kind !== 'built-in' ? [earlier.baseUrl] : []),
    ...(bucket ? [bucket.endpoint ?? `https://s3.${bucket.region}.amazonaws.com`] : []),
  ];
  // The host alone: an address may hold a name and a password.
  const hosts = urls.map((url) => new URL(url).host);
  return [...new Set([...hosts, ...(database ? [`${database.host}:${database.port}`] : [])])];
}
