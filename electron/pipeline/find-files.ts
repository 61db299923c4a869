/** Finds the files that dropped paths stand for: a file is itself, a folder is every readable file in it. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, toAppError } from '../../shared/errors.ts';
import { fileError, formatOf } from './blobs.ts';

export type FoundFile = { readonly path: string; readonly error: AppError | null };

/** Folders nested deeper are not followed: it stops loops through links. */
const MAX_DEPTH = 32;

/** Named files keep their place even when they can't be read (with the reason); others in folders are passed over. */
export async function findFiles(paths: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    if (path === '') {
      found.push({ path, error: withoutPath() });
      continue;
    }
    try {
      const status = await stat(path);
      if (status.isDirectory()) {
        const before = found.length;
        await walk(path, 0, found);
        if (found.length === before) found.push({ path, error: nothingIn(path) });
      } else {
        // What is neither file nor folder (a pipe, a device) may never end.
        found.push({ path, error: status.isFile() && formatOf(path) ? null : unsupported(path) });
      }
    } catch (error) {
      found.push({ path, error: toAppError(fileError(error, basename(path))) });
    }
  }
  return found;
}

async function walk(folder: string, depth: number, found: FoundFile[]): Promise<void> {
  if (depth > MAX_DEPTH) return;
  const entries = await readEntries(folder, found);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, depth + 1, found);
    else if (entry.isFile() && formatOf(path)) found.push({ path, error: null });
  }
}

/** A folder that can't be read is told, and keeps no other from being read. */
async function readEntries(folder: string, found: FoundFile[]): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    found.push({ path: folder, error: toAppError(fileError(error, basename(folder))) });
    return [];
  }
}

function unsupported(path: string): AppError {
  return new AppError('file-type-unsupported', `“${basename(path)}” is not a PDF, .txt or .md file.`, {
    hint: 'Save or print it as a PDF, then add that.',
  });
}

/** A picture in the clipboard, a file dragged out of an archive: bytes that no path leads to. */
function withoutPath(): AppError {
  return new AppError('file-unreadable', 'What was dropped or pasted is not a file on this computer.', {
    hint: 'Save it as a file first, then add that.',
  });
}

function nothingIn(path: string): AppError {
  return new AppError('file-type-unsupported', `The folder “${basename(path)}” has no PDF, .txt or .md file in it.`, {
    hint: 'Choose another folder.',
  });
}
