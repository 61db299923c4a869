/**
 * Puts another library in the place of the one that is there, which is kept beside it.
 *
 * Two renames can't be one, so the names tell where a swap was interrupted: with a checked library in `<folder>.restored`
 * (or an earlier one in `<folder>.put-back`) and none in `<folder>`, only the second rename is missing, and the next start
 * makes up for it. What was restored can be restored again and may go; an earlier library is there once and never does.
 */
import { existsSync, renameSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { KeptLibrary } from '../../shared/requests/backup.ts';
import { fileProblem, folderBytes, namesIn, syncToDisk } from './files.ts';
import { DATABASE } from './manifest.ts';

const keptPattern = /^(.+)-before-restore-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)(?:-\d+)?$/;
const accountFolderName = /^[0-9a-f-]{36}$/;

/** How kept libraries of a folder begin. SECURITY: accounts' folders lie side by side, and none sees another's. */
function ownerOf(folder: string): string {
  const name = basename(folder);
  return accountFolderName.test(name) ? name : 'library';
}

/** Null for what is no kept library of this folder; else when it was put aside, in parts. */
function keptParts(folder: string, name: string): readonly string[] | null {
  const [, owner, ...time] = keptPattern.exec(name) ?? [];
  return owner === ownerOf(folder) ? time : null;
}

/** Where a library waits that was checked and is to be swapped in. */
export function readyFolder(folder: string): string {
  return `${folder}.restored`;
}

/** Where an earlier library waits that is to be swapped in. */
export function returningFolder(folder: string): string {
  return `${folder}.put-back`;
}

/** Ends a swap that was interrupted between its two renames; called before a library is looked at. */
export function finishSwap(folder: string): void {
  for (const waiting of [returningFolder(folder), readyFolder(folder)]) {
    if (!existsSync(folder) && existsSync(waiting)) renameSync(waiting, folder);
  }
}

/**
 * Puts what lies in `readyFolder(folder)` in the library's place, which nobody may have open.
 * Answers with the name under which the library of before is kept beside it; null when there was none.
 */
export function swapLibrary(folder: string): Promise<string | null> {
  return swapIn(folder, readyFolder(folder));
}

/**
 * Keeps the library as a restore does; in its place there is none. Nobody may have it open. Answers with the name under
 * which it is kept; null when there was none.
 */
export async function putAside(folder: string): Promise<string | null> {
  // After a kill while it was put under other keys it may have another ending.
  if (!(await namesIn(folder)).some((file) => file.startsWith(DATABASE))) return null;
  const name = unusedName(folder);
  try {
    await rename(folder, join(dirname(folder), name));
    await syncToDisk(dirname(folder), 'folder');
  } catch (error) {
    throw fileProblem(error, folder);
  }
  return name;
}

async function swapIn(folder: string, waiting: string): Promise<string | null> {
  const parent = dirname(folder);
  const wasThere = existsSync(join(folder, DATABASE));
  const name = unusedName(folder);
  const aside = join(parent, name);
  try {
    if (existsSync(folder)) await rename(folder, aside);
    try {
      await rename(waiting, folder);
    } catch (error) {
      // Another process may have opened the library between the two, and made up for the second.
      if (existsSync(waiting) || !existsSync(folder)) {
        if (existsSync(aside)) await rename(aside, folder);
        throw error;
      }
    }
    await syncToDisk(parent, 'folder');
    if (wasThere) return name;
    // Only a lock lay in it, made to keep others out.
    await rm(aside, { recursive: true, force: true });
    return null;
  } catch (error) {
    throw fileProblem(error, folder);
  }
}

/**
 * Puts a kept library in the library's place, which is kept in turn. Errors: `not-found`, `file-unreadable`; after one
 * the kept library is kept as before.
 */
export async function putBack(folder: string, name: string): Promise<string | null> {
  const kept = keptFolder(folder, name);
  const waiting = returningFolder(folder);
  await keepReturning(folder);
  try {
    await rename(kept, waiting);
    return await swapIn(folder, waiting);
  } catch (error) {
    // With no library in its place, the next start puts this one there.
    if (existsSync(waiting) && existsSync(folder)) await rename(waiting, kept);
    throw fileProblem(error, folder);
  }
}

/** Clears away what is left of a swap that did not come to its first rename. */
export async function discardReady(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await rm(readyFolder(folder), { recursive: true, force: true });
  await keepReturning(folder);
}

/** An earlier library that waits from a swap that was interrupted is kept again. */
async function keepReturning(folder: string): Promise<void> {
  const waiting = returningFolder(folder);
  if (existsSync(waiting) && existsSync(folder)) {
    await rename(waiting, join(dirname(folder), unusedName(folder)));
  }
}

/** The libraries that restores put aside, newest first. */
export async function listKept(folder: string): Promise<KeptLibrary[]> {
  const parent = dirname(folder);
  const kept: KeptLibrary[] = [];
  for (const name of await namesIn(parent)) {
    const parts = keptParts(folder, name);
    if (!parts) continue;
    const [day, hours, minutes, seconds] = parts;
    kept.push({
      name,
      keptAt: Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`),
      bytes: await folderBytes(join(parent, name)),
    });
  }
  return kept.sort((a, b) => b.keptAt - a.keptAt || b.name.localeCompare(a.name));
}

/** How many libraries restores put aside. */
export async function countKept(folder: string): Promise<number> {
  return (await namesIn(dirname(folder))).filter((name) => keptParts(folder, name)).length;
}

/** Removes a kept library for good. Errors: `not-found`. */
export async function deleteKept(folder: string, name: string): Promise<void> {
  await rm(keptFolder(folder, name), { recursive: true });
}

/** SECURITY: only what a restore put aside can be named. */
export function keptFolder(folder: string, name: string): string {
  const path = join(dirname(folder), name);
  if (keptParts(folder, name) && basename(path) === name && existsSync(path)) return path;
  throw new AppError('not-found', 'This earlier library is no longer there.');
}

/** The time in UTC, without the colons that Windows refuses. */
function unusedName(folder: string): string {
  const parent = dirname(folder);
  const stem = `${ownerOf(folder)}-before-restore-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!existsSync(join(parent, name))) return name;
  }
}
