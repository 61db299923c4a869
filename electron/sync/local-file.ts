/** Files of this computer on their way to the bucket and back: their hashes, and what can be wrong with them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { errno } from '../errno.ts';

/** Bytes that are read at once. */
export const SLICE = 1_048_576;

/** SHA-256, hex, of a file's bytes. Errors: `cancelled`, as `toFileError`. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const slice of createReadStream(path, { highWaterMark: SLICE }) as AsyncIterable<Buffer>) {
      refuseAborted(signal);
      hash.update(slice);
    }
  } catch (thrown) {
    throw toFileError(thrown, path);
  }
  return hash.digest('hex');
}

/** Throws `cancelled` once the signal is aborted. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'This was stopped.', { retryable: true });
}

/**
 * What the system says of a file, in words; others stay as they are.
 * Codes: `disk-full`, `file-not-found`, `file-unreadable`.
 */
export function toFileError(thrown: unknown, path: string): unknown {
  const name = basename(path);
  switch (errno(thrown)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('disk-full', `The disk is full: “${name}” could not be written.`, {
        hint: 'Free some space; what was begun goes on by itself.',
        retryable: true,
        cause: thrown,
      });
    case 'ENOENT':
      return new AppError('file-not-found', `The file “${name}” is no longer there.`, {
        hint: 'Add the document again.',
        cause: thrown,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EIO':
    case 'EISDIR':
    case 'EROFS':
      return new AppError('file-unreadable', `The file “${name}” can't be read or written.`, {
        hint: 'Check the rights of the library’s folder, and the disk.',
        retryable: true,
        cause: thrown,
      });
    default:
      return thrown;
  }
}
