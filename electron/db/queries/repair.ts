/**
 * Repairs of a library of which the integrity checks tell: what can be made anew from the rest (counts, indexes, passages,
 * pages of which the original is there), and such rows that nothing leads to any more. What a person wrote is not touched:
 * where something of it is gone, or what it belongs to, nothing is repaired and the report says what is lost.
 */
import type { DocumentFormat } from '../../../shared/domain.ts';
import type { Connection } from '../connection.ts';
import type { IntegrityReport } from '../database.ts';
import { derived, hasGap, integrityQueries, lacksPages, wasRead } from './integrity.ts';

export interface RepairReport extends IntegrityReport {
  /** One sentence for each thing that was repaired. */
  readonly repaired: readonly string[];
}

/** Whether the file that a document was read from is there. */
export type HasOriginal = (contentHash: string, format: DocumentFormat) => boolean;

/** Tables that are made of the originals, of watched folders and of what sync knows; a row of any other can't be made again. */
const madeAgain: ReadonlySet<string> = new Set([
  ...['pages', 'chunks', 'vectors', 'recognitions', 'kept_vectors', 'document_stages'],
  ...['arriving_pages', 'arriving_chunks'],
  ...['import_files', 'watched_files', 'watched_exclusions', 'sync_parts', 'sync_documents'],
]);

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
  // Before they are counted: what is left then says nothing of those that are gone.
  [
    'Passages are made again from the pages, in % documents: some were missing.',
    `UPDATE documents SET state = 'chunking', searchable = 0, error = NULL, failed_state = NULL
     WHERE ${wasRead} AND (chunk_count > ${derived.chunk_count} OR (${hasGap}))`,
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
    '% prompts with passages of deleted documents were removed.',
    `UPDATE message_traces SET prompt = NULL, prompt_removed = 1 WHERE prompt IS NOT NULL AND message_key IN (
       SELECT message_key FROM trace_passages WHERE document_id NOT IN (SELECT id FROM documents))`,
  ],
  [
    '% messages whose question is gone stand at the beginning of their conversation.',
    `UPDATE messages SET parent_key = NULL
     WHERE parent_key NOT IN (SELECT key FROM messages) AND NOT ${wasGiven('parent_key')}`,
  ],
  [
    '% conversations end in their last message again.',
    `UPDATE conversations SET leaf_key = (SELECT max(key) FROM messages WHERE conversation_key = conversations.key)
     WHERE EXISTS (SELECT 1 FROM messages WHERE conversation_key = conversations.key)
       AND NOT EXISTS (SELECT 1 FROM messages WHERE key = leaf_key AND conversation_key = conversations.key)
       AND NOT ${wasGiven('leaf_key')}`,
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

/** That a message once had this key, as SQL; when there is none with it, then that message is lost. */
function wasGiven(key: string): string {
  return `(${key} <= (SELECT seq FROM sqlite_sequence WHERE name = 'messages')
    AND ${key} NOT IN (SELECT key FROM messages))`;
}

interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string | null;
  readonly onDelete: string;
}

/**
 * Looks a library through, repairs what can be repaired without loss, and looks again. What can't be comes first in the
 * problems of its report.
 */
export function repairLibrary(connection: Connection, hasOriginal: HasOriginal): RepairReport {
  const integrity = integrityQueries(connection);
  const before = integrity();
  if (before.ok) return { ...before, repaired: [] };
  const lost = lostRows(connection, before.problems);
  // What else SQLite says of the file is not written over.
  if (lost.length > 0 || !before.problems.every((problem) => isMendable(problem))) {
    return { ok: false, problems: [...lost, ...before.problems], repaired: [] };
  }
  const repaired: string[] = [];
  // What the repairs look through.
  if (before.problems.some(isOfAnIndex)) connection.exec('REINDEX');
  connection.transaction(() => repair(connection, before.problems, hasOriginal, repaired)).immediate();
  return { ...integrity(), repaired };
}

/** One sentence for each thing that was lost and can't be made again; to be asked before anything is repaired. */
function lostRows(connection: Connection, problems: readonly string[]): readonly string[] {
  const sentences: string[] = [];
  for (const key of foreignKeys(connection)) {
    // Passages that are made again are found by what cites them.
    if (key.onDelete === 'SET NULL' ? key.parent === 'chunks' : madeAgain.has(key.name)) continue;
    const count = connection
      .prepare<[], number>(`SELECT count(*) FROM "${key.name}" WHERE ${isOrphan(key)}`)
      .pluck()
      .get();
    if (count) sentences.push(`What ${count} rows of ${key.name} belong to is lost: their rows of ${key.parent}.`);
  }
  const tableOf = connection.prepare<[string], string>('SELECT tbl_name FROM sqlite_schema WHERE name = ?').pluck();
  for (const problem of problems) {
    const index = /^wrong # of entries in index (.+)$/.exec(problem)?.[1];
    // It lacks no row of its table, so it has rows that the table lost.
    if (index === undefined || problems.some((other) => other.endsWith(` missing from index ${index}`))) continue;
    const table = tableOf.get(index) ?? index;
    if (!madeAgain.has(table)) sentences.push(`Rows of ${table} are lost that its index ${index} still has.`);
  }
  return sentences;
}

/** SQLite's own lines on an index, which is made anew from its table. */
function isOfAnIndex(problem: string): boolean {
  return /^(?:row \d+ missing from index|wrong # of entries in index)/.test(problem);
}

function isMendable(problem: string): boolean {
  // Ours begin with a number, or with the row that points to nothing.
  return isOfAnIndex(problem) || /^(?:\d+ |A row of |malformed inverted index for FTS5 table)/.test(problem);
}

/** Has documents that lack pages read again, from the first that is missing; without an original they stay as they are. */
function readAgain(connection: Connection, hasOriginal: HasOriginal): number {
  const lacking = connection
    .prepare<[], { key: number; hash: string; format: DocumentFormat }>(
      `SELECT key, content_hash AS hash, format FROM documents WHERE ${lacksPages}`,
    )
    .all();
  const queue = connection.prepare<[number]>(
    `UPDATE documents SET state = 'queued', searchable = 0, error = NULL, failed_state = NULL WHERE key = ?`,
  );
  const readable = lacking.filter(({ hash, format }) => hasOriginal(hash, format));
  for (const { key } of readable) queue.run(key);
  return readable.length;
}

function isOrphan({ column, parent, parentColumn }: ForeignKey): string {
  return `"${column}" IS NOT NULL AND "${column}" NOT IN (SELECT "${parentColumn ?? 'key'}" FROM "${parent}")`;
}

function repair(
  connection: Connection,
  problems: readonly string[],
  hasOriginal: HasOriginal,
  repaired: string[],
): void {
  const told = (sentence: string, changes: number): void => {
    if (changes > 0) repaired.push(sentence.replace('%', changes.toLocaleString('en')));
  };
  connection.pragma('defer_foreign_keys = ON');
  for (const key of foreignKeys(connection)) {
    const { name, column, onDelete } = key;
    if (onDelete === 'CASCADE') {
      const { changes } = connection.prepare(`DELETE FROM "${name}" WHERE ${isOrphan(key)}`).run();
      told(`% rows of ${name} that belonged to nothing were removed.`, changes);
    } else if (onDelete === 'SET NULL') {
      const { changes } = connection.prepare(`UPDATE "${name}" SET "${column}" = NULL WHERE ${isOrphan(key)}`).run();
      told(`% rows of ${name} that pointed to nothing were put right.`, changes);
    }
  }
  told('% documents are read again: pages of them were missing.', readAgain(connection, hasOriginal));
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
