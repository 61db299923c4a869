/**
 * Statements on conversations.
 */
import type {
  ConversationHit,
  ConversationPage,
  ConversationScope,
  ConversationSummary,
} from '../../../shared/domain.ts';
import { AppError, emptyCollection } from '../../../shared/errors.ts';
import { snippetOf } from '../../pipeline/search-matches.ts';
import { parseSearch, type SearchPart } from '../../pipeline/search-query.ts';
import type { Connection } from '../connection.ts';
import type { ConversationStore } from '../conversation-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { draftQueries } from './drafts.ts';
import { foldedWords, registerFolded } from './folded.ts';

interface ConversationRow {
  readonly key: number;
  readonly id: string;
  readonly title: string;
  readonly documentIds: string;
  readonly collectionId: string | null;
  readonly pinned: number;
  readonly archived: number;
  readonly messageCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What narrows a list down; null where it is not asked for. */
interface Filter {
  /** Folded words, a JSON array. */
  readonly words: string | null;
  /** An FTS5 expression; null when nothing in the search is a word. */
  readonly match: string | null;
  /** A JSON array. */
  readonly documents: string | null;
  /** A collection's id, and the documents that are in it as a JSON array. */
  readonly collection: string | null;
  readonly members: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly archived: number;
}

interface HitRow {
  readonly conversationKey: number;
  readonly messageId: string;
  readonly text: string;
}

/** Messages shown of one conversation that was found. */
const HITS_SHOWN = 2;

export function conversationQueries(connection: Connection): Synchronous<ConversationStore> {
  registerFolded(connection);
  const summary = `SELECT key, id, title, document_ids AS documentIds,
    (SELECT id FROM collections WHERE key = collection_key) AS collectionId, pinned, archived, created_at AS createdAt,
    updated_at AS updatedAt, (SELECT count(*) FROM messages WHERE conversation_key = conversations.key) AS messageCount
    FROM conversations`;
  // All words in the title, or all in one message.
  const isFound = `(:words IS NULL
    OR NOT EXISTS (SELECT 1 FROM json_each(:words) AS word WHERE instr(folded(title), word.value) = 0)
    OR (:match IS NOT NULL AND key IN (SELECT conversation_key FROM message_index CROSS JOIN messages
         ON messages.key = message_index.rowid WHERE message_index MATCH :match)))`;
  // Limited to one of the documents (itself, or by a collection that has one), or citing one.
  const isAbout = (documents: string): string => `(
    collection_key IS NULL AND EXISTS (SELECT 1 FROM json_each(document_ids) AS own
      WHERE own.value IN (SELECT value FROM json_each(${documents})))
    OR collection_key IN (SELECT collection_key FROM collection_documents JOIN documents ON documents.key = document_key
         WHERE documents.id IN (SELECT value FROM json_each(${documents})))
    OR key IN (SELECT conversation_key FROM citations JOIN messages ON messages.key = message_key
         WHERE document_id IN (SELECT value FROM json_each(${documents}))))`;
  const isOf = `(:documents IS NULL OR ${isAbout(':documents')}) AND (:collection IS NULL
    OR collection_key = (SELECT key FROM collections WHERE id = :collection) OR ${isAbout(':members')})`;
  const where = `WHERE deleted_at IS NULL AND archived = :archived AND updated_at >= coalesce(:from, updated_at)
    AND updated_at < coalesce(:to, updated_at + 1) AND ${isFound} AND ${isOf}`;
  const select = connection.prepare<[Filter & { limit: number; offset: number }], ConversationRow>(
    `${summary} ${where} ORDER BY pinned DESC, updated_at DESC, key DESC LIMIT :limit OFFSET :offset`,
  );
  const count = connection.prepare<[Filter], number>(`SELECT count(*) FROM conversations ${where}`).pluck();
  const selectHits = connection.prepare<[{ match: string; keys: string; most: number }], HitRow>(
    `SELECT conversationKey, messageId, text FROM (
       SELECT conversation_key AS conversationKey, messages.id AS messageId, messages.text, messages.key,
         row_number() OVER (PARTITION BY conversation_key ORDER BY messages.key DESC) AS place
       FROM message_index CROSS JOIN messages ON messages.key = message_index.rowid
       WHERE message_index MATCH :match AND conversation_key IN (SELECT value FROM json_each(:keys)))
     WHERE place <= :most ORDER BY conversationKey, key DESC`,
  );
  const selectById = connection.prepare<[string], ConversationRow>(`${summary} WHERE id = ? AND deleted_at IS NULL`);
  const membersOf = connection
    .prepare<[string], string>(
      `SELECT documents.id FROM collections JOIN collection_documents ON collection_key = collections.key
         JOIN documents ON documents.key = document_key WHERE collections.id = ?`,
    )
    .pluck();
  const collectionKey = '(SELECT key FROM collections WHERE id = ?)';
  const insert = connection.prepare<[string, string, string, string | null, number, number]>(
    `INSERT INTO conversations (id, title, document_ids, collection_key, created_at, updated_at)
     VALUES (?, ?, ?, ${collectionKey}, ?, ?)`,
  );
  const updateTitle = connection.prepare<[string, string]>(
    'UPDATE conversations SET title = ?, renamed = 1 WHERE id = ?',
  );
  const updateOwnTitle = connection.prepare<[string, string]>(
    'UPDATE conversations SET title = ? WHERE id = ? AND renamed = 0',
  );
  const updateScope = connection.prepare<[string, string | null, string]>(
    `UPDATE conversations SET document_ids = ?, collection_key = ${collectionKey} WHERE id = ?`,
  );
  const updateMarks = connection.prepare<[number | null, number | null, string]>(
    'UPDATE conversations SET pinned = coalesce(?, pinned), archived = coalesce(?, archived) WHERE id = ?',
  );
  const updateDeleted = connection.prepare<[number | null, string]>(
    'UPDATE conversations SET deleted_at = ? WHERE id = ?',
  );
  // Messages, their citations and traces go with it by their foreign keys.
  const remove = connection.prepare<[string]>('DELETE FROM conversations WHERE id = ?');
  const purge = connection.prepare<[number]>('DELETE FROM conversations WHERE deleted_at <= ?');

  function get(id: string): ConversationSummary | null {
    const row = selectById.get(id);
    return row ? toSummary(row, membersIn) : null;
  }

  const membersIn = (collectionId: string): string[] => membersOf.all(collectionId);

  /** The documents that are kept beside a collection: those that it leaves when it is deleted while it is empty. */
  function kept({ documentIds, collectionId }: ConversationScope): string {
    if (collectionId === null) return JSON.stringify(documentIds);
    const members = membersIn(collectionId);
    if (members.length === 0) throw emptyCollection();
    return JSON.stringify(members);
  }

  function hitsOf(rows: readonly ConversationRow[], match: string | null, parts: readonly SearchPart[]) {
    const hits = new Map<number, ConversationHit[]>();
    if (match === null) return hits;
    const keys = JSON.stringify(rows.map(({ key }) => key));
    for (const { conversationKey, messageId, text } of selectHits.all({ match, keys, most: HITS_SHOWN })) {
      const hit = { messageId, snippet: snippetOf(text, parts) };
      hits.set(conversationKey, [...(hits.get(conversationKey) ?? []), hit]);
    }
    return hits;
  }

  return {
    create({ id, title, scope, createdAt }) {
      insert.run(id, title, kept(scope), scope.collectionId, createdAt, createdAt);
      const created = get(id);
      if (!created) throw missingConversation();
      return created;
    },
    get,
    list(query): ConversationPage {
      const parts = parseSearch(query.search ?? '');
      const collection = query.collectionId ?? null;
      const filter: Filter = {
        words: foldedWords(query.search ?? ''),
        match: parts.length === 0 ? null : expressionOf(parts),
        documents: (query.documentIds ?? []).length === 0 ? null : JSON.stringify(query.documentIds),
        collection,
        members: JSON.stringify(collection === null ? [] : membersIn(collection)),
        from: query.from ?? null,
        to: query.to ?? null,
        archived: Number(query.archived ?? false),
      };
      const rows = select.all({ ...filter, limit: query.limit ?? 100, offset: query.offset ?? 0 });
      const hits = hitsOf(rows, filter.match, parts);
      const memberLists = new Map<string, string[]>();
      // One list for all conversations about it: it is sent once.
      const knownMembers = (id: string): string[] => {
        const known = memberLists.get(id) ?? membersIn(id);
        memberLists.set(id, known);
        return known;
      };
      return {
        conversations: rows.map((row) => ({ ...toSummary(row, knownMembers), hits: hits.get(row.key) ?? [] })),
        total: count.get(filter) ?? 0,
      };
    },
    rename(id, title) {
      if (updateTitle.run(title, id).changes === 0) throw missingConversation();
    },
    retitle: (id, title) => updateOwnTitle.run(title, id).changes > 0,
    setScope(id, scope) {
      if (updateScope.run(kept(scope), scope.collectionId, id).changes === 0) throw missingConversation();
    },
    mark(id, { pinned, archived }) {
      const bits = [pinned, archived].map((mark) => (mark === undefined ? null : Number(mark)));
      if (updateMarks.run(bits[0] ?? null, bits[1] ?? null, id).changes === 0) throw missingConversation();
    },
    setDeleted(id, deletedAt) {
      if (updateDeleted.run(deletedAt, id).changes === 0) throw missingConversation();
    },
    delete(id) {
      remove.run(id);
    },
    purge: (deletedUntil) => purge.run(deletedUntil).changes,
    ...draftQueries(connection),
  };
}

export function missingConversation(): AppError {
  return new AppError('not-found', 'This conversation was deleted.', { hint: 'Begin a new one.' });
}

/** An FTS5 expression of quoted strings alone, in which nothing that was typed can be syntax. */
function expressionOf(parts: readonly SearchPart[]): string {
  return parts.map(({ words, prefix }) => `"${words.join(' ')}"${prefix ? ' *' : ''}`).join(' AND ');
}

function toSummary(row: ConversationRow, membersIn: (collectionId: string) => string[]): ConversationSummary {
  const { id, title, collectionId, messageCount, createdAt, updatedAt } = row;
  return {
    id,
    title,
    documentIds: collectionId === null ? (JSON.parse(row.documentIds) as string[]) : membersIn(collectionId),
    collectionId,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    messageCount,
    createdAt,
    updatedAt,
  };
}
