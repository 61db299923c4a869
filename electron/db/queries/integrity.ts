/**
 * Checks of the whole database: its pages, its links, and that nothing lies in it that nothing uses.
 */
import type { Connection } from '../connection.ts';
import type { IntegrityReport } from '../database.ts';
import { isChunkOf } from './chunk-ids.ts';
import { withFreshFullText } from './fresh-full-text.ts';

/** What the columns of a document that are derived must hold, as SQL. */
export const derived = {
  chunk_count: `(SELECT count(*) FROM chunks WHERE ${isChunkOf('documents.key')})`,
  embedded_chunks: `(SELECT count(*) FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key
    AND embedder_key = (SELECT key FROM embedders WHERE active = 1) WHERE ${isChunkOf('documents.key')})`,
  text_pages: '(SELECT count(*) FROM pages WHERE document_key = documents.key AND has_text = 1)',
  ocr_pages:
    '(SELECT count(*) FROM recognitions WHERE document_key = documents.key AND confidence IS NOT NULL AND waiting = 0)',
  file_gone: `(EXISTS (SELECT 1 FROM watched_files WHERE document_key = documents.key AND gone = 1 AND watched_files.path = documents.path)
    AND NOT EXISTS (SELECT 1 FROM watched_files WHERE document_key = documents.key AND gone = 0))`,
} as const;

/** Searchable documents of which a chunk between the first and the last is gone. */
export const hasGap = `searchable = 1 AND chunk_count > 0
  AND chunk_count <> 1 + (SELECT max(ordinal) FROM chunks WHERE ${isChunkOf('documents.key')})`;

/** Documents that were read to the end: all their pages are there, and all their chunks from `embedding` on. */
export const wasRead = `coalesce(failed_state, state) IN ('chunking', 'embedding', 'ready')`;

/** Documents of which pages are gone. Where they are still on their way from another computer, nothing is. */
export const lacksPages = `${wasRead} AND page_count > (SELECT count(*) FROM pages WHERE document_key = documents.key)
  AND NOT EXISTS (SELECT 1 FROM sync_documents WHERE document_key = documents.key AND passages_of IS NOT NULL)`;

