/**
 * What a backup is: a zip file (zip64 where it is large) with the library's database, its originals and thumbnails, and
 * last a manifest that names every entry with its size and hash.
 *
 * Nothing in it depends on the machine: names are lower-case ASCII with forward slashes, originals are named by their
 * hash, the database is one SQLite file without a log beside it. Vectors and boxes in it are numbers of four bytes in
 * the order of the machine that wrote them, little-endian on every one that Quire runs on; the manifest states it.
 */
import { endianness } from 'node:os';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { BackupSummary } from '../../shared/requests/backup.ts';

export const MANIFEST = 'manifest.json';
export const DATABASE = 'library.db';
export const BACKUP_VERSION = 1;
export const byteOrder = endianness() === 'LE' ? 'little-endian' : 'big-endian';

/** Bytes; room for 400,000 entries. */
export const LARGEST_MANIFEST = 64 * 1024 ** 2;

const entryName = /^(?:library\.db|blobs\/([0-9a-f]{64})\.(?:pdf|txt|md)|thumbs\/[0-9a-f]{64}\.webp)$/;

/** Any other name is none of ours: no folder above, no absolute path, no drive, no second spelling of a first. */
export function isEntryName(name: string): boolean {
  return entryName.test(name);
}

/** The hash that an original's name states; null for other entries. */
export function hashInName(name: string): string | null {
  return entryName.exec(name)?.[1] ?? null;
}

const name = z.string().regex(entryName);
const count = z.number().int().min(0);

const headSchema = z.object({ format: z.literal('quire-backup'), formatVersion: count });

const manifestSchema = z.object({
  format: z.literal('quire-backup'),
  formatVersion: z.literal(BACKUP_VERSION),
  appVersion: z.string().max(50),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  byteOrder: z.enum(['little-endian', 'big-endian']),
  /** `user_version` of the database. */
  schemaVersion: count,
  counts: z.object({ documents: count, conversations: count, messages: count, vectors: count }),
  /** Whose vectors are searched. */
  embedder: z.object({ fingerprint: z.string(), kind: z.string(), model: z.string(), dimensions: count }).nullable(),
  /** Hosts that the library's settings send text to. */
  sendsTo: z.array(z.string().max(300)).max(10),
  /** Folders that are watched; absent in backups of a Quire that did not tell. */
  watchedFolders: count.optional(),
  entries: z.array(z.object({ name, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** Files that the library itself lacked when it was backed up. */
  missing: z.array(name),
  /** Originals whose bytes were not those of their hash any more when the library was backed up. */
  altered: z.array(name),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = Manifest['entries'][number];

export function damagedBackup(file: string, what: string, cause?: unknown): AppError {
  return new AppError('backup-damaged', `The backup ${file} can’t be used: ${what}`, {
    hint: 'Use another copy of this backup, or an earlier one. Your library was not changed.',
    cause,
  });
}

/**
 * Reads a manifest. Errors: `backup-from-the-future`, `backup-damaged`.
 * @param file Named in errors.
 * @param knownSchema The newest database format that this Quire knows.
 */
export function parseManifest(text: string, file: string, knownSchema: number): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damagedBackup(file, 'its table of contents (manifest.json) is damaged.', error);
  }
  const head = headSchema.safeParse(value);
  if (!head.success) throw damagedBackup(file, 'it is no backup of Quire.');
  if (head.data.formatVersion > BACKUP_VERSION) throw fromTheFuture(file);
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) {
    const issue = manifest.error.issues[0];
    throw damagedBackup(
      file,
      `its table of contents (manifest.json) is damaged at ${issue?.path.join('.') ?? 'its top'}.`,
    );
  }
  if (manifest.data.schemaVersion > knownSchema) throw fromTheFuture(file);
  if (manifest.data.byteOrder !== byteOrder) {
    throw damagedBackup(file, `it comes from a machine that writes numbers ${manifest.data.byteOrder}.`);
  }
  return manifest.data;
}

function fromTheFuture(file: string): AppError {
  return new AppError('backup-from-the-future', `The backup ${file} was made by a newer Quire.`, {
    hint: 'Install the newest Quire, then restore it. Your library was not changed.',
  });
}

export function summaryOf(manifest: Manifest, file: { readonly name: string; readonly bytes: number }): BackupSummary {
  const { appVersion, createdAt, counts, embedder, sendsTo, watchedFolders, missing, altered, entries } = manifest;
  return {
    fileName: file.name,
    fileBytes: file.bytes,
    libraryBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    createdAt,
    appVersion,
    counts,
    embedder: embedder && { kind: embedder.kind, model: embedder.model },
    sendsTo,
    watchedFolders: watchedFolders ?? 0,
    missingOriginals: missing.filter((each) => hashInName(each) !== null).length,
    alteredOriginals: altered.length,
  };
}
