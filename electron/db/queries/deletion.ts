/**
 * Deletion of documents, and of a document's chunks, so that no full-text row or vector is left without a chunk.
 */
import type { DeletionCounts } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { DeletedDocuments } from '../database.ts';
import { isChunkOf } from './chunk-ids.ts';
import { deletionCheck, type GoneDocument } from './deletion-check.ts';
import { syncForgetting } from './sync/forget.ts';
import { holdsPromptOf, promptRemoval } from './traces.ts';
import { doomedPieces, pieceDeletion } from './written.ts';

interface Doomed {
  readonly key: number;
}

/**
 * As many NULs as the text has bytes. A row that keeps its size is overwritten where it lies, so that what moves about
 * when SQLite balances its pages after the deletion (which `secure_delete` does not clean up) is not the text any more.
 */
const blank = (column: string): string => `${column} = CAST(zeroblob(octet_length(${column})) AS TEXT)`;

export interface ChunkRemoval {
  /**
   * Removes all chunks of a document with their full-text rows, and the vectors that no other chunk uses.
   * Answers with the text keys of the chunks, a JSON array.
   */
  readonly removeChunks: (documentKey: number) => string;
  /** Removes chunks and rows, but no vector: the document is chunked again. `dropKept` comes after that. */
  readonly beginAgain: (documentKey: number) => void;
  /** Removes the vectors of texts that did not come again. */
  readonly dropKept: (documentKey: number) => void;
}

/** All run inside the caller's transaction. */
export function chunkRemoval(connection: Connection): ChunkRemoval {
  const textKeys = connection
    .prepare<[Doomed], string>(
      `SELECT json_group_array(text_key) FROM (SELECT text_key FROM chunks WHERE ${isChunkOf(':key')}
         UNION SELECT text_key FROM kept_vectors WHERE document_key = :key)`,
    )
    .pluck();
  const keepVectors = connection.prepare<[Doomed]>(
    `INSERT OR IGNORE INTO kept_vectors (document_key, text_key)
     SELECT :key, text_key FROM chunks WHERE ${isChunkOf(':key')}`,
  );
  const forgetKept = connection.prepare<[Doomed]>('DELETE FROM kept_vectors WHERE document_key = :key');
  const deleteIndexRows = connection.prepare<[Doomed]>(
    `DELETE FROM chunk_index WHERE rowid IN (SELECT id FROM chunks WHERE ${isChunkOf(':key')})`,
  );
  const blankChunks = connection.prepare<[Doomed]>(
    `UPDATE chunks SET ${['text', 'context_text', 'search_terms', 'heading_path'].map(blank).join(', ')} WHERE ${isChunkOf(':key')}`,
  );
  const deleteChunks = connection.prepare<[Doomed]>(`DELETE FROM chunks WHERE ${isChunkOf(':key')}`);
  const deleteVectors = connection.prepare<[string]>(
    `DELETE FROM vectors WHERE text_key IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.text_key = vectors.text_key)
       AND NOT EXISTS (SELECT 1 FROM kept_vectors WHERE kept_vectors.text_key = vectors.text_key)`,
  );
  const countVectorDeletion = connection.prepare<[number]>('UPDATE vector_state SET deletions = deletions + ?');
  function removeRows(key: number): void {
    deleteIndexRows.run({ key });
    blankChunks.run({ key });
    deleteChunks.run({ key });
  }

  function removeVectors(key: number, keys: string): void {
    forgetKept.run({ key });
    const { changes } = deleteVectors.run(keys);
    if (changes > 0) countVectorDeletion.run(changes);
  }

  return {
    removeChunks(key) {
      const keys = textKeys.get({ key }) ?? '[]';
      if (keys === '[]') return keys;
      removeRows(key);
      removeVectors(key, keys);
      return keys;
    },
    beginAgain(key) {
      keepVectors.run({ key });
      removeRows(key);
    },
    dropKept: (key) => removeVectors(key, textKeys.get({ key }) ?? '[]'),
  };
}

