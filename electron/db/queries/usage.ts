/**
 * Statements that tell of the ledger: sums by day, model, kind and document, and the single calls.
 */
import type { UsageCall, UsageFigures, UsageGrouping, UsageRow } from '../../../shared/usage.ts';
import type { Connection } from '../connection.ts';
import type { ModelCallStore, UsageSpan } from '../model-call-types.ts';
import type { Synchronous } from '../synchronous.ts';

/** As it comes from SQLite, which has no truth values. */
type Bits<Name extends string> = { readonly [Key in Name]: number };

type FiguresRow = Omit<UsageFigures, 'isCostPartial' | 'isEstimated'> & Bits<'isCostPartial' | 'isEstimated'>;

interface SummaryRow extends FiguresRow {
  readonly key: string;
  /** Null where it is the key. */
  readonly label: string | null;
  readonly host: string | null;
  readonly special: UsageRow['special'];
}

type CallRow = Omit<UsageCall, 'isLocal' | 'isEstimated' | 'documents' | 'deletedDocuments'> &
  Bits<'isLocal' | 'isEstimated'>;

interface CallDocumentRow {
  readonly callId: number;
  readonly id: string | null;
  readonly title: string | null;
}

/** Sums of `calls`, of which `share` is the part that counts; null where no price is known of any. */
const figures = `count(DISTINCT calls.id) AS calls, sum(prompt_tokens * share) AS promptTokens,
  sum(completion_tokens * share) AS completionTokens, sum(cost * share) AS cost,
  count(cost) BETWEEN 1 AND count(*) - 1 AS isCostPartial, max(is_estimated) AS isEstimated`;

const inSpan = 'created_at >= :from AND created_at < :to';
const wholeCalls = `(SELECT *, 1 AS share FROM model_calls WHERE ${inSpan}) AS calls`;

/** A row for each document of a call, with an even share; one for a call about none. */
const sharedCalls = `(SELECT model_calls.*, position, document_key, 1.0 / max(1, count(position) OVER (PARTITION BY model_calls.id)) AS share
  FROM model_calls LEFT JOIN model_call_documents ON call_id = model_calls.id WHERE ${inSpan}) AS calls`;

const summaries: Readonly<Record<UsageGrouping, string>> = {
  day: `SELECT date(created_at / 1000, 'unixepoch', 'localtime') AS key, NULL AS label, NULL AS host, NULL AS special, ${figures}
    FROM ${wholeCalls} GROUP BY key ORDER BY key`,
  model: `SELECT model || '@' || host AS key, model AS label, host, NULL AS special, ${figures}
    FROM ${wholeCalls} GROUP BY model, host ORDER BY promptTokens + completionTokens DESC, key`,
  kind: `SELECT kind AS key, NULL AS label, NULL AS host, NULL AS special, ${figures}
    FROM ${wholeCalls} GROUP BY kind ORDER BY promptTokens + completionTokens DESC, key`,
  document: `SELECT coalesce(documents.id, iif(position IS NULL, 'none', 'deleted')) AS key, coalesce(documents.title, '') AS label,
      NULL AS host, iif(documents.id IS NOT NULL, NULL, iif(position IS NULL, 'none', 'deleted')) AS special, ${figures}
    FROM ${sharedCalls} LEFT JOIN documents ON documents.key = document_key
    GROUP BY 1 ORDER BY promptTokens + completionTokens DESC, 1`,
};

export function usageQueries(connection: Connection): Pick<Synchronous<ModelCallStore>, 'summary' | 'list'> {
  const total = connection.prepare<[UsageSpan], FiguresRow>(`SELECT ${figures} FROM ${wholeCalls}`);
  const count = connection.prepare<[UsageSpan], number>(`SELECT count(*) FROM model_calls WHERE ${inSpan}`).pluck();
  // What waits for its undo to pass is deleted already for whoever looks.
  const select = connection.prepare<[UsageSpan & { limit: number; offset: number }], CallRow>(
    `SELECT model_calls.id, model_calls.created_at AS createdAt, model_calls.kind, host, model, is_local AS isLocal,
       prompt_tokens AS promptTokens, completion_tokens AS completionTokens, is_estimated AS isEstimated, cost,
       model_calls.duration, outcome, conversations.id AS conversationId, conversations.title AS conversationTitle,
       iif(conversations.id IS NULL, NULL, messages.id) AS messageId, written_pieces.id AS pieceId,
       written_pieces.title AS pieceTitle
     FROM (SELECT * FROM model_calls WHERE ${inSpan} ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset) AS model_calls
       LEFT JOIN conversations ON conversations.key = model_calls.conversation_key AND conversations.deleted_at IS NULL
       LEFT JOIN messages ON messages.key = message_key
       LEFT JOIN written_pieces ON written_pieces.key = piece_key AND written_pieces.deleted_at IS NULL
     ORDER BY model_calls.created_at DESC, model_calls.id DESC`,
  );
  const selectDocuments = connection.prepare<[string], CallDocumentRow>(
    `SELECT call_id AS callId, documents.id, title FROM model_call_documents
       LEFT JOIN documents ON documents.key = document_key
     WHERE call_id IN (SELECT value FROM json_each(?)) ORDER BY call_id, position`,
  );
  // Prepared with the first look at each: a start has no need of them.
  const prepared = new Map<UsageGrouping, ReturnType<typeof connection.prepare<[UsageSpan], SummaryRow>>>();

  function summaryOf(by: UsageGrouping) {
    const known = prepared.get(by) ?? connection.prepare<[UsageSpan], SummaryRow>(summaries[by]);
    prepared.set(by, known);
    return known;
  }

  return {
    summary: ({ from, to }, by) => ({
      by,
      rows: summaryOf(by)
        .all({ from, to })
        .map(({ key, label, host, special, ...row }) => ({
          key,
          label: label ?? key,
          host,
          special,
          ...toFigures(row),
        })),
      total: toFigures(total.get({ from, to })),
    }),
    list({ from, to }, { limit, offset }) {
      const rows = select.all({ from, to, limit, offset });
      const documents = new Map<number, CallDocumentRow[]>(rows.map(({ id }) => [id, []]));
      for (const row of selectDocuments.all(JSON.stringify([...documents.keys()]))) {
        documents.get(row.callId)?.push(row);
      }
      return {
        calls: rows.map((row) => toCall(row, documents.get(row.id) ?? [])),
        total: count.get({ from, to }) ?? 0,
      };
    },
  };
}

function toFigures(row: FiguresRow | undefined): UsageFigures {
  return {
    calls: row?.calls ?? 0,
    promptTokens: row?.promptTokens ?? 0,
    completionTokens: row?.completionTokens ?? 0,
    // Of no call at all the sum is null, too.
    cost: row && row.calls > 0 ? row.cost : 0,
    isCostPartial: row?.isCostPartial === 1,
    isEstimated: row?.isEstimated === 1,
  };
}

function toCall({ isLocal, isEstimated, ...row }: CallRow, documents: readonly CallDocumentRow[]): UsageCall {
  const present = documents.flatMap(({ id, title }) => (id === null ? [] : [{ id, title: title ?? '' }]));
  return {
    ...row,
    isLocal: isLocal === 1,
    isEstimated: isEstimated === 1,
    documents: present,
    deletedDocuments: documents.length - present.length,
  };
}
