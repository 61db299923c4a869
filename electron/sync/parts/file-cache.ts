/**
 * Which originals a computer keeps. Pure. The text, the vectors and the picture of every document are always here, so that
 * searching needs none of them.
 */
import type { FilesPolicy } from '../../../shared/files-policy.ts';

/** An original, and how it stands here. */
export interface CachedFile {
  readonly documentId: string;
  /** Bytes on this disk, or that it will take. */
  readonly size: number;
  readonly isHere: boolean;
  /** Whether the bucket has it. */
  readonly isThere: boolean;
  /** Whether it is needed here at present: its text is still to be read. */
  readonly isNeeded: boolean;
  readonly pinned: boolean;
  /** Milliseconds since the epoch; 0 when it was never opened here. */
  readonly usedAt: number;
}

/** Those that are to come, the most recently used first: what is kept offline always does, others as far as they fit. */
export function filesToFetch(
  files: readonly CachedFile[],
  { files: wanted, limit }: FilesPolicy,
): readonly CachedFile[] {
  const missing = files.filter(({ isHere, isThere }) => !isHere && isThere);
  const fetched = missing.filter(({ pinned }) => pinned);
  if (wanted === 'on-demand') return fetched;
  let room = (limit ?? Number.POSITIVE_INFINITY) - sumOf(files.filter(({ isHere }) => isHere)) - sumOf(fetched);
  for (const file of missing.filter(({ pinned }) => !pinned).sort((one, other) => other.usedAt - one.usedAt)) {
    // A smaller one behind it may still fit.
    if (file.size > room) continue;
    room -= file.size;
    fetched.push(file);
  }
  return fetched;
}

/** Those that are to go, the least recently used first, until the rest fits. None that the bucket has not. */
export function filesToDrop(files: readonly CachedFile[], { limit }: FilesPolicy): readonly CachedFile[] {
  const here = files.filter(({ isHere }) => isHere);
  let excess = limit === null ? 0 : sumOf(here) - limit;
  const dropped: CachedFile[] = [];
  const spare = here.filter(({ isThere, isNeeded, pinned }) => isThere && !isNeeded && !pinned);
  for (const file of spare.sort((one, other) => one.usedAt - other.usedAt || other.size - one.size)) {
    if (excess <= 0) break;
    excess -= file.size;
    dropped.push(file);
  }
  return dropped;
}

function sumOf(files: readonly CachedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