/** Describes and carries out the deletion of documents; ids that do not exist count nothing. */
export function deletionQueries(connection: Connection): {
  describe: (ids: readonly string[]) => DeletionCounts;
  run: (ids: readonly string[]) => DeletedDocuments;
} {
  const doomed = 'SELECT key FROM documents WHERE id IN (SELECT value FROM json_each(:ids))';
  const count = connection.prepare<[{ ids: string }], DeletionCounts>(`SELECT
    (SELECT count(*) FROM (${doomed})) AS documents,
    (SELECT count(*) FROM pages WHERE document_key IN (${doomed})) AS pages,
    (SELECT count(*) FROM (${doomed}) AS doomed CROSS JOIN chunks ON ${isChunkOf('doomed.key')}) AS chunks,
    (SELECT count(*) FROM vectors
      WHERE text_key IN (SELECT text_key FROM (${doomed}) AS doomed CROSS JOIN chunks ON ${isChunkOf('doomed.key')})
      AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.text_key = vectors.text_key AND document_key NOT IN (${doomed}))
    ) AS vectors,
    (SELECT coalesce(sum(1 + has_thumbnail), 0) FROM documents WHERE key IN (${doomed})) AS files,
    (SELECT count(*) FROM citations WHERE document_id IN (SELECT id FROM documents WHERE key IN (${doomed})))
      + (SELECT count(*) FROM written_citations WHERE document_id IN (SELECT id FROM documents WHERE key IN (${doomed}))
        AND piece_key NOT IN (${doomedPieces})) AS citations,
    (SELECT count(*) FROM (${doomedPieces} AND deleted_at IS NULL)) AS pieces,
    (SELECT count(*) FROM message_traces WHERE ${holdsPromptOf('SELECT value FROM json_each(:ids)')})
      + (SELECT count(*) FROM written_pieces WHERE sent_prompt IS NOT NULL AND deleted_at IS NULL
        AND key NOT IN (${doomedPieces}) AND key IN (
          SELECT piece_key FROM written_documents WHERE document_id IN (SELECT value FROM json_each(:ids)))) AS prompts`);
  const selectDoomed = connection.prepare<[string], { key: number; id: string; contentHash: string }>(
    'SELECT key, id, content_hash AS contentHash FROM documents WHERE id IN (SELECT value FROM json_each(?))',
  );
  const listFiles = connection.prepare<[string]>(
    'INSERT OR IGNORE INTO pending_file_deletions (content_hash) VALUES (?)',
  );
  // What was said and where stays; the place on the page is gone.
  const blankCitations = connection.prepare<[string]>(
    `UPDATE citations SET chunk_id = NULL, boxes = x'', ranges = NULL WHERE document_id IN (SELECT value FROM json_each(?))`,
  );
  const blankPages = connection.prepare<[number]>(`UPDATE pages SET ${blank('text')} WHERE document_key = ?`);
  // Of a reading that was still coming.
  const blankArriving = [
    `UPDATE arriving_pages SET ${blank('text')} WHERE document_key = ?`,
    `UPDATE arriving_chunks SET ${['text', 'context_text', 'search_terms', 'heading_path'].map(blank).join(', ')}
     WHERE document_key = ?`,
  ].map((statement) => connection.prepare<[number]>(statement));
  // Pages go with it by their foreign key.
  const deleteDocument = connection.prepare<[number]>('DELETE FROM documents WHERE key = ?');
  const { removeChunks } = chunkRemoval(connection);
  const removePrompts = promptRemoval(connection, blank);
  const { removePieces, clearOthers } = pieceDeletion(connection, blank);
  const forgetInSync = syncForgetting(connection, blank);

  const check = deletionCheck(connection);

  const remove = connection.transaction((ids: string): readonly GoneDocument[] => {
    const rows = selectDoomed.all(ids);
    blankCitations.run(ids);
    removePrompts(ids);
    forgetInSync(ids);
    removePieces(ids);
    clearOthers(ids);
    return rows.map((row) => {
      listFiles.run(row.contentHash);
      const textKeys = removeChunks(row.key);
      blankPages.run(row.key);
      for (const blankRows of blankArriving) blankRows.run(row.key);
      deleteDocument.run(row.key);
      return { ...row, textKeys };
    });
  });

  function freeBytes(): number {
    const [pages, size] = ['freelist_count', 'page_size'].map((name) =>
      Number(connection.pragma(name, { simple: true })),
    );
    return (pages ?? 0) * (size ?? 0);
  }

  function describe(ids: readonly string[]): DeletionCounts {
    return (
      count.get({ ids: JSON.stringify(ids) }) ?? {
        documents: 0,
        pages: 0,
        chunks: 0,
        vectors: 0,
        files: 0,
        citations: 0,
        pieces: 0,
        prompts: 0,
      }
    );
  }

  return {
    describe,
    run(ids) {
      // Only here: storing, which merges the full-text index as it goes, would be a tenth slower.
      connection.pragma('secure_delete = ON');
      try {
        const counts = describe(ids);
        const freeBefore = freeBytes();
        const gone = remove.immediate(JSON.stringify(ids));
        return {
          counts,
          contentHashes: gone.map(({ contentHash }) => contentHash),
          freedBytes: Math.max(0, freeBytes() - freeBefore),
          left: check(gone),
        };
      } finally {
        connection.pragma('secure_delete = OFF');
      }
    },
  };
}
