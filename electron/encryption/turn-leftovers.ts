/** What lies in and beside a library's folder and is not the library: copies that hold its text under the key of before. */
import { basename, dirname, join } from 'node:path';
import { namesIn } from '../backup/files.ts';
import { NOTE, removeStale } from '../backup/staging.ts';
import { discardReady, readyFolder } from '../backup/swap.ts';
import { wipe } from './wipe.ts';

/** Copies from before an update, and copies for other programs. */
const inFolder = /^(?:library\.db\.v\d+\.backup|opened)$/;
const ofBackup = /^backup-\d+-[0-9a-f]{8}\.tmp$/;
const ofRestore = /^(.+)\.restore-\d+-[0-9a-f]{8}\.tmp$/;

/** Overwrites and removes them. Nobody may have the library open or work on a backup of it. */
export async function wipeLeftovers(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (inFolder.test(name)) await wipe(join(folder, name));
    if (!ofBackup.test(name)) continue;
    for (const inside of await namesIn(join(folder, name))) if (inside !== NOTE) await wipe(join(folder, name, inside));
  }
  // The folders of backups that were killed, and the parts that their notes tell of, which lie elsewhere.
  await removeStale(folder);
  const parent = dirname(folder);
  for (const name of await namesIn(parent)) {
    if (ofRestore.exec(name)?.[1] === basename(folder)) await wipe(join(parent, name));
  }
  // What was restored can be restored again; an earlier library that was to be put back is kept again.
  await wipe(readyFolder(folder));
  await discardReady(folder);
}
