/** As many documents as a benchmark needs, of the rows of real filings; no two have a text or a vector's hash in common. */
import { createHash, randomUUID } from 'node:crypto';
import type { ChunkRow, PageRow, VectorRow } from '../../electron/sync/ports/remote-parts.ts';

/** Of a document: 200 have 50,000. */
export const CHUNKS_A_DOCUMENT = 250;

export interface CopiedDocument {
  readonly id: string;
  readonly title: string;
  readonly pages: readonly PageRow[];
  readonly chunks: readonly (ChunkRow & VectorRow)[];
}

/** What is copied. */
export interface CopySource {
  readonly pages: readonly PageRow[];
  readonly chunks: readonly (ChunkRow & VectorRow)[];
}

/**
 * One after another, so that they are not all in memory; every text gets words of its own at its end.
 * @param each Chunks of a document; where it is no whole number, some have one more.
 */
export function* copyDocuments(source: CopySource, count: number, each = CHUNKS_A_DOCUMENT): Generator<CopiedDocument> {
  const pagesEach = Math.ceil((each / source.chunks.length) * source.pages.length);
  for (let number = 0; number < count; number += 1) {
    const [first, next] = [Math.round(number * each), Math.round((number + 1) * each)];
    const chunks = Array.from({ length: next - first }, (_, ordinal) => {
      const chunk = source.chunks[(first + ordinal) % source.chunks.length];
      if (!chunk) throw new Error('There are no chunks to copy.');
      const text = `${chunk.text} ${number}.${ordinal}`;
      return { ...chunk, ordinal, text, contentHash: createHash('sha256').update(text).digest().subarray(0, 16) };
    });
    const pages = Array.from({ length: pagesEach }, (_, index) => {
      const page = source.pages[(number + index) % source.pages.length];
      if (!page) throw new Error('There are no pages to copy.');
      return { ...page, number: index + 1 };
    });
    yield { id: randomUUID(), title: `Filing ${number}`, pages, chunks };
  }
}
