/**
 * Puts a library's files under other keys, or under none, one by one. The names tell how far it came: what has its name
 * of before is still to do, and whatever has a name, of before or of after, is whole. What goes is renamed before it is
 * overwritten, so that half of it is never taken for a file.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileProblem, requireSpace, syncToDisk } from '../backup/files.ts';
import { BlobStore, isContentHash, type FileStoreKeys } from '../pipeline/blobs.ts';
import type { DocumentFormat } from '../../shared/domain.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import { isUnderFilesKey, newFileKeys, sealedSize, type FileKind } from './sealed-file.ts';
import { createStored, openStored, type StoredFile } from './stored-file.ts';
import { wipe } from './wipe.ts';

export interface OwnedFile {
  /** SHA-256, hex, of the document's bytes. */
  readonly contentHash: string;
  readonly format: DocumentFormat;
  /** What the person knows the document by. */
  readonly name: string;
}

export interface FilesTurn {
  /** The library's folder. */
  readonly folder: string;
  /** Every document of the library. */
  readonly owned: readonly OwnedFile[];
  /** Null: not encrypted. */
  readonly from: FileStoreKeys | null;
  readonly to: FileStoreKeys | null;
  /** Told after each step that a kill can't take back, and before the next. */
  readonly onStep?: (step: FileStep) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export type FileStep = 'written' | 'named' | 'aside' | 'gone';

interface Task {
  readonly kind: FileKind;
  readonly document: OwnedFile;
  readonly source: string;
  readonly target: string;
  /** Bytes on the disk. */
  readonly bytes: number;
}

/** Bytes read in one go. */
const PIECE = 1024 ** 2;
/** Of a file that is being written, and of one that is about to be overwritten: `BlobStore` takes neither for a document. */
const PART = '.part';
const GONE = '.gone.part';

/**
 * Does what is still to do, and removes what no document owns. Can be called again after it was interrupted anywhere, the
 * other way round, too. A document whose file is missing stays without.
 * Errors: `file-changed` with the document's name for an encrypted file that was damaged, `wrong-key` when a document's
 * file may be one under keys that are neither those of before nor those of after, `disk-full`, `cancelled`.
 */
export async function turnFiles(turn: FilesTurn): Promise<void> {
  const { folder, from, to, onProgress, signal } = turn;
  const before = new BlobStore(folder, from);
  const after = new BlobStore(folder, to);
  await after.prepare();
  const tasks = await findTasks(turn.owned, before, after);
  await refuseOtherKeys(turn, before, after);
  const total = tasks.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  onProgress?.(done, total);
  for (const task of tasks) {
    signal?.throwIfAborted();
    try {
      await turnFile(task, before, turn);
    } catch (error) {
      throw nameDocument(fileProblem(error, task.source), task);
    }
    onProgress?.((done += task.bytes), total);
  }
  await removeOthers(turn.owned, after, folder);
}

async function findTasks(owned: readonly OwnedFile[], before: BlobStore, after: BlobStore): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const document of owned) {
    const { contentHash, format } = document;
    const files = [
      { kind: 'original', source: before.file(contentHash, format), target: after.file(contentHash, format) },
      { kind: 'picture', source: before.thumbnail(contentHash), target: after.thumbnail(contentHash) },
    ] as const;
    for (const file of files) {
      // Under the same keys on both sides it has its place already, and must not be taken for a copy of itself.
      if (file.source === file.target) continue;
      if (existsSync(file.source)) tasks.push({ ...file, document, bytes: (await stat(file.source)).size });
    }
  }
  return tasks;
}

/** SECURITY: what no document owns is overwritten in the end; a file that only other keys can read may be all there is of one. */
async function refuseOtherKeys(
  { owned, folder, from, to }: FilesTurn,
  before: BlobStore,
  after: BlobStore,
): Promise<void> {
  const places = owned.map(({ contentHash, format, name }) => ({
    name,
    paths: [before.file(contentHash, format), after.file(contentHash, format)],
  }));
  const missing = places.find(({ paths }) => !paths.some((path) => existsSync(path)));
  if (!missing) return;
  const known = new Set(places.flatMap(({ paths }) => paths));
  const blobs = join(folder, 'blobs');
  for (const name of await readdir(blobs)) {
    const path = join(blobs, name);
    // Encrypted files alone are named like this.
    if (!isContentHash(name) || known.has(path)) continue;
    if (await isUnderAny([from, to], path)) continue;
    throw new AppError('wrong-key', `“${missing.name}” may be encrypted with other keys than this library’s own.`, {
      hint: 'Nothing was removed. Type the password that this library had then, or its recovery code.',
    });
  }
}

