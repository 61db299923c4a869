/** Calls of models as registers: one each, told when the call has ended. A budget counts those of all devices. */
import { z } from 'zod';
import type { JsonValue } from '../../database.ts';
import { isUuid, type Codec, type Values } from './codec.ts';
import type { Statements } from './statements.ts';

const id = z.string().refine(isUuid);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const money = z.number().min(0).max(1e9).nullable();
const name = z.string().max(1_000);
const callSchema = z.object({
  account: name,
  createdAt: count,
  kind: name,
  host: name,
  model: name,
  isLocal: z.boolean(),
  conversationId: id.nullable(),
  messageId: id.nullable(),
  pieceId: id.nullable(),
  promptTokens: count,
  completionTokens: count,
  isEstimated: z.boolean(),
  cost: money,
  reservedTokens: count,
  reservedCost: money,
  duration: count.nullable(),
  outcome: name.refine((outcome) => outcome !== 'running'),
  /** Null for those that are gone. */
  documents: z.array(id.nullable()).max(10_000),
});

interface Row extends Readonly<Record<string, string | number | null>> {
  readonly key: number;
  readonly outcome: string;
  readonly isLocal: number;
  readonly isEstimated: number;
}

export function usageCodec(sql: Statements): Codec {
  const keyOf = (uid: string): number | undefined => sql.value('SELECT id FROM model_calls WHERE uid = ?', uid);
  return {
    kind: 'usage',
    isId: (uid) => /^[0-9a-f]{32}$/.test(uid),
    read(uid): Values | null | 'unsettled' {
      const row = sql.get<Row>(
        `SELECT id AS key, account, created_at AS createdAt, kind, host, model, is_local AS isLocal,
           (SELECT id FROM conversations WHERE key = conversation_key) AS conversationId,
           (SELECT id FROM messages WHERE key = message_key) AS messageId,
           (SELECT id FROM written_pieces WHERE key = piece_key) AS pieceId, prompt_tokens AS promptTokens,
           completion_tokens AS completionTokens, is_estimated AS isEstimated, cost, reserved_tokens AS reservedTokens,
           reserved_cost AS reservedCost, duration, outcome FROM model_calls WHERE uid = ?`,
        uid,
      );
      if (!row) return null;
      if (row.outcome === 'running') return 'unsettled';
      const { key, ...facts } = row;
      const documents = sql.values<string | null>(
        `SELECT documents.id FROM model_call_documents LEFT JOIN documents ON documents.key = document_key
         WHERE call_id = ? ORDER BY position`,
        key,
      );
      const call: JsonValue = {
        ...facts,
        isLocal: row.isLocal === 1,
        isEstimated: row.isEstimated === 1,
        documents,
      };
      return { call };
    },
    knows: (register) => register === 'call',
    accepts: (register, value) => register === 'call' && callSchema.safeParse(value).success,
    write(uid, values, references) {
      const call = callSchema.safeParse(values['call']).data;
      if (!call) return 'waiting';
      if (keyOf(uid) === undefined)
        sql.run(
          `INSERT INTO model_calls (uid, account, created_at, kind, host, model, is_local, prompt_tokens,
             completion_tokens, reserved_tokens, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)`,
          ...([uid, call.account, call.createdAt, call.kind, call.host, call.model] as const),
          ...([Number(call.isLocal), call.outcome] as const),
        );
      const key = keyOf(uid);
      if (key === undefined) return 'waiting';
      // What it was made for may be gone here; then the row says so already.
      sql.run(
        `UPDATE model_calls SET prompt_tokens = ?, completion_tokens = ?, is_estimated = ?, cost = ?, reserved_tokens = ?,
           reserved_cost = ?, duration = ?, outcome = ?,
           conversation_key = (SELECT key FROM conversations WHERE id = ?),
           message_key = (SELECT key FROM messages WHERE id = ?),
           piece_key = (SELECT key FROM written_pieces WHERE id = ?) WHERE id = ?`,
        ...([call.promptTokens, call.completionTokens, Number(call.isEstimated), call.cost] as const),
        ...([call.reservedTokens, call.reservedCost, call.duration, call.outcome] as const),
        ...([call.conversationId, call.messageId, call.pieceId, key] as const),
      );
      sql.run('DELETE FROM model_call_documents WHERE call_id = ?', key);
      call.documents.forEach((document, position) => {
        sql.run(
          `INSERT INTO model_call_documents (call_id, position, document_key)
           VALUES (?, ?, (SELECT key FROM documents WHERE id = ?))`,
          ...([key, position, document && references.resolve('document', document)] as const),
        );
      });
      return 'written';
    },
    // What was paid stays told, whatever is deleted.
    remove: () => undefined,
    typed: () => null,
    title: () => '',
  };
}
