/** Stores the citations of a message or of a written piece. */
import type { Citation } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import { packBoxes, packRanges } from './boxes.ts';

const owners = { citations: 'message_key', written_citations: 'piece_key' } as const;

/**
 * Puts citations in the place of those that the owner has; runs inside the caller's transaction. What was deleted while
 * the text was written is left out of them: a chunk alone, or all of a document's place.
 */
export function citationWriter(
  connection: Connection,
  table: keyof typeof owners,
): (ownerKey: number, citations: readonly Citation[]) => void {
  const isThere = connection.prepare<[string], number>('SELECT 1 FROM documents WHERE id = ?').pluck();
  const remove = connection.prepare<[number]>(`DELETE FROM ${table} WHERE ${owners[table]} = ?`);
  const insert = connection.prepare<
    [number, number, string, number | null, string, number, Uint8Array, string | null, string]
  >(
    `INSERT INTO ${table} (${owners[table]}, number, document_id, chunk_id, title, page, boxes, ranges, quote)
     VALUES (?, ?, ?, (SELECT id FROM chunks WHERE id = ?), ?, ?, ?, ?, ?)`,
  );

  function withoutLostPlace(citation: Citation): Citation {
    const { number, documentId, title, page, quote } = citation;
    if (isThere.get(documentId) !== undefined) return citation;
    return { number, documentId, chunkId: null, title, page, boxes: [], quote };
  }

  return (ownerKey, citations) => {
    remove.run(ownerKey);
    for (const { number, documentId, chunkId, title, page, boxes, ranges, quote } of citations.map(withoutLostPlace)) {
      const place = [packBoxes(boxes), packRanges(ranges)] as const;
      insert.run(ownerKey, number, documentId, chunkId, title, page, ...place, quote);
    }
  };
}
