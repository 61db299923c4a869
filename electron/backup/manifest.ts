/**
 * What a backup is: a zip file (zip64 where it is large) with the library's database, its originals and thumbnails, and
 * last a manifest that names every entry with its size and hash.
 *
 * Nothing in it depends on the machine: names are lower-case ASCII with forward slashes, originals are named by their
 * hash, the database is one SQLite file without a log beside it. Vectors and boxes in it are numbers of four bytes in
 * the order of the machine that wrote them, little-endian on every one that Quire runs on; the manifest states it.
 *
 * Of an encrypted library it holds the files as they lie on the disk, and `keys.json`: its password or recovery code
 * opens it on any computer. Whether every byte is there can be told without, what is in it can't.
 */
import { endianness } from 'node:os';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { BackupSummary } from '../../shared/requests/backup.ts';
import { seal, unseal } from '../encryption/primitives.ts';

export const MANIFEST = 'manifest.json';
export const DATABASE = 'library.db';
/** Of a library that is not encrypted, and of one that is. */
const PLAIN_VERSION = 1;
const ENCRYPTED_VERSION = 2;
export const byteOrder = endianness() === 'LE' ? 'little-endian' : 'big-endian';

/** Bytes; room for 400,000 entries. */
export const LARGEST_MANIFEST = 64 * 1024 ** 2;

const entryName = /^(?:library\.db|blobs\/([0-9a-f]{64})\.(?:pdf|txt|md)|thumbs\/[0-9a-f]{64}\.webp)$/;
const encryptedEntryName = /^(?:library\.db|keys\.json|(?:blobs|thumbs)\/[0-9a-f]{64})$/;

/** Any other name is none of ours: no folder above, no absolute path, no drive, no second spelling of a first. */
export function isEntryName(name: string): boolean {
  return entryName.test(name) || encryptedEntryName.test(name);
}

/** The hash that an original's name states; null for other entries, and for all of an encrypted library. */
export function hashInName(name: string): string | null {
  return entryName.exec(name)?.[1] ?? null;
}

const plainName = z.string().regex(entryName);
const encryptedName = z.string().regex(encryptedEntryName);
const count = z.number().int().min(0);

const headSchema = z.object({ format: z.literal('quire-backup'), formatVersion: count });

const entriesSchema = (name: z.ZodString) =>
  z.array(z.object({ name, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) }));

const detailsSchema = (name: z.ZodString) =>
  z.object({
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
    /** Files that the library itself lacked when it was backed up. */
    missing: z.array(name),
    /** Originals whose bytes were not those of their hash any more when the library was backed up. */
    altered: z.array(name),
  });

const plainSchema = detailsSchema(plainName).extend({ entries: entriesSchema(plainName) });
const encryptedDetailsSchema = detailsSchema(encryptedName);

const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const encryptedSchema = z.object({
  entries: entriesSchema(encryptedName),
  /** The details, encrypted with the library's key for them; the entries are authenticated with them. */
  details: z.object({ nonce: base64, sealed: base64 }),
});

export type ManifestEntry = z.infer<typeof encryptedSchema>['entries'][number];
/** What is known of the library in a backup. */
export type BackupDetails = z.infer<typeof encryptedDetailsSchema>;

export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  readonly isEncrypted: boolean;
  /** Null of an encrypted backup without its key. */
  readonly details: BackupDetails | null;
}

/** The manifest's text. @param key 32 bytes, of an encrypted library; null for one that is not. */
export function formatManifest(
  details: BackupDetails,
  entries: readonly ManifestEntry[],
  key: Uint8Array | null,
): string {
  const text = (value: Uint8Array): string => Buffer.from(value).toString('base64');
  let content: object = { formatVersion: PLAIN_VERSION, ...details, entries };
  if (key) {
    const { nonce, sealed } = seal(key, Buffer.from(JSON.stringify(details)), contextOf(entries));
    content = { formatVersion: ENCRYPTED_VERSION, entries, details: { nonce: text(nonce), sealed: text(sealed) } };
  }
  return `${JSON.stringify({ format: 'quire-backup', ...content }, null, 1)}\n`;
}

