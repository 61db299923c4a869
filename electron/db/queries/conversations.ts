/**
 * Statements on conversations.
 */
import type { ConversationSummary } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { ConversationStore } from '../conversation-types.ts';
import type { Synchronous } from '../synchronous.ts';

interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly documentIds: string;
  readonly messageCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function conversationQueries(connection: Connection): Synchronous<ConversationStore> {
  // SQLite's own lower() knows ASCII alone.
  connection.function('folded', { deterministic: true }, (text: unknown) => fold(String(text)));
  const summary = `SELECT id, title, document_ids AS documentIds, created_at AS createdAt, updated_at AS updatedAt,
    (SELECT count(*) FROM messages WHERE conversation_key = conversations.key) AS messageCount FROM conversations`;
  const newestFirst = 'ORDER BY updated_at DESC, key DESC';
  const insert = connection.prepare<[string, string, string, number, number]>(
    'INSERT INTO conversations (id, title, document_ids, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  const selectById = connection.prepare<[string], ConversationRow>(`${summary} WHERE id = ?`);
  const selectAll = connection.prepare<[], ConversationRow>(`${summary} ${newestFirst}`);
  // All words (a JSON array) in the title, or all in one message.
  const hasAllWords = (text: string): string =>
    `NOT EXISTS (SELECT 1 FROM json_each(:words) AS word WHERE instr(${text}, word.value) = 0)`;
  const selectMatching = connection.prepare<[{ words: string }], ConversationRow>(
    `${summary} WHERE ${hasAllWords('folded(title)')} OR EXISTS (
       SELECT 1 FROM (SELECT folded(text) AS plain FROM messages WHERE conversation_key = conversations.key)
       WHERE ${hasAllWords('plain')})
     ${newestFirst}`,
  );
  const updateTitle = connection.prepare<[string, string]>('UPDATE conversations SET title = ? WHERE id = ?');
  const updateDocuments = connection.prepare<[string, string]>(
    'UPDATE conversations SET document_ids = ? WHERE id = ?',
  );
  // Messages and their citations go with it by their foreign keys.
  const remove = connection.prepare<[string]>('DELETE FROM conversations WHERE id = ?');

  function get(id: string): ConversationSummary | null {
    const row = selectById.get(id);
    return row ? toSummary(row) : null;
  }

  return {
    create({ id, title, documentIds, createdAt }) {
      insert.run(id, title, JSON.stringify(documentIds), createdAt, createdAt);
      return { id, title, documentIds, messageCount: 0, createdAt, updatedAt: createdAt };
    },
    get,
    list(search) {
      const words = fold(search ?? '')
        .split(/\s+/u)
        .filter((word) => word !== '');
      const rows = words.length === 0 ? selectAll.all() : selectMatching.all({ words: JSON.stringify(words) });
      return rows.map(toSummary);
    },
    rename(id, title) {
      if (updateTitle.run(title, id).changes === 0) throw missingConversation();
    },
    setDocuments(id, documentIds) {
      if (updateDocuments.run(JSON.stringify(documentIds), id).changes === 0) throw missingConversation();
    },
    delete(id) {
      remove.run(id);
    },
  };
}

export function missingConversation(): AppError {
  return new AppError('not-found', 'This conversation was deleted.', { hint: 'Begin a new one.' });
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function toSummary(row: ConversationRow): ConversationSummary {
  return { ...row, documentIds: JSON.parse(row.documentIds) as string[] };
}
