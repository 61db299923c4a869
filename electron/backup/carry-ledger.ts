/**
 * What models were asked is not undone by a restore: the library that takes another's place gets its ledger, so that a
 * budget counts on and what was paid stays told. Calls keep what they were made for where that is in both libraries.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attach, fromSqliteError } from '../db/connection.ts';
import { openConnection } from '../db/open.ts';
import { DATABASE } from './manifest.ts';

/** Folders of libraries that nobody has open. */
export interface CarryJob {
  readonly from: string;
  readonly to: string;
  /** What both are encrypted with; absent or null: neither is. */
  readonly key?: Uint8Array | null;
}

const facts =
  'account, created_at, kind, host, model, is_local, prompt_tokens, completion_tokens, is_estimated, cost, reserved_tokens, reserved_cost, duration, outcome';
const keyOf = (table: string, key: string): string =>
  `(SELECT key FROM main.${table} WHERE id = (SELECT id FROM present.${table} WHERE key = ${key}))`;

const statements: readonly string[] = [
  // A call that ran while a backup was made has ended since.
  `INSERT INTO main.model_calls (uid, ${facts}, conversation_key, message_key, piece_key)
   SELECT uid, ${facts}, ${keyOf('conversations', 'calls.conversation_key')}, ${keyOf('messages', 'calls.message_key')},
     ${keyOf('written_pieces', 'calls.piece_key')}
   FROM present.model_calls AS calls WHERE true
   ON CONFLICT (uid) DO UPDATE SET prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
     is_estimated = excluded.is_estimated, cost = excluded.cost, duration = excluded.duration, outcome = excluded.outcome`,
  `INSERT OR IGNORE INTO main.model_call_documents (call_id, position, document_key)
   SELECT own.id, position, ${keyOf('documents', 'document_key')}
   FROM present.model_call_documents JOIN present.model_calls AS calls ON calls.id = call_id
     JOIN main.model_calls AS own ON own.uid = calls.uid`,
  'INSERT OR REPLACE INTO main.request_bucket SELECT * FROM present.request_bucket',
];

/**
 * Answers false when the ledger of `from` can't be read: a damaged library is what a restore is for. Errors: those of the
 * library in `to`.
 */
export function carryLedger({ from, to, key }: CarryJob): boolean {
  const source = join(from, DATABASE);
  if (!existsSync(source)) return true;
  const connection = openConnection({ path: join(to, DATABASE), key: key ?? null });
  try {
    attach(connection, source, 'present', key ?? null);
    const ledger = connection.prepare("SELECT 1 FROM present.sqlite_schema WHERE name = 'model_calls'").get();
    // A library of before there was one.
    if (ledger === undefined) return true;
    connection.transaction(() => statements.forEach((statement) => connection.exec(statement))).immediate();
    return true;
  } catch (thrown) {
    if (fromSqliteError(thrown, source).code === 'database-damaged') return false;
    throw thrown;
  } finally {
    connection.close();
  }
}
