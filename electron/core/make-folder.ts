/** Makes the library's folder, with those above it that are missing. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/**
 * Step by step: Node's own recursive mkdir never ends on file systems that answer "no such folder" to every attempt, as
 * /proc does. Throws `file-unreadable` when it can't be made.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (existsSync(path)) return;
    throw new AppError('file-unreadable', `The folder ${path} can’t be made.`, {
      hint: 'Check that the disk is connected and that you may write there, or choose another data folder.',
      cause: error,
    });
  }
}