async function isUnderAny(keys: readonly (FileStoreKeys | null)[], path: string): Promise<boolean> {
  for (const each of keys) if (each && (await isUnderFilesKey(each.files, path))) return true;
  return false;
}

async function turnFile(task: Task, before: BlobStore, { to, onStep, signal }: FilesTurn): Promise<void> {
  const { kind, source, target } = task;
  if (!existsSync(target)) {
    const written = await writeCopy(task, before, to, signal);
    if (written) {
      onStep?.('written');
      await rename(written, target);
      await syncToDisk(dirname(target), 'folder');
      onStep?.('named');
    } else if (kind === 'original') {
      throw new AppError('file-changed', 'An encrypted file of the library was damaged or changed.');
    }
  }
  const gone = `${source}${GONE}`;
  await rename(source, gone);
  await syncToDisk(dirname(source), 'folder');
  onStep?.('aside');
  await wipe(gone);
  onStep?.('gone');
}

/** A whole copy on the disk, read again and compared; null when the file itself can't be read any more. */
async function writeCopy(
  { kind, document: { contentHash, format }, target, bytes }: Task,
  before: BlobStore,
  to: FileStoreKeys | null,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const part = `${target}${PART}`;
  await wipe(part);
  await requireSpace(dirname(target), sealedSize(bytes));
  const keys = to && newFileKeys(to.files);
  let read: string | null;
  const writer = await createStored(part, keys, kind);
  try {
    const stored = kind === 'original' ? before.stored(contentHash, format) : before.storedThumbnail(contentHash);
    read = await hashOf(stored, (piece) => writer.write(piece), signal);
    if (read !== null) {
      await writer.finish(contentHash);
      await writer.sync();
    }
  } catch (error) {
    await writer.close();
    await wipe(part);
    throw error;
  }
  await writer.close();
  if (read === null) {
    await wipe(part);
    return null;
  }
  const written: StoredFile = { path: part, key: keys && { ...keys, kind, contentHash } };
  if ((await hashOf(Promise.resolve(written), () => Promise.resolve(), signal)) !== read) {
    await wipe(part);
    throw new AppError('file-unreadable', `${basename(part)} is not what was written to it.`, {
      hint: 'Nothing was lost. Check the disk, then try again.',
      retryable: true,
    });
  }
  return part;
}

/** SHA-256, hex, of what it reads; null when it was changed. */
async function hashOf(
  stored: Promise<StoredFile>,
  onPiece: (piece: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    const reader = await openStored(await stored);
    try {
      for (let at = 0; at < reader.length; at += PIECE) {
        signal?.throwIfAborted();
        const piece = await reader.read(at, PIECE);
        hash.update(piece);
        await onPiece(piece);
      }
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (toAppError(error).code === 'file-changed') return null;
    throw error;
  }
  return hash.digest('hex');
}

/** What a kill left of a copy or of a file that was to be overwritten, and what no document owns. */
async function removeOthers(owned: readonly OwnedFile[], after: BlobStore, folder: string): Promise<void> {
  const known = new Set(
    owned.flatMap(({ contentHash, format }) => [after.file(contentHash, format), after.thumbnail(contentHash)]),
  );
  for (const kind of ['blobs', 'thumbs']) {
    for (const name of await readdir(join(folder, kind))) {
      const path = join(folder, kind, name);
      if (!known.has(path)) await wipe(path);
    }
  }
}

/** Says of a file that can't be read which document it is of. */
function nameDocument(error: unknown, { document: { name } }: Task): unknown {
  if (toAppError(error).code !== 'file-changed') return error;
  return new AppError(
    'file-changed',
    `The stored file of “${name}” was damaged or changed, so it can’t be taken over.`,
    {
      hint: 'Delete the document, or restore a backup of this library, then try again.',
      cause: error,
    },
  );
}
