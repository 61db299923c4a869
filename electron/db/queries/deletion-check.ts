/**
 * The look after a deletion: whether anything of the documents is left in any table.
 *
 * Which tables hang on documents is asked of the schema, so that one that comes later is looked through as well.
 */
import type { Connection } from '../connection.ts';
import { isChunkOf } from './chunk-ids.ts';

/** A document that was deleted, by all the names that its rows know it under. */
export interface GoneDocument {
  readonly key: number;
  readonly id: string;
  readonly contentHash: string;
  /** JSON array of the text keys of its chunks: what its vectors hung on. */
  readonly textKeys: string;
}

const hasPlace = '(chunk_id IS NOT NULL OR length(boxes) > 0 OR ranges IS NOT NULL)';

/** Each counts what must be nothing; `%` in the words stands for the number. */
const checks: readonly (readonly [words: string, query: string])[] = [
  ['% documents', 'SELECT count(*) FROM documents WHERE key = :key OR id = :id'],
  ['% passages', `SELECT count(*) FROM chunks WHERE ${isChunkOf(':key')}`],
  ['% full-text rows', `SELECT count(*) FROM chunk_index_docsize WHERE ${isChunkOf(':key', 'id')}`],
  [
    '% vectors',
    `SELECT count(*) FROM vectors WHERE text_key IN (SELECT value FROM json_each(:textKeys))
       AND NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.text_key = vectors.text_key)`,
  ],
  [
    '% places of citations',
    `SELECT (SELECT count(*) FROM citations WHERE document_id = :id AND ${hasPlace})
       + (SELECT count(*) FROM written_citations WHERE document_id = :id AND ${hasPlace})`,
  ],
  [
    '% notes of sync',
    `SELECT (SELECT count(*) FROM sync_registers WHERE kind = 'document' AND id = :id)
       + (SELECT count(*) FROM sync_inbox WHERE kind = 'document' AND id = :id)
       + (SELECT count(*) FROM sync_conflicts WHERE kind = 'document' AND entity_id = :id)`,
  ],
  [
    '% prompts with its passages',
    `SELECT count(*) FROM message_traces WHERE prompt IS NOT NULL
       AND message_key IN (SELECT message_key FROM trace_passages WHERE document_id = :id)`,
  ],
];

interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly parentColumn: string | null;
}

/** Answers with what is left, in words (`3 vectors`); nothing when all went. */
export function deletionCheck(connection: Connection): (gone: readonly GoneDocument[]) => string[] {
  const prepare = (words: string, query: string) => ({
    words,
    count: connection.prepare<[GoneDocument], number>(query).pluck(),
  });
  const ofSchema = () =>
    connection
      .prepare<[], ForeignKey>(
        `SELECT tables.name, keys."from" AS "column", keys."to" AS parentColumn
         FROM sqlite_schema AS tables JOIN pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys."table" = 'documents'`,
      )
      .all()
      .map(({ name, column, parentColumn }) =>
        prepare(`% rows of ${name}`, `SELECT count(*) FROM "${name}" WHERE "${column}" = :${parentColumn ?? 'key'}`),
      );
  // Prepared with the first deletion: a start has no need of them.
  let prepared: readonly ReturnType<typeof prepare>[] | null = null;
  return (gone) => {
    prepared ??= [...checks.map(([words, query]) => prepare(words, query)), ...ofSchema()];
    return prepared.flatMap(({ words, count }) => {
      const left = gone.reduce((sum, document) => sum + (count.get(document) ?? 0), 0);
      return left > 0 ? [words.replace('%', String(left))] : [];
    });
  };
}
