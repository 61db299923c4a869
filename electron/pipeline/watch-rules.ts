/** Which files of a watched folder count. Pure. */
import { basename } from 'node:path';
import { formatOf } from './blobs.ts';

/** Folders that the system keeps on a disk for itself. */
const systemFolders = new Set(['$recycle.bin', 'system volume information', 'lost+found', 'node_modules']);

/** Hidden, and what programs write beside a file while it is open: `~$report.pdf`, `notes.md~`, `.~lock.notes.md#`. */
function isHiddenOrTemporary(name: string): boolean {
  return name.startsWith('.') || name.startsWith('~') || name.endsWith('~');
}

/** Whether a file of this name is read: a PDF, .txt or .md, neither hidden nor temporary. */
export function isWatchedFile(name: string): boolean {
  return !isHiddenOrTemporary(name) && formatOf(name) !== null;
}

/** Whether a folder of this name is looked into. */
export function isWatchedFolder(name: string): boolean {
  return !isHiddenOrTemporary(name) && !systemFolders.has(name.toLowerCase());
}

/**
 * Whether nothing at a path, or below it, counts.
 * @param isFile Null while it is not known what is there.
 * @param excluded A folder that is Quire's own.
 */
export function isIgnoredPath(path: string, isFile: boolean | null, excluded: string): boolean {
  if (path === excluded) return true;
  const name = basename(path);
  if (isFile === null) return isHiddenOrTemporary(name);
  return isFile ? !isWatchedFile(name) : !isWatchedFolder(name);
}
