/** Citations of a document whose passages are new ones: found again where the passage still stands on its page. */
import type { Connection } from '../connection.ts';
import { isChunkOf } from './chunk-ids.ts';

/** Runs inside the caller's transaction, when all passages are there. */
export function citationBinding(
  connection: Connection,
): (document: { readonly key: number; readonly id: string }) => void {
  const bindings = ['citations', 'written_citations'].map((table) =>
    connection.prepare<[{ key: number; id: string }]>(
      `UPDATE ${table} SET chunk_id = (
         SELECT chunks.id FROM chunks
         WHERE ${isChunkOf(':key')} AND ${table}.page BETWEEN chunks.page AND page_end AND instr(text, quote) > 0
         ORDER BY chunks.id LIMIT 1)
       WHERE document_id = :id AND chunk_id IS NULL`,
    ),
  );
  // Of a document whose file was changed: the passage that has the quote stands for the place that was lost.
  const placings = ['citations', 'written_citations'].map((table) =>
    connection.prepare<[string]>(
      `UPDATE ${table} SET boxes = (SELECT chunks.boxes FROM chunks WHERE chunks.id = chunk_id)
       WHERE document_id = ? AND chunk_id IS NOT NULL AND length(boxes) = 0`,
    ),
  );
  return ({ key, id }) => {
    for (const bind of bindings) bind.run({ key, id });
    for (const place of placings) place.run(id);
  };
}
