/** A library of 100,000 passages of real text, in the store's own tables. */
import { createHash, randomUUID } from 'node:crypto';
import type { Store } from '../../electron/db/store.ts';

export const CHUNKS = 100_000;
export const CHUNKS_PER_DOCUMENT = 600;

/** A document that was just stored. */
export interface FilledDocument {
  readonly id: string;
  /** Index of its first text. */
  readonly first: number;
  readonly own: readonly string[];
  readonly hashes: readonly string[];
}

/** Stores the texts as documents of 600 passages; answers with their ids. */
export function fillStore(
  store: Store,
  texts: readonly string[],
  onDocument: (document: FilledDocument) => void = () => undefined,
): string[] {
  const documents: string[] = [];
  for (let first = 0; first < texts.length; first += CHUNKS_PER_DOCUMENT) {
    const id = randomUUID();
    documents.push(id);
    store.documents.insert({
      id,
      contentHash: id,
      path: `/${id}.pdf`,
      title: id,
      format: 'pdf',
      size: 1,
      addedAt: first,
    });
    store.chunks.begin(id);
    const own = texts.slice(first, first + CHUNKS_PER_DOCUMENT);
    const hashes = own.map((text, index) =>
      createHash('sha256')
        .update(`${first + index} ${text}`)
        .digest('hex')
        .slice(0, 32),
    );
    store.chunks.append(
      id,
      own.map((text, index) => chunkOf(text, index, hashes[index] ?? '')),
    );
    store.chunks.finish(id);
    onDocument({ id, first, own, hashes });
  }
  return documents;
}

function chunkOf(text: string, ordinal: number, contentHash: string) {
  const page = 1 + Math.floor(ordinal / 4);
  const ranges = [{ page, start: 0, end: text.length }];
  const boxes = [{ page, x0: 72, y0: 72, x1: 540, y1: 720 }];
  return {
    ordinal,
    page,
    pageEnd: page,
    ranges,
    text,
    contextText: '',
    searchTerms: '',
    headingPath: [],
    boxes,
    tokenCount: 270,
    contentHash,
  };
}
