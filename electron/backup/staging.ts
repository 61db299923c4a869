/**
 * Folders that a backup or a restore works in, and the file that a backup writes beside its target. Each folder names its
 * process, so that what a killed one left behind can be told from what another is using; a note in it says which file of
 * the person's folder is only half a backup.
 */
import { randomBytes } from 'node:crypto';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errno } from '../errno.ts';
import { namesIn, syncToDisk } from './files.ts';

const pattern = /^(?:backup|.+\.restore)-(\d+)-[0-9a-f]{8}\.tmp$/;
const partPattern = /.\.[0-9a-f]{8}\.part$/;
/** In a staging folder: the path of the part that is written. */
export const NOTE = 'part-path';

export function stagingName(purpose: string): string {
  return `${purpose}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** A name beside a backup's target, which no file of the person's has. */
export function partName(target: string): string {
  return `${target}.${randomBytes(4).toString('hex')}.part`;
}

/** Keeps on the disk which part is about to be written, for `removeStale` after a kill. */
export async function notePart(staging: string, part: string): Promise<void> {
  await writeFile(join(staging, NOTE), part, { flag: 'wx', mode: 0o600 });
  await syncToDisk(join(staging, NOTE), 'file');
  await syncToDisk(staging, 'folder');
}

/** Removes what processes that are no more left in a folder, and the parts that they wrote elsewhere. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const staging = join(folder, name);
    const isPartGone = await removePart(staging);
    // Of a part on a disk that is not connected the note stays, for a start at which it is.
    for (const inside of await namesIn(staging)) {
      if (isPartGone || inside !== NOTE) await rm(join(staging, inside), { recursive: true, force: true });
    }
    if (isPartGone) await rm(staging, { recursive: true, force: true });
  }
}

/** Whether nothing of the part that the note tells of is left. It and nothing else goes. */
async function removePart(staging: string): Promise<boolean> {
  let part: string;
  try {
    part = await readFile(join(staging, NOTE), 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return true;
    throw error;
  }
  // A note that was cut off names no part.
  if (!isAbsolute(part) || !partPattern.test(part)) return true;
  try {
    if ((await lstat(part)).isFile()) await rm(part);
    return true;
  } catch (error) {
    if (errno(error) !== 'ENOENT') return false;
    return lstat(dirname(part)).then(
      () => true,
      () => false,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) !== 'ESRCH';
  }
}
