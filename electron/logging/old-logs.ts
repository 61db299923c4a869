/** The logs of before they moved to the data folder: they held messages, with names of files in them. */
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errno.ts';

const names = ['quire.log', 'quire.log.1'];
const leftAsItIs: ReadonlySet<string | null> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT']);

/**
 * Removes them, and the folder if nothing else is in it.
 * @param folder Where Electron would have logs.
 */
export async function removeOldLogs(folder: string): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
  try {
    await rmdir(folder);
  } catch (error) {
    // Somebody else's files are in it, or it never was there.
    if (!leftAsItIs.has(errno(error))) throw error;
  }
}
