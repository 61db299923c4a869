/** The steps of parts, in the order of a round: what makes searching work comes first. */
import { FileSync, type FileSyncOptions } from './files.ts';
import type { PartSync } from '../ports/part-sync.ts';
import { NearestSync } from './nearest.ts';
import { ReadingSync } from './readings.ts';
import { VectorSync } from './vectors.ts';

export interface PartStepsOptions extends Pick<FileSyncOptions, 'parts' | 'remote' | 'onProblem'> {
  /** Null where there is no bucket: files then stay on the computer that has them. */
  readonly files: Omit<FileSyncOptions, 'parts' | 'remote' | 'onProblem'> | null;
}

export interface PartSteps {
  readonly steps: readonly PartSync[];
  /** What fetches an original when a document is opened; null where there is no bucket. */
  readonly files: FileSync | null;
  /** What brings the documents that a question is about. */
  readonly nearest: NearestSync;
}

/**
 * Passages, then their vectors: the library can be searched. Then pages, which show where the words stand, and files.
 * Throws `remote-forbidden` for an encrypted library whose bucket is to get its files as they are.
 */
export function partSteps({ parts, remote, files: fileOptions, onProblem }: PartStepsOptions): PartSteps {
  const vectors = new VectorSync({ parts, remote, onProblem });
  const readings = new ReadingSync({ parts, remote, vectors, onProblem });
  const files = fileOptions && new FileSync({ ...fileOptions, parts, remote, onProblem });
  const nearest = new NearestSync({ remote, readings, vectors });
  return { steps: [readings.passages, vectors, readings.pages, ...(files ? [files] : [])], files, nearest };
}
