/** Pages, chunks and vectors for tests of the parts of a remote library. */
import { createHash } from 'node:crypto';
import type { ChunkRow, PageRow, VectorSpace } from '../../electron/sync/ports/remote-parts.ts';
import { entityAt, type RemoteAccount } from './remote-library.ts';

/** As chunks have it: half of a SHA-256. */
export const hash = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 16);

export function page(number: number, change: Partial<PageRow> = {}): PageRow {
  const geometry = Buffer.from([number, 0, 255]);
  const size = { width: 595.28, height: 841.89, rotation: 90 };
  return { number, ...size, hasText: true, source: 'content', text: `page ${number} ü`, geometry, ...change };
}

export function chunk(ordinal: number, text = `text ${ordinal}`): ChunkRow {
  return {
    ordinal,
    page: ordinal,
    pageEnd: ordinal + 1,
    tokenCount: 200,
    contentHash: hash(text),
    ranges: `[[0,${ordinal}]]`,
    headingPath: '["A\\u0000","B"]',
    boxes: Buffer.from([1, 2, 3]),
    contextText: 'context',
    searchTerms: 'terms',
    text,
  };
}

export interface NewDocument {
  readonly id: string;
  readonly texts: readonly string[];
  readonly reading?: string;
  /** The moment of its register. */
  readonly at?: number;
}

/** A document whose register names a reading of these texts, with a vector for each. */
export async function addDocumentTo(
  { parts, store, device }: RemoteAccount,
  space: VectorSpace,
  { id, texts, reading = 'r1', at = 1 }: NewDocument,
): Promise<void> {
  await parts.putPages(id, reading, [page(1)]);
  await parts.putChunks(
    id,
    reading,
    texts.map((text, ordinal) => chunk(ordinal, text)),
  );
  await parts.putVectors(
    space,
    texts.map((text) => ({ contentHash: hash(text), vector: vectorOf(text) })),
  );
  await store.push(device.id, [
    entityAt(at, 'document', id, { reading: { id: reading, pages: 1, chunks: texts.length } }),
  ]);
}

/** Four numbers from a text of the form `angle 30`: on a circle, so that the order of cosines is known. */
export function vectorOf(text: string): Float32Array {
  const angle = (Number(text.split(' ')[1] ?? 0) * Math.PI) / 180;
  return new Float32Array([Math.cos(angle), Math.sin(angle), 0, 0]);
}
