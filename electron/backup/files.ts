/** Files of backups: what their errors mean, how they reach the disk, what room they have. */
import { open, readdir, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { errno } from '../errno.ts';

/** Bytes that a disk should have left beside what is written. */
const RESERVE = 16 * 1024 ** 2;

/** Says of a failed file operation what happened to which file; others pass as they are. */
export function fileProblem(error: unknown, path: string): unknown {
  const file = basename(path);
  switch (errno(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('disk-full', `The disk is full: ${file} was not written.`, {
        hint: 'Free some space on it, or choose another disk. Nothing half-written was left behind.',
        retryable: true,
        cause: error,
      });
    case 'EFBIG':
      return new AppError('disk-full', `The disk takes no file as large as ${file} would be.`, {
        hint: 'Choose a disk of another format: FAT32, which many sticks have, ends at 4 GB.',
        cause: error,
      });
    case 'ENOENT':
      return new AppError('file-not-found', `${file} is not there.`, {
        hint: 'Check that its disk is connected and that the folder still exists.',
        retryable: true,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EISDIR':
    case 'EBUSY':
    case 'EIO':
      return new AppError('file-unreadable', `${file} can’t be read or written.`, {
        hint: 'Check that you may write to its folder and that no other program has it open, or choose another.',
        retryable: true,
        cause: error,
      });
    default:
      return error;
  }
}

/** Throws `disk-full` when a folder's disk has no room for so many bytes. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeSpace(folder);
  if (free === null || free >= bytes + RESERVE) return;
  const megabytes = (count: number): string => `${Math.ceil(count / 1_000_000).toLocaleString('en')} MB`;
  throw new AppError(
    'disk-full',
    `This takes ${megabytes(bytes + RESERVE)}, and the disk of the folder “${basename(folder)}” has ${megabytes(free)} left.`,
    { hint: 'Free some space on it, or choose another disk.', retryable: true },
  );
}

/** Bytes that are free to this person; null when the system does not tell. */
export async function freeSpace(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // Some network file systems do not tell; a write that fails will.
    return null;
  }
}

/** Brings a file, or the names in a folder, to the disk. */
export async function syncToDisk(path: string, kind: 'file' | 'folder'): Promise<void> {
  // Windows opens no folder; there a rename is journalled by itself.
  if (kind === 'folder' && process.platform === 'win32') return;
  const handle = await open(path, kind === 'file' ? 'r+' : 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes of a folder's own files; 0 when it is not there. */
export async function folderBytes(folder: string, accept: (name: string) => boolean = () => true): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    if (!accept(name)) continue;
    try {
      const found = await stat(join(folder, name));
      bytes += found.isDirectory() ? await folderBytes(join(folder, name)) : found.size;
    } catch (error) {
      // It went while they were counted.
      if (errno(error) !== 'ENOENT') throw error;
    }
  }
  return bytes;
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}

/** True when `path` lies in `folder` or is it. */
export function liesIn(path: string, folder: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (at === folder) return true;
    if (dirname(at) === at) return false;
  }
}
