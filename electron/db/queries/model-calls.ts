/**
 * Statements on the ledger of model calls: what is reserved before a call, what it took, and the rules that let it go.
 */
import type { Limits } from '../../../shared/accounts.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ModelPrice } from '../../../shared/usage.ts';
import {
  grant,
  limitsInForce,
  monthOf,
  outputTokens,
  OWN_LIMITS,
  OWN_PRICES,
  readOwnLimits,
  readOwnPrices,
  takeTurn,
  type Bucket,
} from '../../pipeline/limits.ts';
import { costAt, countedPrice, priceOf, type Price } from '../../pipeline/prices.ts';
import type { Connection } from '../connection.ts';
import type { ModelCallStore, NewModelCall, Reservation, UsageSpending } from '../model-call-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { settingQueries } from './settings.ts';
import { usageQueries } from './usage.ts';

interface SpendingRow {
  readonly isReserved: number;
  readonly cost: number;
  readonly tokens: number;
  readonly withoutPrice: number;
}

interface CountedSpan {
  readonly from: number;
  readonly to: number;
  readonly countsLocal: number;
}

interface CalledModel {
  readonly host: string;
  readonly model: string;
}

/** What the calls of a model took together. */
interface ModelSpendingRow extends SpendingRow, CalledModel {
  readonly isLocal: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export function modelCallQueries(connection: Connection): Synchronous<ModelCallStore> {
  const settings = settingQueries(connection);
  const spendingColumns = `outcome IN ('running', 'interrupted') AS isReserved, coalesce(sum(cost), 0) AS cost,
       sum(prompt_tokens + completion_tokens) AS tokens, count(*) - count(cost) AS withoutPrice`;
  const counting = 'is_local IN (0, :countsLocal) AND created_at >= :from AND created_at < :to';
  const selectSpending = connection.prepare<[CountedSpan], SpendingRow>(
    `SELECT ${spendingColumns} FROM model_calls WHERE ${counting} GROUP BY isReserved`,
  );
  const selectModelSpending = connection.prepare<[CountedSpan], ModelSpendingRow>(
    `SELECT ${spendingColumns}, host, model, is_local AS isLocal, sum(prompt_tokens) AS promptTokens,
       sum(completion_tokens) AS completionTokens
     FROM model_calls WHERE ${counting} GROUP BY isReserved, host, model, is_local`,
  );
  const selectBucket = connection.prepare<[], Bucket>('SELECT requests, filled_at AS filledAt FROM request_bucket');
  const putBucket = connection.prepare<[Bucket]>(
    `INSERT INTO request_bucket (key, requests, filled_at) VALUES (1, :requests, :filledAt)
     ON CONFLICT (key) DO UPDATE SET requests = excluded.requests, filled_at = excluded.filled_at`,
  );
  const insert = connection
    .prepare<[Record<string, number | string | null>], number>(
      `INSERT INTO model_calls (account, created_at, kind, host, model, is_local, conversation_key, message_key, piece_key,
       prompt_tokens, completion_tokens, cost, reserved_tokens, reserved_cost)
     VALUES (:account, :createdAt, :kind, :host, :model, :isLocal,
       (SELECT key FROM conversations WHERE id = :conversationId), (SELECT key FROM messages WHERE id = :messageId),
       (SELECT key FROM written_pieces WHERE id = :pieceId),
       :promptTokens, :output, :cost, :promptTokens + :output, :cost)
     RETURNING id`,
    )
    .pluck();
  const insertDocuments = connection.prepare<[{ id: number; documents: string }]>(
    `INSERT INTO model_call_documents (call_id, position, document_key)
     SELECT :id, wanted.key, documents.key FROM json_each(:documents) AS wanted
       LEFT JOIN documents ON documents.id = wanted.value`,
  );
  const selectCall = connection.prepare<[number], CalledModel & { isLocal: number }>(
    'SELECT host, model, is_local AS isLocal FROM model_calls WHERE id = ?',
  );
  const updateEnd = connection.prepare<[Record<string, number | string | null>]>(
    `UPDATE model_calls SET outcome = :outcome, prompt_tokens = :promptTokens, completion_tokens = :completionTokens,
       is_estimated = :isEstimated, cost = :cost, duration = :duration WHERE id = :id`,
  );
  const interrupt = connection.prepare<[]>(`UPDATE model_calls SET outcome = 'interrupted' WHERE outcome = 'running'`);
  const selectUnpriced = connection.prepare<[], CalledModel>(
    'SELECT DISTINCT host, model FROM model_calls WHERE cost IS NULL ORDER BY model, host',
  );
  const updatePrices = connection.prepare<[Price & CalledModel]>(
    `UPDATE model_calls SET cost = (prompt_tokens * :input + completion_tokens * :output) / 1e6
     WHERE cost IS NULL AND host = :host AND model = :model`,
  );

  const ownPrices = (): readonly ModelPrice[] => readOwnPrices(settings.get(OWN_PRICES));

  /** What was told when a call was made may have been by a price of 0: it counts as the list has it, at least. */
  function listedAtLeast(row: ModelSpendingRow): SpendingRow {
    const listed = priceOf({ host: row.host, model: row.model, local: row.isLocal === 1 });
    const cost = listed ? costAt(listed, row.promptTokens, row.completionTokens) : 0;
    return { ...row, cost: Math.max(row.cost, cost) };
  }

  function spending(from: number, to: number, countsLocal: boolean, byAdministrator = false): UsageSpending {
    const span = { from, to, countsLocal: Number(countsLocal) };
    const rows = byAdministrator ? selectModelSpending.all(span).map(listedAtLeast) : selectSpending.all(span);
    const of = (isReserved: number) => {
      const counted = rows.filter((row) => row.isReserved === isReserved);
      return {
        cost: counted.reduce((sum, { cost }) => sum + cost, 0),
        tokens: counted.reduce((sum, { tokens }) => sum + tokens, 0),
      };
    };
    return {
      spent: of(0),
      reserved: of(1),
      callsWithoutPrice: rows.reduce((sum, { withoutPrice }) => sum + withoutPrice, 0),
    };
  }

  function write(call: NewModelCall, output: number, price: Price | null): number {
    const { account, createdAt, kind, host, model, conversationId, messageId, pieceId, promptTokens } = call;
    const cost = price && costAt(price, promptTokens, output);
    const id = insert.get({
      ...{ account, createdAt, kind, host, model, conversationId, messageId, pieceId, promptTokens },
      ...{ isLocal: Number(call.isLocal), output, cost },
    });
    if (id === undefined) throw new AppError('internal', 'A call of a model could not be written down.');
    insertDocuments.run({ id, documents: JSON.stringify([...new Set(call.documentIds)]) });
    return id;
  }

  const reserve = connection.transaction((call: NewModelCall, administrator: Limits): Reservation => {
    const { createdAt, kind, host, model, isLocal, promptTokens, canWait } = call;
    const { limits: own, countsLocal } = readOwnLimits(settings.get(OWN_LIMITS));
    const limits = limitsInForce(own, administrator);
    const counts = !isLocal || countsLocal;
    const called = { host, model, local: isLocal };
    const prices = ownPrices();
    const byAdministrator = administrator.monthlyCost !== null;
    const price = countedPrice(called, prices, byAdministrator);
    const { most, least } = outputTokens[kind];
    const month = monthOf(createdAt);
    // Without a budget there is nothing to add up.
    const hasBudget = limits.monthlyCost || limits.monthlyTokens;
    const known = hasBudget ? spending(month.start, month.end, countsLocal, byAdministrator) : null;
    const used = {
      cost: (known?.spent.cost ?? 0) + (known?.reserved.cost ?? 0),
      tokens: (known?.spent.tokens ?? 0) + (known?.reserved.tokens ?? 0),
    };
    const granted = grant(
      { promptTokens, mostOutput: most, leastOutput: least, price, countsTokens: counts },
      used,
      limits,
    );
    if (!granted.isGranted) {
      const inForce = limits[granted.by] ?? { value: 0, by: 'own' };
      const amount = granted.by === 'monthlyCost' ? used.cost : used.tokens;
      return { outcome: 'over-budget', limit: granted.by, inForce, used: amount, resetsAt: month.end };
    }
    if (limits.requestsPerMinute && counts) {
      const turn = takeTurn(selectBucket.get() ?? null, limits.requestsPerMinute.value, createdAt, canWait);
      // Also when it was refused: after a clock was set back, the bucket fills from now on.
      putBucket.run(turn.bucket);
      if (!turn.mayGo) return { outcome: 'too-many', inForce: limits.requestsPerMinute, wait: turn.wait };
    }
    const id = write(call, granted.output, priceOf(called, prices));
    return { outcome: 'reserved', id, maxTokens: granted.isCapped ? granted.output : null };
  });

  const setPrices = connection.transaction((prices: readonly ModelPrice[]) => {
    settings.set(
      OWN_PRICES,
      prices.map(({ host, model, input, output }) => ({ host, model, input, output })),
    );
    for (const { host, model } of selectUnpriced.all()) {
      const price = priceOf({ host, model, local: false }, prices);
      if (price) updatePrices.run({ host, model, input: price.input, output: price.output });
    }
  });

  return {
    reserve: (call, administrator) => reserve.immediate(call, administrator),
    settle(id, { outcome, promptTokens, completionTokens, isEstimated, duration }) {
      const row = selectCall.get(id);
      if (!row) return;
      const price = priceOf({ host: row.host, model: row.model, local: row.isLocal === 1 }, ownPrices());
      // What took nothing costs nothing, whatever the price is.
      const tookNothing = promptTokens + completionTokens === 0;
      const cost = tookNothing ? 0 : price && costAt(price, promptTokens, completionTokens);
      const end = { outcome, promptTokens, completionTokens, isEstimated: Number(isEstimated), duration };
      updateEnd.run({ id, ...end, cost });
    },
    markInterrupted: () => interrupt.run().changes,
    spending: ({ from, to }, countsLocal, byAdministrator) => spending(from, to, countsLocal, byAdministrator),
    ...usageQueries(connection),
    unpriced: () => selectUnpriced.all(),
    setPrices: (prices) => setPrices.immediate(prices),
  };
}
