/**
 * Statements on traces: how each answer was made.
 *
 * A trace keeps no text of a passage: it names chunks, whose text is looked up when it is shown. Only the prompt as it
 * was sent holds passages, and it goes, from the whole conversation, when a document that was considered in it is
 * deleted: later prompts repeat what earlier answers quoted.
 */
import type { AnswerTrace, NewTrace, PromptMessage, ShownPassage, TraceFacts } from '../../../shared/trace.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { TraceStore } from '../conversation-types.ts';
import type { Synchronous } from '../synchronous.ts';

interface TraceRow {
  readonly key: number;
  readonly facts: string;
  readonly prompt: string | null;
  readonly promptRemoved: number;
}

export function traceQueries(connection: Connection): Synchronous<TraceStore> {
  const keyOf = connection.prepare<[string], number>('SELECT key FROM messages WHERE id = ?').pluck();
  const put = connection.prepare<[number, string, string | null, number]>(
    'INSERT OR REPLACE INTO message_traces (message_key, facts, prompt, prompt_removed) VALUES (?, ?, ?, ?)',
  );
  // Documents and chunks may have been deleted while the answer was written.
  const countMissing = connection
    .prepare<[string], number>(
      'SELECT count(*) FROM json_each(?) AS wanted WHERE wanted.value NOT IN (SELECT id FROM documents)',
    )
    .pluck();
  const putPassage = connection.prepare<[Record<string, number | string | null>]>(
    `INSERT INTO trace_passages (message_key, rank, document_id, chunk_id, page, text_rank, bm25, vector_rank, cosine,
       score, sent_as, tokens, cited_as)
     VALUES (:messageKey, :rank, :documentId, (SELECT id FROM chunks WHERE id = :chunkId), :page, :textRank, :bm25,
       :vectorRank, :cosine, :score, :sentAs, :tokens, :citedAs)`,
  );
  const selectTrace = connection.prepare<[string], TraceRow>(
    `SELECT message_key AS key, facts, prompt, prompt_removed AS promptRemoved FROM message_traces
     WHERE message_key = (SELECT key FROM messages WHERE id = ?)`,
  );
  const selectPassages = connection.prepare<[number], ShownPassage>(
    `SELECT rank, chunk_id AS chunkId, document_id AS documentId, trace_passages.page, text_rank AS textRank, bm25,
       vector_rank AS vectorRank, cosine, score, sent_as AS sentAs, tokens, cited_as AS citedAs, documents.title,
       chunks.text
     FROM trace_passages LEFT JOIN documents ON documents.id = document_id LEFT JOIN chunks ON chunks.id = chunk_id
     WHERE message_key = ? ORDER BY rank`,
  );

  return {
    put: (messageId: string, { facts, passages, prompt }: NewTrace) => {
      connection
        .transaction(() => {
          const messageKey = keyOf.get(messageId);
          if (messageKey === undefined) throw new AppError('not-found', 'This message was deleted.');
          const isGone = (countMissing.get(JSON.stringify(passages.map(({ documentId }) => documentId))) ?? 0) > 0;
          const kept = prompt && !isGone ? JSON.stringify(prompt) : null;
          put.run(messageKey, JSON.stringify(facts), kept, Number(prompt !== null && isGone));
          for (const passage of passages) putPassage.run({ messageKey, ...passage });
        })
        .immediate();
    },
    get(messageId): AnswerTrace | null {
      const row = selectTrace.get(messageId);
      if (!row) return null;
      return {
        messageId,
        facts: JSON.parse(row.facts) as TraceFacts,
        passages: selectPassages.all(row.key),
        prompt: row.prompt === null ? null : (JSON.parse(row.prompt) as PromptMessage[]),
        promptRemoved: row.promptRemoved === 1,
      };
    },
  };
}

/** Condition that a row of `message_traces` has a prompt that goes with the documents whose ids `documents` selects. */
export const holdsPromptOf = (documents: string): string => `prompt IS NOT NULL AND message_key IN (
  SELECT key FROM messages WHERE conversation_key IN (
    SELECT conversation_key FROM trace_passages JOIN messages ON messages.key = message_key
    WHERE document_id IN (${documents})))`;

/**
 * Takes the prompts that held passages of documents along with them. Runs inside the caller's transaction.
 * @param blank What overwrites a column's text where it lies; see `deletion.ts`.
 */
export function promptRemoval(
  connection: Connection,
  blank: (column: string) => string,
): (documentIds: string) => void {
  const where = holdsPromptOf('SELECT value FROM json_each(?)');
  const overwrite = connection.prepare<[string]>(`UPDATE message_traces SET ${blank('prompt')} WHERE ${where}`);
  const remove = connection.prepare<[string]>(
    `UPDATE message_traces SET prompt = NULL, prompt_removed = 1 WHERE ${where}`,
  );
  return (documentIds) => {
    overwrite.run(documentIds);
    remove.run(documentIds);
  };
}
