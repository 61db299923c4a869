/** Messages as registers: one, which is told when the message has stopped growing. */
import { z } from 'zod';
import type { Connection } from '../../connection.ts';
import type { JsonValue } from '../../database.ts';
import { citationsSchema, syncedCitations } from './citations.ts';
import { fromJson, isUuid, toJson, type Codec, type Values } from './codec.ts';
import { mendLeaf } from './conversations.ts';
import type { Statements } from './statements.ts';

const id = z.string().refine(isUuid);
const json = z.json();
const bodySchema = z.object({
  conversationId: id,
  parentId: id.nullable(),
  role: z.enum(['user', 'assistant']),
  state: z.enum(['complete', 'stopped', 'interrupted', 'failed']),
  source: json,
  usage: json,
  error: json,
  verification: z.array(json).nullable(),
  createdAt: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  text: z.string(),
  citations: citationsSchema,
});

interface Row {
  readonly key: number;
  readonly conversationId: string;
  readonly parentId: string | null;
  readonly role: string;
  readonly state: string;
  readonly source: string | null;
  readonly usage: string | null;
  readonly error: string | null;
  readonly verification: string | null;
  readonly createdAt: number;
  readonly text: string;
}

export function messageCodec(connection: Connection, sql: Statements): Codec {
  const citations = syncedCitations(connection, sql, 'citations');
  const rowOf = (messageId: string): Row | undefined =>
    sql.get(
      `SELECT messages.key, conversations.id AS conversationId, role, state, source, usage, error, verification,
         (SELECT before.id FROM messages AS before WHERE before.key = messages.parent_key) AS parentId,
         messages.created_at AS createdAt, text
       FROM messages JOIN conversations ON conversations.key = conversation_key WHERE messages.id = ?`,
      messageId,
    );
  const keyOf = (table: string, rowId: string): number | undefined =>
    sql.value(`SELECT key FROM ${table} WHERE id = ?`, rowId);

  return {
    kind: 'message',
    isId: isUuid,
    read(messageId): Values | null | 'unsettled' {
      const row = rowOf(messageId);
      if (!row) return null;
      if (row.state === 'streaming') return 'unsettled';
      const { key, conversationId, parentId, role, state, createdAt, text } = row;
      const body: Record<string, JsonValue> = {
        ...{ conversationId, parentId, role, state, createdAt, text },
        source: fromJson(row.source),
        usage: fromJson(row.usage),
        error: fromJson(row.error),
        verification: fromJson(row.verification),
        citations: citations.read(key),
      };
      return { body };
    },
    knows: (name) => name === 'body',
    accepts: (name, value) => name === 'body' && bodySchema.safeParse(value).success,
    write(messageId, values, references) {
      const body = bodySchema.safeParse(values['body']).data;
      if (!body) return 'waiting';
      const conversation = keyOf('conversations', body.conversationId);
      if (conversation === undefined)
        return references.isDeleted('conversation', body.conversationId) ? 'orphan' : 'waiting';
      const isParentGone = body.parentId === null || references.isDeleted('message', body.parentId);
      const parent = isParentGone || body.parentId === null ? null : keyOf('messages', body.parentId);
      if (parent === undefined) return 'waiting';
      const facts = [body.role, body.state, toJson(body.source), toJson(body.usage), toJson(body.error)] as const;
      const more = [toJson(body.verification), body.createdAt, body.text, parent] as const;
      if (keyOf('messages', messageId) === undefined)
        sql.run(
          `INSERT INTO messages (role, state, source, usage, error, verification, created_at, text, parent_key, id, conversation_key)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...([...facts, ...more, messageId, conversation] as const),
        );
      else
        sql.run(
          `UPDATE messages SET role = ?, state = ?, source = ?, usage = ?, error = ?, verification = ?, created_at = ?,
             text = ?, parent_key = ? WHERE id = ?`,
          ...([...facts, ...more, messageId] as const),
        );
      const key = keyOf('messages', messageId);
      if (key !== undefined) citations.write(key, body.citations, references);
      mendLeaf(sql, body.conversationId);
      return 'written';
    },
    remove(messageId) {
      const row = rowOf(messageId);
      if (!row) return;
      // What was said after it on another device stays, and follows what was before.
      const parent = row.parentId === null ? null : (keyOf('messages', row.parentId) ?? null);
      sql.run('UPDATE messages SET parent_key = ? WHERE parent_key = ?', parent, row.key);
      if (parent !== null)
        sql.run(
          'UPDATE conversations SET leaf_key = ? WHERE id = ? AND leaf_key = ?',
          parent,
          row.conversationId,
          row.key,
        );
      sql.run('DELETE FROM messages WHERE key = ?', row.key);
      mendLeaf(sql, row.conversationId);
    },
    typed(name, value) {
      const body = name === 'body' ? bodySchema.safeParse(value).data : undefined;
      return body?.role === 'user' ? body.text : null;
    },
    title: (messageId) =>
      sql.value<string>(
        `SELECT title FROM messages JOIN conversations ON conversations.key = conversation_key WHERE messages.id = ?`,
        messageId,
      ) ?? '',
  };
}
