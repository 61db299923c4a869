/**
 * Reads a backup that somebody else may have made: nothing in it is believed before it was checked, and nothing is
 * written before its name was.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { migrations } from '../db/migrations/index.ts';
import { KEYS_FILE } from '../encryption/library-keys.ts';
import { errno } from '../errno.ts';
import { toAppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupSummary } from '../../shared/requests/backup.ts';
import { fileProblem } from './files.ts';
import {
  damagedBackup,
  DATABASE,
  hashInName,
  isEntryName,
  LARGEST_MANIFEST,
  MANIFEST,
  parseManifest,
  summaryOf,
} from './manifest.ts';
import type { Manifest, ManifestEntry, ManifestOptions } from './manifest.ts';

/** Entries of a zip file; a library of 250,000 documents has twice as many. */
const MOST_ENTRIES = 1_000_000;
/** Sentences that are told of a damaged backup. */
const MOST_PROBLEMS = 100;

/** Bytes. */
const LARGEST_KEYS = 65_536;

const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const UNIX = 3;
const STORED = 0;
const DEFLATED = 8;

export interface ReadOptions {
  /** Takes the bytes as they come; they are only counted and hashed when absent. */
  readonly into?: Writable;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

export class BackupFile {
  readonly manifest: Manifest;
  /** One sentence for each entry that is not there, not listed, or not of the size that is stated. */
  readonly problems: readonly string[];
  readonly #path: string;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #bytes: number;

  private constructor(
    path: string,
    bytes: number,
    zip: ZipFile,
    entries: ReadonlyMap<string, Entry>,
    manifest: Manifest,
  ) {
    this.#path = path;
    this.#bytes = bytes;
    this.#zip = zip;
    this.#entries = entries;
    this.manifest = manifest;
    this.problems = compare(entries, manifest);
  }