/** Each counts rows that must not be; `%` in the sentence stands for their number. */
const checks: readonly (readonly [sentence: string, query: string])[] = [
  ['% chunks have no document', 'SELECT count(*) FROM chunks WHERE document_key NOT IN (SELECT key FROM documents)'],
  [
    '% chunks have no full-text row',
    'SELECT count(*) FROM chunks WHERE id NOT IN (SELECT id FROM chunk_index_docsize)',
  ],
  [
    '% full-text rows have no chunk',
    'SELECT count(*) FROM chunk_index_docsize WHERE id NOT IN (SELECT id FROM chunks)',
  ],
  [
    '% vectors have no chunk',
    `SELECT count(*) FROM vectors WHERE text_key NOT IN (SELECT text_key FROM chunks)
       AND text_key NOT IN (SELECT text_key FROM kept_vectors)`,
  ],
  [
    '% vectors are not of the size of their model',
    `SELECT count(*) FROM vectors JOIN embedders ON embedders.key = embedder_key WHERE length(vector) <> 4 * dimensions`,
  ],
  [
    '% documents count their chunks wrongly',
    `SELECT count(*) FROM documents WHERE chunk_count <> ${derived.chunk_count}`,
  ],
  [
    '% documents count their vectors wrongly',
    `SELECT count(*) FROM documents WHERE embedded_chunks <> ${derived.embedded_chunks}`,
  ],
  [
    '% documents count their pages with text wrongly',
    `SELECT count(*) FROM documents WHERE text_pages <> ${derived.text_pages}`,
  ],
  ['% documents lack pages that were read', `SELECT count(*) FROM documents WHERE ${lacksPages}`],
  [
    '% recognised pages are no pages of their document',
    `SELECT count(*) FROM recognitions WHERE NOT EXISTS (
       SELECT 1 FROM pages WHERE pages.document_key = recognitions.document_key AND pages.number = recognitions.number)`,
  ],
  [
    '% documents count their recognised pages wrongly',
    `SELECT count(*) FROM documents WHERE state NOT IN ('queued', 'extracting') AND ocr_pages <> ${derived.ocr_pages}`,
  ],
  ['% searchable documents lack a chunk in their row of chunks', `SELECT count(*) FROM documents WHERE ${hasGap}`],
  [
    '% vectors have a key that is still to be given',
    'SELECT count(*) FROM vectors WHERE key >= (SELECT next_key FROM vector_state)',
  ],
  [
    '% prompts hold passages of documents that were deleted',
    `SELECT count(*) FROM message_traces WHERE prompt IS NOT NULL AND message_key IN (
       SELECT message_key FROM trace_passages WHERE document_id NOT IN (SELECT id FROM documents))`,
  ],
  ['% messages follow none', 'SELECT count(*) FROM messages WHERE parent_key NOT IN (SELECT key FROM messages)'],
  [
    '% conversations end in a message of another or none',
    `SELECT count(*) FROM conversations WHERE EXISTS (SELECT 1 FROM messages WHERE conversation_key = conversations.key)
       AND NOT EXISTS (SELECT 1 FROM messages WHERE key = leaf_key AND conversation_key = conversations.key)`,
  ],
  [
    '% finished messages have no full-text row, or a full-text row no message',
    `SELECT (SELECT count(*) FROM messages WHERE state <> 'streaming' AND key NOT IN (SELECT id FROM message_index_docsize))
       + (SELECT count(*) FROM message_index_docsize WHERE id NOT IN (SELECT key FROM messages))`,
  ],
  [
    '% places in collections have no collection or no document',
    `SELECT count(*) FROM collection_documents WHERE collection_key NOT IN (SELECT key FROM collections)
       OR document_key NOT IN (SELECT key FROM documents)`,
  ],
  [
    '% tags have no document',
    'SELECT count(*) FROM document_tags WHERE document_key NOT IN (SELECT key FROM documents)',
  ],
  [
    '% favourites have no document',
    'SELECT count(*) FROM favourites WHERE document_key NOT IN (SELECT key FROM documents)',
  ],
  [
    '% files of an import are added without a document',
    `SELECT count(*) FROM import_files WHERE state IN ('added', 'duplicate', 'cancelling') AND document_key IS NULL`,
  ],
  [
    '% documents are marked as without their file, or not marked, wrongly',
    `SELECT count(*) FROM documents WHERE file_gone <> ${derived.file_gone}`,
  ],
  [
    '% times of reading have no document',
    'SELECT count(*) FROM document_stages WHERE document_key NOT IN (SELECT key FROM documents)',
  ],
  [
    '% written pieces have no document that is still there',
    `SELECT count(*) FROM written_pieces WHERE NOT EXISTS (
       SELECT 1 FROM written_documents WHERE piece_key = written_pieces.key AND document_id IN (SELECT id FROM documents))`,
  ],
  [
    '% written pieces keep a prompt or parts with text of documents that were deleted',
    `SELECT count(*) FROM written_pieces WHERE EXISTS (
       SELECT 1 FROM written_documents WHERE piece_key = written_pieces.key AND document_id NOT IN (SELECT id FROM documents))
       AND (sent_prompt IS NOT NULL OR EXISTS (SELECT 1 FROM written_parts WHERE piece_key = written_pieces.key))`,
  ],
  [
    '% documents of model calls have no call',
    'SELECT count(*) FROM model_call_documents WHERE call_id NOT IN (SELECT id FROM model_calls)',
  ],
  [
    '% files of documents are marked for removal',
    'SELECT count(*) FROM documents WHERE content_hash IN (SELECT content_hash FROM pending_file_deletions)',
  ],
];

export function integrityQueries(connection: Connection): () => IntegrityReport {
  // With SQLite 3.44 and later it checks the full-text index too.
  const check = connection.prepare<[], string>('PRAGMA integrity_check').pluck();
  const foreignKeys = connection.prepare<[], { table: string; parent: string }>('PRAGMA foreign_key_check');
  const counts = checks.map(([sentence, query]) => ({
    sentence,
    count: connection.prepare<[], number>(query).pluck(),
  }));
  const checked = withFreshFullText(connection);
  const report = (): IntegrityReport => {
    const problems = check.all().filter((line) => line !== 'ok');
    for (const { table, parent } of foreignKeys.all())
      problems.push(`A row of ${table} points to no row of ${parent}.`);
    for (const { sentence, count } of counts) {
      const found = count.get() ?? 0;
      if (found > 0) problems.push(`${sentence.replace('%', String(found))}.`);
    }
    return { ok: problems.length === 0, problems };
  };
  return () => checked(report);
}
