/** Looks through a watched folder: every file that counts, with its size and time. */
import type { Dirent } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { FileStamp } from '../db/watch-types.ts';
import { AppError } from '../../shared/errors.ts';
import { isIgnoredPath } from './watch-rules.ts';

export interface ScannedFile extends FileStamp {
  readonly path: string;
}

export interface Scan {
  readonly files: readonly ScannedFile[];
  /** Folders that could not be read: of what was in them nothing is known. */
  readonly unreadable: readonly string[];
}

/** Folders nested deeper are not looked into. Links are not followed, so that none leads back to where it is. */
const MAX_DEPTH = 64;

/**
 * @param folder Throws `folder-missing` when it is not there: see `assertPresent`.
 * @param excluded A folder that is not looked into.
 */
export async function scanFolder(
  folder: { readonly path: string; readonly mountPoint: boolean },
  excluded: string,
  signal: AbortSignal,
): Promise<Scan> {
  await assertPresent(folder);
  const files: ScannedFile[] = [];
  const unreadable: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH || signal.aborted) return;
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch {
      // Whatever the reason: it is told, so that nothing below it is taken for gone.
      unreadable.push(path);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = join(path, entry.name);
      if (!entry.isFile() && !entry.isDirectory()) continue;
      if (isIgnoredPath(below, entry.isFile(), excluded)) continue;
      if (entry.isDirectory()) {
        await walk(below, depth + 1);
        continue;
      }
      const stamp = await stampOf(below);
      if (stamp) files.push({ path: below, ...stamp });
    }
  };
  await walk(folder.path, 0);
  // Taken away meanwhile: then nothing that was not found is gone.
  await assertPresent(folder);
  return { files, unreadable };
}

/** Whether a path is in one of these folders. */
export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

/** Size and time of a file; null when there is none (any more), or none that can be looked at. */
export async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const status = await lstat(path);
    return status.isFile() ? { size: status.size, modifiedAt: Math.trunc(status.mtimeMs) } : null;
  } catch {
    return null;
  }
}

/** Whether a disk begins at a folder. */
export async function isMountPoint(path: string): Promise<boolean> {
  return (await stat(path)).dev !== (await stat(dirname(path))).dev;
}

/** Throws `folder-missing` unless the folder is there, and its disk, when it is one's own. */
export async function assertPresent({
  path,
  mountPoint,
}: {
  readonly path: string;
  readonly mountPoint: boolean;
}): Promise<void> {
  try {
    if ((await stat(path)).isDirectory() && (!mountPoint || (await isMountPoint(path)))) return;
  } catch (error) {
    throw missing(path, error);
  }
  throw missing(path, null);
}

function missing(path: string, cause: unknown): AppError {
  return new AppError('folder-missing', `The folder “${basename(path)}” is not there now.`, {
    hint: 'If it is on a disk or a server, connect it. Nothing was removed from your library.',
    retryable: true,
    cause,
  });
}