  /**
   * Reads the list of entries and the manifest.
   * @param key Of the encrypted library that it may be of: see `ManifestOptions`.
   * Errors: `backup-damaged` (also for hostile entries), `backup-from-the-future`, `file-not-found`, `file-unreadable`.
   */
  static async open(path: string, key: Uint8Array | null): Promise<BackupFile> {
    const file = basename(path);
    let zip: ZipFile;
    let bytes: number;
    try {
      ({ size: bytes } = await stat(path));
      zip = await openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false });
    } catch (error) {
      if (errno(error) !== null) throw fileProblem(error, path);
      throw damagedBackup(file, 'it is no backup of Quire, or its end is missing.', error);
    }
    try {
      const entries = await listEntries(zip, file);
      const manifest = await readManifest(zip, entries.get(MANIFEST), { file, key });
      return new BackupFile(path, bytes, zip, entries, manifest);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  /** Null of an encrypted backup without its key. */
  get summary(): BackupSummary | null {
    const { details } = this.manifest;
    return details && summaryOf({ ...this.manifest, details }, { name: basename(this.#path), bytes: this.#bytes });
  }

  /** The text of `keys.json`; null where there is none. Errors: `backup-damaged`. */
  async readKeys(): Promise<string | null> {
    const entry = this.manifest.entries.find(({ name }) => name === KEYS_FILE);
    if (!entry) return null;
    if (entry.bytes > LARGEST_KEYS) throw damagedBackup(basename(this.#path), `its ${KEYS_FILE} is too large.`);
    const pieces: Buffer[] = [];
    const into = new Writable({
      write(piece: Buffer, _encoding, done) {
        pieces.push(piece);
        done();
      },
    });
    const problem = await this.read(entry, {
      into,
      onBytes: () => undefined,
      signal: new AbortController().signal,
    });
    if (problem !== null) throw damagedBackup(basename(this.#path), problem);
    return Buffer.concat(pieces).toString();
  }

  /** Bytes of all entries that the manifest lists. */
  get total(): number {
    return this.manifest.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Reads one entry through. Answers with what is wrong with it, or null.
   * Rejects with what `into` fails with, and with the signal's reason.
   */
  async read({ name, bytes, sha256 }: ManifestEntry, { into, onBytes, signal }: ReadOptions): Promise<string | null> {
    const entry = this.#entries.get(name);
    if (!entry) return `${name} is missing.`;
    const hash = createHash('sha256');
    let length = 0;
    const hashing = new Transform({
      transform(piece: Buffer, _encoding, pass) {
        length += piece.length;
        // SECURITY: what unpacks to more than it states is not written.
        if (length > bytes) return pass(new Error('it is longer than it states'));
        hash.update(piece);
        onBytes(piece.length);
        pass(null, into ? piece : undefined);
      },
    });
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      if (into) await pipeline(stream, hashing, into, { signal });
      else await pipeline(stream, hashing.resume(), { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (isOfTheSystem(error)) throw into ? error : fileProblem(error, this.#path);
      return `${name} is damaged (${error instanceof Error ? error.message : String(error)}).`;
    }
    if (length !== bytes) return `${name} is damaged (${length} bytes in place of ${bytes}).`;
    return hash.digest('hex') === sha256 ? null : `${name} is damaged (its hash is not the one it was written with).`;
  }

  close(): void {
    this.#zip.close();
  }
}

/** A full disk, a disk that was taken away; streams and zlib have codes of their own kind. */
function isOfTheSystem(error: unknown): boolean {
  return /^E(?!RR_)/.test(errno(error) ?? '');
}

/** SECURITY: refuses names that lead elsewhere or meet, links, and what is encrypted; the first such entry ends it. */
async function listEntries(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > MOST_ENTRIES) throw damagedBackup(file, 'it has too many entries.');
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileNameRaw.toString('utf8');
      const shown = JSON.stringify(name.slice(0, 200));
      if (name !== MANIFEST && !isEntryName(name)) throw damagedBackup(file, `it has a foreign entry, ${shown}.`);
      if (entries.has(name)) throw damagedBackup(file, `its entry ${shown} is there twice.`);
      const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
      if (entry.versionMadeBy >>> 8 === UNIX && type !== 0 && type !== REGULAR_FILE) {
        throw damagedBackup(file, `its entry ${shown} is no plain file.`);
      }
      if (entry.isEncrypted()) throw damagedBackup(file, `its entry ${shown} is encrypted.`);
      if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
        throw damagedBackup(file, `its entry ${shown} is packed in a way that Quire does not read.`);
      }
      entries.set(name, entry);
    }
  } catch (error) {
    const known = toAppError(error);
    throw known.code === 'backup-damaged' ? known : damagedBackup(file, 'its list of entries is damaged.', error);
  }
  return entries;
}

async function readManifest(
  zip: ZipFile,
  entry: Entry | undefined,
  { file, key }: Pick<ManifestOptions, 'file' | 'key'>,
): Promise<Manifest> {
  if (!entry) throw damagedBackup(file, 'it is no backup of Quire: manifest.json is missing.');
  if (entry.uncompressedSize > LARGEST_MANIFEST) throw damagedBackup(file, 'its manifest.json is too large.');
  const pieces: Buffer[] = [];
  try {
    // Its size is checked by yauzl as it comes.
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  } catch (error) {
    throw damagedBackup(file, 'its table of contents (manifest.json) is damaged.', error);
  }
  const bytes = Buffer.concat(pieces);
  if (crc32(bytes) !== entry.crc32) {
    throw damagedBackup(file, 'its table of contents (manifest.json) is damaged.');
  }
  return parseManifest(bytes.toString('utf8'), { file, key, knownSchema: migrations.length });
}

function compare(entries: ReadonlyMap<string, Entry>, manifest: Manifest): readonly string[] {
  const problems: string[] = [];
  const altered = manifest.details?.altered ?? [];
  const listed = new Set([MANIFEST]);
  for (const { name, bytes, sha256 } of manifest.entries) {
    const entry = entries.get(name);
    if (listed.has(name)) problems.push(`${name} is listed twice.`);
    listed.add(name);
    if (!entry) problems.push(`${name} is missing.`);
    else if (entry.uncompressedSize !== bytes) {
      problems.push(`${name} is damaged (${entry.uncompressedSize} bytes in place of ${bytes}).`);
    }
    const stated = hashInName(name);
    if (stated !== null && stated !== sha256 && !altered.includes(name)) {
      problems.push(`${name} is not the file that its name states.`);
    }
  }
  for (const name of entries.keys()) if (!listed.has(name)) problems.push(`${name} is not listed.`);
  for (const name of manifest.isEncrypted ? [DATABASE, KEYS_FILE] : [DATABASE]) {
    if (!listed.has(name)) problems.push(`${name} is missing.`);
  }
  return problems;
}

/** Pictures of first pages are drawn again: one that is damaged or missing keeps nobody from the rest. */
export function isOfPicture(problem: string): boolean {
  return /^thumbs\/\S+ is (?:missing|damaged)/.test(problem);
}

export interface Verification {
  /** Null of an encrypted backup without its key. */
  readonly summary: BackupSummary | null;
  /** One sentence each, a hundred at most; empty when every byte is as it was written. */
  readonly problems: readonly string[];
}

export interface Inspection {
  /** Null of an encrypted backup without its key. */
  readonly summary: BackupSummary | null;
  /** The text of the library's `keys.json`; null of a backup that is not encrypted. */
  readonly keysFile: string | null;
}

/**
 * Reads a backup only as far as its manifest. Errors: as `BackupFile.open`, and `backup-damaged` for what is missing.
 * @param key As for `BackupFile.open`.
 */
export async function inspectBackup(path: string, key: Uint8Array | null): Promise<Inspection> {
  const backup = await BackupFile.open(path, key);
  try {
    const problem = backup.problems.find((each) => !isOfPicture(each));
    if (problem !== undefined) throw damagedBackup(basename(path), problem);
    return { summary: backup.summary, keysFile: await backup.readKeys() };
  } finally {
    backup.close();
  }
}

/** Checks every hash in a backup, for which an encrypted one needs no key. Errors: as `BackupFile.open`; `cancelled`. */
export async function verifyBackup(
  path: string,
  key: Uint8Array | null,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<Verification> {
  const backup = await BackupFile.open(path, key);
  try {
    const { total } = backup;
    let done = 0;
    const onBytes = (count: number): void => onProgress({ stage: 'checking', done: (done += count), total });
    const problems = new Set(backup.problems);
    for (const entry of backup.manifest.entries) {
      const problem = await backup.read(entry, { onBytes, signal });
      if (problem !== null) problems.add(problem);
    }
    return { summary: backup.summary, problems: [...problems].slice(0, MOST_PROBLEMS) };
  } finally {
    backup.close();
  }
}
