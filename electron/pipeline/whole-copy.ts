/** Whether a document's stored copy still has its bytes: a disk or another program may have changed them. */
import { createHash } from 'node:crypto';
import { openStored, type StoredFile } from '../encryption/stored-file.ts';
import { errno } from '../errno.ts';
import { AppError, toAppError } from '../../shared/errors.ts';

/** Bytes that are read and hashed at once. */
const PIECE = 1_048_576;

export interface ExpectedBytes {
  /** SHA-256, hex. */
  readonly contentHash: string;
  readonly size: number;
}

/**
 * False for other bytes, also for those of an encrypted copy that do not decrypt. Hashes only what has the right length.
 * @param onPiece Called after each piece.
 * Errors: `cancelled`, `file-not-found`, the system's for what can't be read.
 */
export async function isWhole(
  file: StoredFile,
  { contentHash, size }: ExpectedBytes,
  signal: AbortSignal,
  onPiece: () => void = () => undefined,
): Promise<boolean> {
  try {
    const reader = await openStored(file);
    try {
      if (reader.length !== size) return false;
      const hash = createHash('sha256');
      for (let at = 0; at < size; at += PIECE) {
        signal.throwIfAborted();
        hash.update(await reader.read(at, PIECE));
        onPiece();
      }
      return hash.digest('hex') === contentHash;
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (toAppError(error).code === 'file-changed') return false;
    if (errno(error) !== 'ENOENT') throw error;
    throw new AppError('file-not-found', 'The stored copy is no longer there.', { cause: error });
  }
}
