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

/** One after another, so that they are not all in memory; every text gets words of its own at its end. */
export function* copyDocuments(source: CopySource, count: number): Generator<CopiedDocument> {
  const pagesEach = Math.ceil((CHUNKS_A_DOCUMENT / source.chunks.length) * source.pages.length);
  for (let number = 0; number < count; number += 1) {
    const chunks = Array.from({ length: CHUNKS_A_DOCUMENT }, (_, ordinal) => {
      const chunk = source.chunks[(number * CHUNKS_A_DOCUMENT + ordinal) % source.chunks.length];
      if (!chunk) throw new Error('There are no chunks to copy.');
      const text = `${chunk.text} ${number}.${ordinal}`;
      return { ...chunk, ordinal, text, contentHash: createHash('sha256').update(text).digest() };
    });
    const pages = Array.from({ length: pagesEach }, (_, index) => {
      const page = source.pages[(number + index) % source.pages.length];
      if (!page) throw new Error('There are no pages to copy.');
      return { ...page, number: index + 1 };
    });
    yield { id: randomUUID(), title: `Filing ${number}`, pages, chunks };
  }
}
