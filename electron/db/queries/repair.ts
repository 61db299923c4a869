/**
 * Repairs of a library of which the integrity checks tell: what can be made anew from the rest (counts, indexes), and rows
 * that nothing leads to any more. What a person wrote or read is not touched. Of the rest the checks tell afterwards.
 */
import type { Connection } from '../connection.ts';
import type { IntegrityReport } from '../database.ts';
import { derived, hasGap, integrityQueries } from './integrity.ts';

export interface RepairReport extends IntegrityReport {
  /** One sentence for each thing that was repaired. */
  readonly repaired: readonly string[];
}

/** Each changes the rows that are wrong, in this order; `%` in the sentence stands for their number. */
const repairs: readonly (readonly [sentence: string, statement: string])[] = [
  [
    '% passages without a document were removed.',
    'DELETE FROM chunks WHERE document_key NOT IN (SELECT key FROM documents)',
  ],
  [
    '% vectors that no passage uses, or of a wrong size, were removed.',
    `DELETE FROM vectors WHERE embedder_key NOT IN (SELECT key FROM embedders)
       OR length(vector) <> 4 * (SELECT dimensions FROM embedders WHERE embedders.key = embedder_key)
       OR (text_key NOT IN (SELECT text_key FROM chunks) AND text_key NOT IN (SELECT text_key FROM kept_vectors))`,
  ],
  [
    'The count of vectors was put right.',
    `UPDATE vector_state SET next_key = 1 + (SELECT max(key) FROM vectors), deletions = deletions + 1
     WHERE next_key <= (SELECT max(key) FROM vectors)`,
  ],
  [
    '% recognised pages that their document does not have were forgotten.',
    `DELETE FROM recognitions WHERE NOT EXISTS (
       SELECT 1 FROM pages WHERE pages.document_key = recognitions.document_key AND pages.number = recognitions.number)`,
  ],
  ['Passages were counted again, in % documents.', recount('chunk_count')],
  ['Vectors were counted again, in % documents.', recount('embedded_chunks')],
  ['Pages with text were counted again, in % documents.', recount('text_pages')],
  [
    'Recognised pages were counted again, in % documents.',
    `${recount('ocr_pages')} AND state NOT IN ('queued', 'extracting')`,
  ],
  ['Files that are gone were marked again, in % documents.', recount('file_gone')],
  [
    'Passages are made again from the pages, in % documents: one was missing.',
    `UPDATE documents SET state = 'chunking', searchable = 0, error = NULL, failed_state = NULL WHERE ${hasGap}`,
  ],
  [
    '% prompts with passages of deleted documents were removed.',
    `UPDATE message_traces SET prompt = NULL, prompt_removed = 1 WHERE prompt IS NOT NULL AND message_key IN (
       SELECT message_key FROM trace_passages WHERE document_id NOT IN (SELECT id FROM documents))`,
  ],
  [
    '% messages whose question is gone stand at the beginning of their conversation.',
    'UPDATE messages SET parent_key = NULL WHERE parent_key NOT IN (SELECT key FROM messages)',
  ],
  [
    '% conversations end in their last message again.',
    `UPDATE conversations SET leaf_key = (SELECT max(key) FROM messages WHERE conversation_key = conversations.key)
     WHERE EXISTS (SELECT 1 FROM messages WHERE conversation_key = conversations.key)
       AND NOT EXISTS (SELECT 1 FROM messages WHERE key = leaf_key AND conversation_key = conversations.key)`,
  ],
  [
    '% files of an import without a document were forgotten.',
    `DELETE FROM import_files WHERE state IN ('added', 'duplicate', 'cancelling') AND document_key IS NULL`,
  ],
  [
    'The files of % documents are kept, which were marked for removal.',
    'DELETE FROM pending_file_deletions WHERE content_hash IN (SELECT content_hash FROM documents)',
  ],
];

function recount(column: keyof typeof derived): string {
  return `UPDATE documents SET ${column} = ${derived[column]} WHERE ${column} <> ${derived[column]}`;
}

interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string | null;
  readonly onDelete: string;
}

/** Looks a library through, repairs what can be repaired without loss, and looks again. */
export function repairLibrary(connection: Connection): RepairReport {
  const integrity = integrityQueries(connection);
  const before = integrity();
  if (before.ok) return { ...before, repaired: [] };
  const repaired: string[] = [];
  // What else SQLite says of the file is not written over.
  if (before.problems.every((problem) => isMendable(problem))) {
    // What the repairs look through.
    if (before.problems.some(isOfAnIndex)) connection.exec('REINDEX');
    connection.transaction(() => repair(connection, before.problems, repaired)).immediate();
  }
  return { ...integrity(), repaired };
}

/** SQLite's own lines on an index, which is made anew from its table. */
function isOfAnIndex(problem: string): boolean {
  return /^(?:row \d+ missing from index|wrong # of entries in index)/.test(problem);
}

function isMendable(problem: string): boolean {
  // Ours begin with a number, or with the row that points to nothing.
  return isOfAnIndex(problem) || /^(?:\d+ |A row of |malformed inverted index for FTS5 table)/.test(problem);
}

function repair(connection: Connection, problems: readonly string[], repaired: string[]): void {
  const told = (sentence: string, changes: number): void => {
    if (changes > 0) repaired.push(sentence.replace('%', changes.toLocaleString('en')));
  };
  connection.pragma('defer_foreign_keys = ON');
  for (const { name, column, parent, parentColumn, onDelete } of foreignKeys(connection)) {
    const isOrphan = `"${column}" IS NOT NULL AND "${column}" NOT IN (SELECT "${parentColumn ?? 'key'}" FROM "${parent}")`;
    if (onDelete === 'CASCADE') {
      const { changes } = connection.prepare(`DELETE FROM "${name}" WHERE ${isOrphan}`).run();
      told(`% rows of ${name} that belonged to nothing were removed.`, changes);
    } else if (onDelete === 'SET NULL') {
      const { changes } = connection.prepare(`UPDATE "${name}" SET "${column}" = NULL WHERE ${isOrphan}`).run();
      told(`% rows of ${name} that pointed to nothing were put right.`, changes);
    }
  }
  for (const [sentence, statement] of repairs) told(sentence, connection.prepare(statement).run().changes);
  if (problems.some((problem) => /full-text|FTS5|chunks have no document/.test(problem))) {
    connection.exec(`
      INSERT INTO chunk_index (chunk_index) VALUES ('delete-all');
      INSERT INTO chunk_index (rowid, context, body, terms) SELECT id, context_text, text, search_terms FROM chunks ORDER BY id;
      INSERT INTO message_index (message_index) VALUES ('delete-all');
      INSERT INTO message_index (rowid, text) SELECT key, text FROM messages WHERE state <> 'streaming';
    `);
    repaired.push('The indexes of words were made anew.');
  } else if (problems.some(isOfAnIndex)) {
    repaired.push('The indexes were made anew.');
  }
}

function foreignKeys(connection: Connection): readonly ForeignKey[] {
  return connection
    .prepare<[], ForeignKey>(
      `SELECT tables.name, keys."from" AS "column", keys."table" AS parent, keys."to" AS parentColumn, keys.on_delete AS onDelete
       FROM sqlite_schema AS tables JOIN pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'`,
    )
    .all();
}
