/**
 * A library as it was at one moment, beside the one that goes on: the database copied in steps inside one read
 * transaction, which keeps no writer waiting, and its files as hard links, which a deletion meanwhile does not take along.
 */
import { link, mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { connect } from '../db/connection.ts';
import type { Connection } from '../db/connection.ts';
import { errno } from '../errno.ts';
import { BlobStore } from '../pipeline/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import type { BackupProgress } from '../../shared/requests/backup.ts';
import { settingsSchema } from '../../shared/requests/settings.ts';
import { requireSpace } from './files.ts';
import { DATABASE } from './manifest.ts';
import type { Manifest } from './manifest.ts';
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
  readonly facts: Pick<Manifest, 'schemaVersion' | 'counts' | 'embedder' | 'sendsTo' | 'watchedFolders'>;
}

export interface SnapshotOptions {
  /** The library's folder. */
  readonly folder: string;
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
  const { folder, staging, onProgress, signal } = options;
  const path = join(folder, DATABASE);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const connection = connect({ path, readonly: true, timeout: PATIENCE });
    try {
      connection.exec('BEGIN');
      const links = await linkFiles(connection, path, new BlobStore(folder, null), join(staging, String(attempt)));
      // A document was deleted in between: what this transaction sees is not what the folder holds.
      if (!links) continue;
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
      const database = { name: DATABASE, path: copy, bytes: (await stat(copy)).size };
      return { files: [database, ...links.files], missing: links.missing, facts: factsOf(connection) };
    } finally {
      connection.close();
    }
  }
  throw new AppError('interrupted', 'Documents were deleted all the while: no backup was made.', {
    hint: 'Try again when nothing is being deleted.',
    retryable: true,
  });
}

/** Null when a file of a document went that the library has no more. */
async function linkFiles(
  connection: Connection,
  path: string,
  blobs: BlobStore,
  target: string,
): Promise<Pick<Snapshot, 'files' | 'missing'> | null> {
  const owned = connection
    .prepare<[], OwnedFile>(
      'SELECT content_hash AS hash, format, has_thumbnail AS hasThumbnail FROM documents ORDER BY key',
    )
    .all();
  await mkdir(join(target, 'blobs'), { recursive: true });
  await mkdir(join(target, 'thumbs'));
  const files: SnapshotFile[] = [];
  const missing: string[] = [];
  const take = async (kind: 'blobs' | 'thumbs', source: string): Promise<void> => {
    const name = `${kind}/${basename(source)}`;
    const linked = await linkOrKeep(source, join(target, name));
    if (linked === null) missing.push(name);
    else files.push({ name, path: linked, bytes: (await stat(linked)).size });
  };
  for (const { hash, format, hasThumbnail } of owned) {
    await take('blobs', blobs.file(hash, format));
    if (hasThumbnail === 1) await take('thumbs', blobs.thumbnail(hash));
  }
  if (missing.length > 0) {
    const now = connect({ path, readonly: true, timeout: PATIENCE });
    try {
      const isThere = now.prepare<[string], number>('SELECT 1 FROM documents WHERE content_hash = ?').pluck();
      if (missing.some((name) => isThere.get(basename(name).slice(0, 64)) === undefined)) return null;
    } finally {
      now.close();
    }
  }
  return { files, missing };
}

/** The link, the file itself where its file system has no links, null when there is no such file. */
async function linkOrKeep(source: string, target: string): Promise<string | null> {
  try {
    await link(source, target);
    return target;
  } catch (error) {
    if (errno(error) === 'ENOENT') return null;
    return source;
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
        .prepare<[], NonNullable<Manifest['embedder']>>(
          'SELECT fingerprint, kind, model, dimensions FROM embedders WHERE active = 1',
        )
        .get() ?? null,
    sendsTo: hostsIn(setting.get('settings'), setting.get('embedder-before')),
    watchedFolders: hasTable(connection, 'watched_folders')
      ? count('SELECT count(*) FROM watched_folders WHERE paused = 0')
      : 0,
  };
}

/** @param before The embedder of before a change that is not complete: questions are sent to it until then. */
function hostsIn(settings: string | undefined, before: string | undefined): string[] {
  const read = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json));
  const { answers, embedder } = settingsSchema.safeParse(read(settings)).data ?? settingsSchema.parse({});
  const earlier = settingsSchema.shape.embedder.safeParse(read(before)).data;
  const urls = [
    ...(answers.kind === 'provider' ? [answers.baseUrl] : []),
    ...(embedder.kind === 'built-in' ? [] : [embedder.baseUrl]),
    ...(earlier && earlier.kind !== 'built-in' ? [earlier.baseUrl] : []),
  ];
  // The host alone: an address may hold a name and a password.
  return [...new Set(urls.map((url) => new URL(url).host))];
}
