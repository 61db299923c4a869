/** Makes a backup: everything of a library in one file, which appears under its name only when it is whole. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { LibraryKeys } from '../encryption/library-keys.ts';
import { AppError } from '../../shared/errors.ts';
import type { BackupProgress, BackupSummary } from '../../shared/requests/backup.ts';
import { fileProblem, liesIn, requireSpace, syncToDisk } from './files.ts';
import { byteOrder, DATABASE, formatManifest, hashInName, MANIFEST, summaryOf } from './manifest.ts';
import type { BackupDetails, ManifestEntry, OpenedManifest } from './manifest.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Snapshot, SnapshotFile } from './snapshot.ts';
import { notePart, partName, removeStale, stagingName } from './staging.ts';

export interface BackupJob {
  /** The library's folder. */
  readonly folder: string;
  /** The backup's file; one that is there is replaced. */
  readonly file: string;
  readonly appVersion: string;
  /** Of an encrypted library; null for one that is not. */
  readonly keys: LibraryKeys | null;
}

/** The database alone is worth the time: the rest is compressed already. What is encrypted can't be. */
const DATABASE_LEVEL = 1;

/**
 * Errors: `disk-full`, `file-unreadable`, `file-not-found` (the target's folder), `cancelled`, `interrupted`; after any
 * of them nothing of it is left.
 */
export async function writeBackup(
  job: BackupJob,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<BackupSummary> {
  const { folder, file, keys } = job;
  if (liesIn(dirname(file), folder)) {
    throw new AppError('file-unreadable', 'A backup can’t lie in the library’s own folder.', {
      hint: 'Choose another folder, best on another disk.',
    });
  }
  const staging = join(folder, stagingName('backup'));
  const part = partName(file);
  try {
    // First, so that a folder that can't be written to is told before anything is copied.
    await stat(dirname(file));
    // Of a backup that was killed: half of it may lie where this one goes.
    await removeStale(folder);
    await mkdir(staging);
    await notePart(staging, part);
    const snapshot = await takeSnapshot({ folder, keys, staging, onProgress, signal });
    await requireSpace(dirname(file), bytesOf(snapshot.files));
    const manifest = await writeZip(job, part, snapshot, onProgress, signal);
    await syncToDisk(part, 'file');
    signal.throwIfAborted();
    await rename(part, file);
    await syncToDisk(dirname(file), 'folder');
    return summaryOf(manifest, { name: basename(file), bytes: (await stat(file)).size });
  } catch (error) {
    throw fileProblem(error, file);
  } finally {
    await rm(part, { force: true });
    await rm(staging, { recursive: true, force: true });
  }
}

function bytesOf(files: readonly SnapshotFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function writeZip(
  job: BackupJob,
  part: string,
  snapshot: Snapshot,
  onProgress: (progress: BackupProgress) => void,
  signal: AbortSignal,
): Promise<OpenedManifest> {
  const total = bytesOf(snapshot.files);
  let done = 0;
  const entries: ManifestEntry[] = [];
  const altered: string[] = [];
  const zip = new ZipFile();
  const failure = new AbortController();
  zip.on('error', (error) => failure.abort(error));

  /** A file's bytes, hashed on their way. */
  const read = ({ name, path, bytes }: SnapshotFile): Readable => {
    const hash = createHash('sha256');
    let length = 0;
    const hashing = new Transform({
      transform(piece: Buffer, _encoding, pass) {
        hash.update(piece);
        length += piece.length;
        done += piece.length;
        onProgress({ stage: 'writing', done, total });
        pass(null, piece);
      },
      flush(pass) {
        const sha256 = hash.digest('hex');
        entries.push({ name, bytes: length, sha256 });
        const stated = hashInName(name);
        if (stated !== null && stated !== sha256) altered.push(name);
        pass(length === bytes ? null : new Error(`${name} changed while it was read`));
      },
    });
    pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hashing, { signal }).catch((error: unknown) =>
      failure.abort(error),
    );
    return hashing;
  };

  for (const file of snapshot.files) {
    zip.addReadStreamLazy(
      file.name,
      {
        mode: 0o100600,
        ...(file.name === DATABASE && !job.keys
          ? { compress: true, compressionLevel: DATABASE_LEVEL }
          : { compress: false, size: file.bytes }),
      },
      (give) => give(null, read(file)),
    );
  }
  const details = (): BackupDetails => ({
    appVersion: job.appVersion,
    createdAt: Date.now(),
    byteOrder,
    ...snapshot.facts,
    missing: [...snapshot.missing],
    altered,
  });
  let written: BackupDetails | null = null;
  // Last, when the hashes of all others are known.
  zip.addReadStreamLazy(MANIFEST, { mode: 0o100600 }, (give) => {
    written = details();
    give(null, Readable.from([Buffer.from(formatManifest(written, entries, job.keys?.manifest ?? null))]));
  });
  zip.end();
  try {
    await pipeline(zip.outputStream, createWriteStream(part, { flags: 'wx', mode: 0o600 }), {
      signal: AbortSignal.any([signal, failure.signal]),
    });
  } catch (error) {
    // The abort's own reason says what went wrong; the stream's error says only that it was aborted.
    signal.throwIfAborted();
    throw failure.signal.aborted ? failure.signal.reason : error;
  }
  return { entries, isEncrypted: job.keys !== null, details: written ?? details() };
}
