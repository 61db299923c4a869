/**
 * Folders that a backup or a restore works in. Each names its process, so that what a killed one left behind can be told
 * from what another is using.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errno, namesIn } from './files.ts';

const pattern = /^(?:backup|.+\.restore)-(\d+)-[0-9a-f]{8}\.tmp$/;

export function stagingName(purpose: string): string {
  return `${purpose}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes what processes that are no more left in a folder. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
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
