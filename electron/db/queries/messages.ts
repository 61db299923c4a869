/**
 * Statements on messages and their citations.
 */
import type {
  AnswerSource,
  Citation,
  Message,
  MessageFigures,
  MessageRole,
  MessageState,
  SentenceVerification,
  TokenUsage,
} from '../../../shared/domain.ts';
import { DOUBTFUL_CONFIDENCE } from '../../../shared/domain.ts';
import type { ErrorInfo } from '../../../shared/errors.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { MessagePatch, MessageStore } from '../conversation-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { unpackBoxes, unpackRanges } from './boxes.ts';
import { citationWriter } from './citation-writer.ts';
import { missingConversation } from './conversations.ts';
import { messageTree } from './message-tree.ts';

interface MessageRow {
  readonly key: number;
  readonly id: string;
  readonly conversationId: string;
  readonly role: MessageRole;
  readonly state: MessageState;
  readonly source: string | null;
  readonly usage: string | null;
  readonly error: string | null;
  readonly verification: string | null;
  readonly createdAt: number;
  readonly text: string;
}

interface CitationRow extends Omit<Citation, 'boxes' | 'ranges' | 'doubtful'> {
  readonly isDoubtful: number;
  readonly messageKey: number;
  readonly boxes: Uint8Array;
  readonly ranges: string | null;
}

interface Place {
  readonly key: number;
  readonly conversationKey: number;
}

