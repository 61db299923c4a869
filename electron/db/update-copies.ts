/**
 * Copies of the library from before an update (`library.db.v<format>.backup`): a safety net of the update alone. They
 * hold all text of their time, so that they go with the first deletion, and a week later in any case.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Milliseconds. */
const KEPT_FOR = 7 * 24 * 3_600_000;

/** @param path The library file. */
export function updateCopy(path: string, version: number): string {
  return `${path}.v${version}.backup`;
}

function updateCopies(path: string): string[] {
  const folder = dirname(path);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(path)}.v`) && name.endsWith('.backup'))
    .map((name) => join(folder, name));
}

/**
 * Removes the copies.
 * @returns How many are left: Windows refuses to remove a file that another program has open.
 */
export function removeUpdateCopies(path: string): number {
  for (const copy of updateCopies(path)) {
    try {
      rmSync(copy, { force: true });
    } catch {
      // Counted below.
    }
  }
  return updateCopies(path).length;
}

/** Removes the copies when the update was longer ago than the net is needed. */
export function removeOldUpdateCopies(path: string): void {
  const isOld = (copy: string) =>
    Date.now() - (statSync(copy, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > KEPT_FOR;
  if (updateCopies(path).some(isOld)) removeUpdateCopies(path);
}
