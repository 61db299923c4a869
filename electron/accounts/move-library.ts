/** Makes the local profile's library an account's. */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import { fileProblem, namesIn, syncToDisk } from '../backup/files.ts';
import type { Registry } from '../db/accounts/registry.ts';
import { accountFolder } from './account-folder.ts';

/**
 * Nobody may have the library open. Can be called again after it was interrupted anywhere.
 * Errors: `library-in-use`, `disk-full`, `file-unreadable`.
 */
export async function moveLocalLibrary(dataFolder: string, accountId: string, registry: Registry): Promise<void> {
  const from = accountFolder(dataFolder, LOCAL_ACCOUNT);
  const to = accountFolder(dataFolder, accountId);
  const parent = dirname(to);
  try {
    // With a folder of its own the move is done, and what is called local now is a new library.
    if (existsSync(from) && !existsSync(to)) {
      await registry.libraries.requireFree(from);
      await rename(from, to);
    }
    for (const name of await namesIn(parent)) {
      const rest = besideLocal(name);
      if (rest !== null) await rename(join(parent, name), join(parent, `${accountId}${rest}`));
    }
    if (existsSync(parent)) await syncToDisk(parent, 'folder');
  } catch (error) {
    throw fileProblem(error, from);
  }
}

/** What restores put beside the local library: how its name goes on after the owner's. Null for all else. */
function besideLocal(name: string): string | null {
  if (name.startsWith('library-before-restore-')) return name.slice('library'.length);
  return name.startsWith(`${LOCAL_ACCOUNT}.`) ? name.slice(LOCAL_ACCOUNT.length) : null;
}