/** One text for each list of entries. */
function contextOf(entries: readonly ManifestEntry[]): Uint8Array {
  const list = entries.map(({ name, bytes, sha256 }) => [name, bytes, sha256]);
  return Buffer.from(JSON.stringify(['quire backup', ENCRYPTED_VERSION, list]));
}

export function damagedBackup(file: string, what: string, cause?: unknown): AppError {
  return new AppError('backup-damaged', `The backup ${file} can’t be used: ${what}`, {
    hint: 'Use another copy of this backup, or an earlier one. Your library was not changed.',
    cause,
  });
}

/** How a manifest is read. */
export interface ManifestOptions {
  /** Named in errors. */
  readonly file: string;
  /** The newest database format that this Quire knows. */
  readonly knownSchema: number;
  /** 32 bytes, of the encrypted library that it may be of; one that does not fit opens nothing. */
  readonly key: Uint8Array | null;
}

/** Reads a manifest. Errors: `backup-from-the-future`, `backup-damaged`. */
export function parseManifest(text: string, { file, knownSchema, key }: ManifestOptions): Manifest {
  const value = parseJson(text, file);
  const head = headSchema.safeParse(value);
  if (!head.success) throw damagedBackup(file, 'it is no backup of Quire.');
  if (head.data.formatVersion > ENCRYPTED_VERSION) throw fromTheFuture(file);
  const isEncrypted = head.data.formatVersion === ENCRYPTED_VERSION;
  if (!isEncrypted) {
    const { entries, ...details } = checked(plainSchema, value, file);
    return { entries, isEncrypted, details: usable(details, file, knownSchema) };
  }
  const { entries, details: sealed } = checked(encryptedSchema, value, file);
  const opened = key && unseal(key, sealed, contextOf(entries));
  if (!opened) return { entries, isEncrypted, details: null };
  const details = checked(encryptedDetailsSchema, parseJson(Buffer.from(opened).toString(), file), file);
  return { entries, isEncrypted, details: usable(details, file, knownSchema) };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damagedBackup(file, 'its table of contents (manifest.json) is damaged.', error);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.join('.') ?? 'its top';
  throw damagedBackup(file, `its table of contents (manifest.json) is damaged at ${path}.`);
}

/** Throws for a library that this Quire, on this machine, can't read. */
function usable(details: BackupDetails, file: string, knownSchema: number): BackupDetails {
  if (details.schemaVersion > knownSchema) throw fromTheFuture(file);
  if (details.byteOrder === byteOrder) return details;
  throw damagedBackup(file, `it comes from a machine that writes numbers ${details.byteOrder}.`);
}

function fromTheFuture(file: string): AppError {
  return new AppError('backup-from-the-future', `The backup ${file} was made by a newer Quire.`, {
    hint: 'Install the newest Quire, then restore it. Your library was not changed.',
  });
}

/** A manifest whose details are known. */
export type OpenedManifest = Manifest & { readonly details: BackupDetails };

export function summaryOf(
  { entries, isEncrypted, details }: OpenedManifest,
  file: { readonly name: string; readonly bytes: number },
): BackupSummary {
  const { appVersion, createdAt, counts, embedder, sendsTo, watchedFolders, missing, altered } = details;
  return {
    fileName: file.name,
    fileBytes: file.bytes,
    libraryBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    isEncrypted,
    createdAt,
    appVersion,
    counts,
    embedder: embedder && { kind: embedder.kind, model: embedder.model },
    sendsTo,
    watchedFolders: watchedFolders ?? 0,
    missingOriginals: missing.filter((each) => each.startsWith('blobs/')).length,
    alteredOriginals: altered.length,
  };
}