export function messageQueries(connection: Connection): Synchronous<MessageStore> {
  const columns = `SELECT messages.key, messages.id, conversations.id AS conversationId, role, state, source, usage, error,
    verification, messages.created_at AS createdAt, text FROM messages JOIN conversations ON conversations.key = conversation_key`;
  const selectById = connection.prepare<[string], MessageRow>(`${columns} WHERE messages.id = ?`);
  const selectKeys = connection.prepare<[string], MessageRow>(
    `${columns} WHERE messages.key IN (SELECT value FROM json_each(?)) ORDER BY messages.key`,
  );
  const selectFigures = connection.prepare<[string], MessageFigures & { id: string }>(
    `SELECT messages.id, json_extract(facts, '$.total') AS total, json_extract(facts, '$.cost') AS cost
     FROM messages JOIN message_traces ON message_key = messages.key
     WHERE conversation_key = (SELECT key FROM conversations WHERE id = ?)`,
  );
  const tree = messageTree(connection);
  const selectCitations = connection.prepare<[string], CitationRow>(
    `SELECT message_key AS messageKey, number, document_id AS documentId, chunk_id AS chunkId, title, page, boxes, ranges, quote,
       EXISTS (SELECT 1 FROM recognitions JOIN documents ON documents.key = document_key
         WHERE documents.id = citations.document_id AND number = page AND confidence < ${DOUBTFUL_CONFIDENCE}) AS isDoubtful
     FROM citations WHERE message_key IN (SELECT value FROM json_each(?)) ORDER BY message_key, number`,
  );
  const conversationKey = connection.prepare<[string], number>('SELECT key FROM conversations WHERE id = ?').pluck();
  const place = connection.prepare<[string], Place>(
    'SELECT key, conversation_key AS conversationKey FROM messages WHERE id = ?',
  );
  const insert = connection.prepare<
    [
      string,
      number,
      string,
      string,
      string | null,
      string | null,
      string | null,
      string | null,
      number,
      string,
      number | null,
    ]
  >(
    `INSERT INTO messages (id, conversation_key, role, state, source, usage, error, verification, created_at, text, parent_key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = connection.prepare<[UpdateParameters]>(
    `UPDATE messages SET
       text = coalesce(:text, text), state = coalesce(:state, state),
       source = iif(:has_source, :source, source), usage = iif(:has_usage, :usage, usage),
       error = iif(:has_error, :error, error),
       verification = iif(:has_verification, :verification, verification)
     WHERE key = :key`,
  );
  const touch = connection.prepare<[number, number]>(
    'UPDATE conversations SET updated_at = max(updated_at, ?) WHERE key = ?',
  );
  const putCitations = citationWriter(connection, 'citations');
  const interrupt = connection.prepare(`UPDATE messages SET state = 'interrupted' WHERE state = 'streaming'`);

  function placeOf(id: string): Place {
    const found = place.get(id);
    if (!found) throw new AppError('not-found', 'This message was deleted.', { hint: 'Ask again.' });
    return found;
  }

  function withCitations(rows: readonly MessageRow[]): Message[] {
    const byMessage = new Map<number, Citation[]>(rows.map((row) => [row.key, []]));
    for (const { messageKey, boxes, ranges, isDoubtful, ...citation } of selectCitations.all(
      JSON.stringify(rows.map((row) => row.key)),
    )) {
      byMessage.get(messageKey)?.push({
        ...citation,
        boxes: unpackBoxes(boxes),
        ...unpackRanges(ranges),
        ...(isDoubtful === 1 ? { doubtful: true } : {}),
      });
    }
    return rows.map((row) => toMessage(row, byMessage.get(row.key) ?? []));
  }

  return {
    list(conversationId) {
      const key = conversationKey.get(conversationId);
      return key === undefined ? [] : withCitations(selectKeys.all(JSON.stringify(tree.path(key))));
    },
    tree(conversationId) {
      const key = conversationKey.get(conversationId);
      if (key === undefined) return { messages: [], parents: {} };
      return { messages: withCitations(selectKeys.all(JSON.stringify(tree.all(key)))), parents: tree.parents(key) };
    },
    branches(conversationId) {
      const key = conversationKey.get(conversationId);
      return key === undefined ? [] : tree.branches(key);
    },
    show(id) {
      const { key, conversationKey: conversation } = placeOf(id);
      tree.show(conversation, key);
    },
    figures: (conversationId) =>
      Object.fromEntries(selectFigures.all(conversationId).map(({ id, ...figures }) => [id, figures])),
    get(id) {
      const row = selectById.get(id);
      return row ? (withCitations([row])[0] ?? null) : null;
    },
    append(message, after) {
      connection
        .transaction(() => {
          const key = conversationKey.get(message.conversationId);
          if (key === undefined) throw missingConversation();
          const { id, role, state, source, usage, error, verification, createdAt, text } = message;
          const parent = after === undefined ? tree.leaf(key) : after === null ? null : placeOf(after).key;
          const { lastInsertRowid } = insert.run(
            id,
            key,
            role,
            state,
            toJson(source),
            toJson(usage),
            toJson(error),
            verificationJson(verification),
            createdAt,
            text,
            parent,
          );
          tree.setLeaf(key, Number(lastInsertRowid));
          putCitations(Number(lastInsertRowid), message.citations);
          touch.run(createdAt, key);
        })
        .immediate();
    },
    update(id: string, patch: MessagePatch) {
      connection
        .transaction(() => {
          const found = placeOf(id);
          update.run({
            key: found.key,
            text: patch.text ?? null,
            state: patch.state ?? null,
            has_source: Number(patch.source !== undefined),
            source: toJson(patch.source),
            has_usage: Number(patch.usage !== undefined),
            usage: toJson(patch.usage),
            has_error: Number(patch.error !== undefined),
            error: toJson(patch.error),
            has_verification: Number(patch.verification !== undefined),
            verification: patch.verification ? verificationJson(patch.verification) : null,
          });
          if (patch.citations) putCitations(found.key, patch.citations);
          touch.run(Date.now(), found.conversationKey);
        })
        .immediate();
    },
    deleteFrom(id) {
      const found = place.get(id);
      if (found) connection.transaction(() => tree.removeFrom(found.conversationKey, found.key)).immediate();
    },
    markInterrupted: () => interrupt.run().changes,
  };
}

interface UpdateParameters {
  readonly key: number;
  readonly text: string | null;
  readonly state: string | null;
  readonly has_source: number;
  readonly source: string | null;
  readonly has_usage: number;
  readonly usage: string | null;
  readonly has_error: number;
  readonly error: string | null;
  readonly has_verification: number;
  readonly verification: string | null;
}

/** Null for none, as in the rows of before sentences were checked. */
function verificationJson(verification: readonly SentenceVerification[]): string | null {
  return verification.length === 0 ? null : JSON.stringify(verification);
}

function toJson(value: object | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function fromJson<Value>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value);
}

function toMessage(row: MessageRow, citations: readonly Citation[]): Message {
  return {
    id: row.id,
    conversationId: row.conversationId,
    role: row.role,
    text: row.text,
    state: row.state,
    citations,
    verification: fromJson<readonly SentenceVerification[]>(row.verification) ?? [],
    source: fromJson<AnswerSource>(row.source),
    usage: fromJson<TokenUsage>(row.usage),
    error: fromJson<ErrorInfo>(row.error),
    createdAt: row.createdAt,
  };
}
